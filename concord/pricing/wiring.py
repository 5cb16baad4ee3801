"""What catalogue, price lists, stock and their imports hand down to the floor when the apps are ready."""

from __future__ import annotations

from concord.portal import registry
from concord.portal.imports import register_import
from concord.pricing.enums import CATALOGUE_EVENT_LABELS
from concord.pricing.importers import KINDS


def wire_catalogue() -> None:
    """Register kinds of import and names of events."""
    for kind in KINDS:
        register_import(kind)
    registry.event_labels.update(CATALOGUE_EVENT_LABELS)
