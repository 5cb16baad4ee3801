"""What a person leaves behind when he or she goes, and who can take it over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import FINAL_STAGES, OPEN_STAGES, PromiseState, ReviewStatus
from concord.deals.models import Activity, Deal, Promise
from concord.deals.queries.leads import leads_owned_by
from concord.partners.models import Member
from concord.portal.models import User
from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Quote

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What somebody has to take over, by kind. ``loose_quotes`` belong to no deal that moves."""

    deals: Sequence[Deal] = field(default_factory=list)
    steps: int = 0
    promises: int = 0
    quotes: int = 0
    leads: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to hand over."""
        return not (self.deals or self.steps or self.promises or self.quotes or self.leads)

    def counted(self) -> list[tuple[_StrPromise, int]]:
        """Words and numbers, without zeros."""
        pairs = [
            (_("Deals"), len(self.deals)),
            (_("Next steps"), self.steps),
            (_("Promises"), self.promises),
            (_("Quotes"), self.quotes),
            (_("Leads"), self.leads),
        ]
        return [(label, number) for label, number in pairs if number]


def open_steps_of(user_id: int) -> QuerySet[Activity]:
    """Open next steps that a person has, in deals that are not over."""
    return (
        Activity.objects.filter(responsible_id=user_id, next_done_at__isnull=True)
        .exclude(next_step="")
        .exclude(deal__sales_stage__in=FINAL_STAGES)
    )


def open_promises_of(user_id: int) -> QuerySet[Promise]:
    """Open promises that a person has to keep, also for deals that are over: a customer does not forget them."""
    return Promise.objects.filter(responsible_id=user_id, state=PromiseState.OPEN)


def deals_to_hand_over(user_id: int) -> QuerySet[Deal]:
    """A person's deals that somebody must look after: those not over, and those with a promise still open."""
    promised = Promise.objects.filter(deal=OuterRef("pk"), state=PromiseState.OPEN)
    going_on = Q(sales_stage__in=OPEN_STAGES) & ~Q(review_status__in=[ReviewStatus.REJECTED, ReviewStatus.DUPLICATE])
    return (
        Deal.objects.unscoped("a person's deals are handed over")
        .filter(owner_id=user_id)
        .filter(going_on | Exists(promised))
        .order_by("pk")
    )


def open_work_of(user_id: int) -> OpenWork:
    """Everything that a person leaves behind; five statements."""
    quotes = Quote.objects.unscoped("a person's quotes are handed over")
    return OpenWork(
        deals=list(deals_to_hand_over(user_id).select_related("partner")),
        steps=open_steps_of(user_id).count(),
        promises=open_promises_of(user_id).count(),
        quotes=quotes.filter(seller_id=user_id, status__in=[QuoteStatus.DRAFT, QuoteStatus.ISSUED]).count(),
        leads=leads_owned_by(user_id).count(),
    )


def successors_of(member: Member) -> list[User]:
    """The colleagues who can take over: active people of the same side, without the person."""
    found = (
        Member.objects.unscoped("colleagues of a person whom the actor may see")
        .people()
        .filter(_same_side(member), user__is_active=True)
        .exclude(pk=member.pk)
        .select_related("user")
        .order_by("user__name", "pk")
    )
    return [one.user for one in found]


def _same_side(member: Member) -> Q:
    return Q(partner__isnull=True) if member.partner_id is None else Q(partner_id=member.partner_id)


def member_of(user_id: int) -> Member | None:
    """The membership of a user."""
    return (
        Member.objects.unscoped("the person behind a deal's owner")
        .select_related("user", "partner")
        .filter(user_id=user_id)
        .first()
    )
