"""People, promises and objections of a deal."""

from __future__ import annotations

from concord.deals.enums import PromiseState
from concord.deals.models import Deal, DealContact, Objection, Promise


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
