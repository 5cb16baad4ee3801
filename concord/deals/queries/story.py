"""People, promises and objections of a deal."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet

from concord.deals.enums import PromiseState
from concord.deals.models import Activity, Deal, DealContact, Objection, Promise
from concord.portal.actor import Actor
from concord.portal.refusals import NotThere


def contacts_of(deal: Deal) -> list[DealContact]:
    """The people at the customer who are still there, in the order in which they became known; one statement."""
    return list(deal.contacts.filter(left_at__isnull=True))


def promises_of(deal: Deal) -> list[Promise]:
    """Everything that was promised, what is open first, the first due at the top; one statement."""
    found = Promise.objects.filter(deal=deal).select_related("contact", "responsible")
    return sorted(
        found,
        key=lambda one: (one.state != PromiseState.OPEN, one.until_on is None, str(one.until_on or ""), one.pk),
    )


def objections_of(deal: Deal) -> list[Objection]:
    """What speaks against buying, unanswered first; one statement."""
    return sorted(deal.objections.select_related("contact"), key=lambda one: (one.answered_at is not None, one.pk))


def story_item(deal: Deal, sort: str, item_uuid: uuid.UUID) -> Any:
    """One person, promise or objection of a deal, by the word in its address. Raises ``NotThere``."""
    rows: dict[str, QuerySet[Any]] = {
        "contacts": DealContact.objects.all(),
        "promises": Promise.objects.all(),
        "objections": Objection.objects.all(),
    }
    found = rows[sort].filter(deal=deal, uuid=item_uuid).first()
    if found is None:
        raise NotThere
    return found


def activities_read_by(actor: Actor, deal: Deal) -> QuerySet[Activity]:
    """What was done for a deal, as the actor may read it; the caller has fetched the deal through its scope."""
    found = Activity.objects.filter(deal=deal).select_related("by", "contact")
    return found if actor.is_vendor else found.filter(is_internal=False)


def activity_for(actor: Actor, deal: Deal, activity_uuid: uuid.UUID) -> Activity:
    """One activity that the actor may read. Raises ``NotThere``."""
    found = Activity.objects.filter(deal=deal, uuid=activity_uuid).select_related("contact").first()
    if found is None or (found.is_internal and not actor.is_vendor):
        raise NotThere
    return found
