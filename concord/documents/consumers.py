"""What follows when a document was stored: its text is taken out of the file."""

from __future__ import annotations

from concord.documents.actions.collateral import take_text
from concord.portal.events import Consumer, register_consumer
from concord.portal.models import Event


def _take_text(event: Event, target: str) -> None:
    take_text(collateral_uuid=str(event.subject_uuid))


def register() -> None:
    """Follow stored documents."""
    register_consumer(Consumer("documents.text", frozenset({"collateral.stored"}), _take_text))
