"""The files of a deal, as their reader may see them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Count, QuerySet

from concord.deals.models import Activity, Appeal, Deal, Evidence, ExtensionRequest, Objection, Promise
from concord.portal.actor import Actor


def evidence_of(actor: Actor, deal: Deal, *, about: uuid.UUID | None = None) -> list[Evidence]:
    """A deal's evidence, oldest first, with how often each was fetched (``fetched``); ``about`` one record alone."""
    found = Evidence.objects.visible_to(actor).filter(deal=deal)
    if about is not None:
        found = found.filter(about=about)
    return list(found.select_related("by").annotate(fetched=Count("downloads")).order_by("at", "pk"))


def lies_at(actor: Actor, deal: Deal, about: uuid.UUID) -> bool:
    """Whether a file of the deal may prove something for that record: one of the same deal that the actor may see."""
    activities = Activity.objects.filter(deal=deal, uuid=about)
    if not actor.is_vendor:
        activities = activities.filter(is_internal=False)
    fetched = "of a deal that was fetched through its scope"
    found: tuple[QuerySet[Any], ...] = (
        activities,
        Promise.objects.filter(deal=deal, uuid=about),
        Objection.objects.filter(deal=deal, uuid=about),
        Appeal.objects.unscoped(fetched).filter(deal=deal, uuid=about),
        ExtensionRequest.objects.unscoped(fetched).filter(deal=deal, uuid=about),
    )
    return any(rows.exists() for rows in found)
