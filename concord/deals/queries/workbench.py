"""What the desk lays side by side to decide: the claim, its likely twins, what is protected there and by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from concord.deals.enums import OPEN_STAGES, ReviewStatus
from concord.deals.models import Deal, Protection
from concord.deals.queries.protections import live_protections, same_pairs, together
from concord.deals.queries.twins import LikelyTwin, recognised_as, twins_of
from concord.partners.matching.reasons import Reason, message
from concord.partners.matching.score import Match
from concord.partners.models import EndCustomer
from concord.portal.actor import Actor


@dataclass(frozen=True, slots=True)
class Side:
    """One customer record beside the claim: its facts, who has to do with it, what is protected there now.

    ``recognised`` says of the registration's own record how the claim compares with it.
    """

    customer: EndCustomer
    twin: LikelyTwin | None
    recognised: Match | None
    explanations: tuple[tuple[str, float], ...]
    protections: tuple[Protection, ...]
    deals: tuple[Deal, ...]

    @property
    def is_same(self) -> bool:
        """Whether this record counts as the registration's company."""
        return self.twin is None or self.twin.is_same

    @property
    def blocks(self) -> bool:
        """Whether approving would meet a protection here."""
        return bool(self.protections)


@dataclass(frozen=True, slots=True)
class Workbench:
    """Everything on one page."""

    deal: Deal
    own: Side
    others: tuple[Side, ...]
    families: tuple[str, ...]
    same: tuple[tuple[int, int], ...] = ()

    def companies(self, *sides: Side) -> set[int]:
        """The records of these sides, and those that a person found to be the same company as one of them."""
        return together({side.customer.pk for side in sides}, self.same)


@dataclass(frozen=True, slots=True)
class Urgency:
    """How an answer's clock stands; icon and word are chosen by ``state``."""

    state: str
    due_at: datetime


def explain(reasons: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, float], ...]:
    """The sentences of a match in the reader's language, with their weight: above 0 speaks for one company."""
    return tuple(
        (message(Reason(code=one["code"], params=one.get("params", {}))), float(one.get("weight", 0)))
        for one in reasons
    )


def urgency(due_at: datetime | None, *, now: datetime, soon: timedelta = timedelta(hours=4)) -> Urgency | None:
    """Overdue, due soon or in time; ``None`` when no answer is owed."""
    if due_at is None:
        return None
    if due_at <= now:
        return Urgency("overdue", due_at)
    return Urgency("due_soon" if due_at <= now + soon else "in_time", due_at)


def workbench(actor: Actor, deal: Deal, *, now: datetime | None = None) -> Workbench:
    """The page's data in a constant number of statements. For the vendor alone: it names holders."""
    moment = now or timezone.now()
    families = list(deal.families.select_related("family").order_by("family__code"))
    found = twins_of(deal)
    twins = found.twins
    ids = {deal.end_customer_id or 0, *(twin.customer.pk for twin in twins)}
    same = same_pairs(ids)
    wider = together(ids, same)
    held = live_protections(end_customer_ids=wider, family_ids=[one.family_id for one in families], now=moment)
    there: dict[int, list[Deal]] = {}
    others = (
        Deal.objects.visible_to(actor)
        .filter(end_customer_id__in=ids)
        .exclude(pk=deal.pk)
        .select_related("partner", "owner")
        .order_by("submitted_at", "pk")
    )
    for one in others:
        there.setdefault(one.end_customer_id or 0, []).append(one)

    def side(customer: EndCustomer, twin: LikelyTwin | None) -> Side:
        recognised = None if twin else recognised_as(deal, customer, names=found.own_names)
        reasons = twin.reasons if twin else [reason.as_dict() for reason in recognised.reasons] if recognised else ()
        return Side(
            customer=customer,
            twin=twin,
            recognised=recognised,
            explanations=explain(reasons),
            protections=tuple(one for one in held if one.end_customer_id == customer.pk and one.deal_id != deal.pk),
            deals=tuple(there.get(customer.pk, ())),
        )

    if deal.end_customer is None:
        raise LookupError("a submitted registration has a customer")
    return Workbench(
        deal=deal,
        own=side(deal.end_customer, None),
        others=tuple(side(twin.customer, twin) for twin in twins),
        families=tuple(one.family.display_name for one in families),
        same=tuple(same),
    )


def rivals_of(bench: Workbench) -> list[Deal]:
    """The other registrations at these customers that still count, for the second timeline."""
    counting = {ReviewStatus.SUBMITTED, ReviewStatus.RETURNED, ReviewStatus.APPROVED}
    found = [deal for one in (bench.own, *bench.others) for deal in one.deals]
    return [deal for deal in found if deal.review_status in counting and deal.sales_stage in OPEN_STAGES]
