"""What a registration's form and page show of it."""

from __future__ import annotations

from datetime import datetime

from concord.deals.models import Activity, Deal, DealLine
from concord.portal.actor import Actor
from concord.pricing.models import PriceList


def currencies_on_offer() -> list[str]:
    """The currencies that there are prices in."""
    return sorted(set(PriceList.objects.order_by().values_list("currency", flat=True).distinct()))


def lines_of(deal: Deal) -> list[DealLine]:
    """The lines in their order, with products and families; one statement."""
    return list(deal.lines.select_related("product__family"))


def activities_of(actor: Actor, deal: Deal, *, most: int = 50) -> list[Activity]:
    """What was done, the latest first; notes for the vendor alone stay with the vendor."""
    found = deal.activities.select_related("by", "kind", "contact", "responsible")
    if not actor.is_vendor:
        found = found.filter(is_internal=False)
    return list(found[:most])


def next_step_of(activities: list[Activity]) -> Activity | None:
    """The open next step among activities, the one due first."""
    open_steps = [one for one in activities if one.next_step and one.next_done_at is None]
    return min(open_steps, key=lambda one: (one.next_due_at is None, one.next_due_at or one.happened_at), default=None)


def is_overdue(step: Activity | None, *, now: datetime) -> bool:
    """Whether a next step should have been done by now."""
    return step is not None and step.next_due_at is not None and step.next_due_at < now
