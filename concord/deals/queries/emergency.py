"""Drafts that are closed to the vendor, and who may read one for a while."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from concord.deals.enums import ReviewStatus
from concord.deals.models import Deal, EmergencyAccess
from concord.portal.actor import Actor
from concord.portal.refusals import NotThere


def closed_drafts(actor: Actor, *, most: int = 200) -> Sequence[Mapping[str, Any]]:
    """Partner, owner and age of the drafts that sellers keep; nothing of the customer is read. For the vendor alone."""
    if not actor.is_vendor:
        return []
    drafts = Deal.objects.unscoped("whose drafts there are, not what is in them").filter(
        review_status=ReviewStatus.DRAFT
    )
    return list(drafts.order_by("-pk").values("uuid", "partner__name", "owner__name", "created_at")[:most])


def demand_closed_draft(actor: Actor, deal_uuid: uuid.UUID) -> None:
    """Raise ``NotThere`` unless there is a draft of that id that a manager may ask to open."""
    drafts = Deal.objects.unscoped("whether there is such a draft").filter(review_status=ReviewStatus.DRAFT)
    if not actor.is_vendor or not drafts.filter(uuid=deal_uuid).exists():
        raise NotThere


def opened_in_emergency(actor: Actor, deal_uuid: uuid.UUID, *, now: datetime) -> Deal | None:
    """The draft that the actor has opened with a reason, while that holds. One statement."""
    if not actor.is_vendor or actor.user_id is None:
        return None
    held = EmergencyAccess.objects.filter(
        user_id=actor.user_id, deal__uuid=deal_uuid, begins_at__lte=now, ends_at__gt=now
    )
    return (
        Deal.objects.unscoped("opened in an emergency, with a reason that the owner reads")
        .select_related("partner", "owner", "end_customer", "decision_reason", "closing_reason")
        .filter(review_status=ReviewStatus.DRAFT, pk__in=held.values("deal_id"))
        .first()
    )
