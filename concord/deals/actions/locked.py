"""Fetching what an action changes: scoped, locked in the one order, and still what its caller has seen."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from concord.deals.enums import ReasonKind, ReviewStatus
from concord.deals.models import Deal, ReasonCode
from concord.deals.queries.reasons import reason_named, reasons_for
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject
from concord.portal.locking import database_clock, lock_end_customers
from concord.portal.refusals import Conflict, InvalidInput, NotThere

#: raises when the locked deal is not the version that the caller has read
Expectation = Callable[[Deal], None]


class Changed(Conflict):
    """The deal changed between being read and being locked, or since the caller has seen it."""

    default_code = "changed"

    def __init__(self) -> None:
        super().__init__(_("This deal was changed in the meantime. Load it again."))


def as_read_at(version: str) -> Expectation:
    """An expectation for pages: the form carries the deal's ``updated_at`` as it was shown."""

    def expect(deal: Deal) -> None:
        if version != deal.updated_at.isoformat():
            raise Changed

    return expect


def subject_of(deal: Deal) -> Subject:
    """The chain that facts about a deal go to."""
    return Subject("deal", deal.uuid, deal.partner_id)


def readers_of(deal: Deal) -> Visibility:
    """Who reads a fact about the deal that is for both sides: of a draft, which is the partner's own, it alone."""
    return Visibility.OWN if deal.review_status == ReviewStatus.DRAFT else Visibility.PARTNER


def locked_deal(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    expect: Expectation | None = None,
    with_customers: bool = False,
    customers: Iterable[int] = (),
) -> Deal:
    """A deal that the actor may see, locked until the transaction ends; its customers before it when asked for.

    Raises ``NotThere`` for one that is not there or not the actor's, ``Changed`` when its customer changed while
    waiting for the locks, and whatever ``expect`` raises.
    """
    scoped = Deal.objects.visible_to(actor).filter(uuid=deal_uuid)
    found = scoped.values_list("pk", "end_customer_id").first()
    if found is None:
        raise NotThere
    pk, customer_id = found
    if with_customers:
        lock_end_customers([*([customer_id] if customer_id else []), *customers])
    deal = (
        Deal.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("partner__tier", "decision_reason")
        .filter(pk=pk)
        .first()
    )
    if deal is None:
        raise NotThere
    if with_customers and deal.end_customer_id != customer_id:
        raise Changed
    if expect is not None:
        expect(deal)
    return deal


def chosen_reason(kind: ReasonKind, code: str, *, pointer: str = "/reason") -> ReasonCode:
    """The reason code of a decision. Raises ``InvalidInput``, naming the codes on offer, for any other."""
    reason = reason_named(kind, code)
    if reason is not None:
        return reason
    if not code:
        raise InvalidInput.at(pointer, "required", _("Choose a reason."))
    raise InvalidInput.at(pointer, "unknown_reason", not_on_offer(one.code for one in reasons_for(kind)))


def not_on_offer(codes: Iterable[str]) -> str:
    """The sentence about a reason code that nobody can choose, with those that one can."""
    return _("This reason is not on offer. On offer: %(codes)s.") % {"codes": ", ".join(codes)}


def moment_after_lock(now: datetime) -> datetime:
    """The moment at which a period begins or ends: read after the lock, so that it lies behind every earlier one."""
    return max(now, database_clock())
