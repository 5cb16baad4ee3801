"""What stands in a person's calendar: due steps, visits, promises, ends of protections and quotes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from concord.deals.enums import OPEN_STAGES
from concord.deals.models import CalendarFeed, Deal, Protection
from concord.deals.queries.handover import open_promises_of, open_steps_of
from concord.portal import registry
from concord.portal.actor import Actor
from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Quote

_VISIT = timedelta(hours=1)
_MOST = 500


@dataclass(frozen=True, slots=True)
class Appointment:
    """One entry: a whole day, or a moment with an end. ``key`` stays the same while the thing does."""

    key: str
    title: str
    starts: date | datetime
    ends: datetime | None
    path: str


def live_feed(secret_hash: str) -> CalendarFeed | None:
    """The feed under an address that holds, of a person who has access."""
    return (
        CalendarFeed.objects.select_related("user")
        .filter(secret_hash=secret_hash, revoked_at__isnull=True, user__is_active=True)
        .first()
    )


def has_feed(user_id: int) -> CalendarFeed | None:
    """The feed that a person has made, if any."""
    return CalendarFeed.objects.filter(user_id=user_id, revoked_at__isnull=True).first()


def appointments(actor: Actor, *, now: datetime) -> list[Appointment]:
    """What the actor has to think of, as far as he or she may see it; four statements. Nothing that ended long ago."""
    user_id = actor.user_id or 0
    mine = Deal.objects.visible_to(actor)
    found = [
        Appointment(
            f"step-{step.uuid}",
            f"{step.next_step} · {step.deal.customer_name}",
            step.next_due_at,
            step.next_due_at + _VISIT if step.kind.is_appointment else None,
            reverse("deals:detail", args=[step.deal.uuid]),
        )
        for step in open_steps_of(user_id).filter(deal__in=mine).select_related("deal", "kind")[:_MOST]
        if step.next_due_at is not None
    ]
    found += [
        Appointment(
            f"promise-{one.uuid}",
            _("Promise: %(text)s") % {"text": f"{one.text} · {one.deal.customer_name}"},
            one.until_on,
            None,
            reverse("deals:detail", args=[one.deal.uuid]),
        )
        for one in open_promises_of(user_id).filter(deal__in=mine).select_related("deal")[:_MOST]
        if one.until_on is not None
    ]
    ending = Protection.objects.visible_to(actor).filter(
        deal__in=mine.filter(owner_id=user_id, sales_stage__in=OPEN_STAGES), period__endswith__gt=now
    )
    found += [
        Appointment(
            f"protection-{one.uuid}",
            _("Protection ends: %(what)s") % {"what": f"{one.family.display_name} · {one.deal.customer_name}"},
            one.period.upper,
            None,
            reverse("deals:detail", args=[one.deal.uuid]),
        )
        for one in ending.select_related("deal", "family")[:_MOST]
    ]
    quotes = Quote.objects.visible_to(actor).filter(
        seller_id=user_id, status=QuoteStatus.ISSUED, expires_at__gt=now - timedelta(days=30)
    )
    address = registry.subject_urls.get("quote")
    found += [
        Appointment(
            f"quote-{one.uuid}",
            _("Quote runs out: %(what)s") % {"what": f"{one.number} · {one.customer_name}"},
            one.valid_until,
            None,
            address(one.public_id) if address else "",
        )
        for one in quotes.order_by("expires_at")[:_MOST]
    ]
    return found
