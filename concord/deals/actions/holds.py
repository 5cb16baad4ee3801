"""Stopping a protection's clock: asked for by the partner and answered, or set by the vendor itself."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from concord.deals.actions.locked import Expectation, chosen_reason, locked_deal, moment_after_lock, subject_of
from concord.deals.actions.protection_life import change_life, locked_life
from concord.deals.enums import ReasonKind
from concord.deals.models import Deal, ProtectionHold, ProtectionLife
from concord.deals.protection.life import Hold, held
from concord.deals.protection_enums import RequestState
from concord.deals.protection_rules import can_answer, can_ask, demand_protected
from concord.deals.queries.protection_life import holds_of, life_of
from concord.deals.rules import can_decide
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.periods import period
from concord.portal.refusals import Conflict, InvalidInput, WrongState
from concord.portal.work import action

LONGEST_NOTE = 2_000


class HoldPending(Conflict):
    """One stop of the clock waits for an answer at a time."""

    default_code = "hold_pending"

    def __init__(self) -> None:
        super().__init__(_("A stop of the clock was asked for already and waits for an answer."))


class HoldsOverlap(Conflict):
    """The clock stands already at some of that time."""

    default_code = "holds_overlap"

    def __init__(self) -> None:
        super().__init__(_("The clock stands still at some of that time already."))


@action
def hold_protection(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    until: datetime,
    cause: str,
    now: datetime,
    start: datetime | None = None,
    note: str = "",
    expect: Expectation | None = None,
) -> ProtectionHold:
    """Let a protection's clock stand still from ``start`` (now) until a moment. A partner asks; the vendor does it.

    Locks the end customer, then the deal. Checks role, a protection in force, the reason code, the period, that the
    clock does not stand longer in all than the programme allows, and that none waits. Writes the hold; set by the
    vendor, also life, protections and benefits. Records ``deal.held`` or ``deal.hold_requested``. Raises ``NotThere``,
    ``NotAllowed``, ``WrongState``, ``Changed``, ``InvalidInput``, ``HoldPending``, ``HoldsOverlap``.
    """
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect, with_customers=True)
    by_vendor = bool(can_decide(actor, deal))
    if not by_vendor:
        can_ask(actor, deal).enforce()
    moment = moment_after_lock(now)
    row = demand_protected(deal, locked_life(deal), now=moment)
    if not by_vendor and holds_of(deal).filter(state=RequestState.PENDING).exists():
        raise HoldPending
    if len(note) > LONGEST_NOTE or "\x00" in note:
        raise InvalidInput.at("/note", "max_length", _("At most %(most)d characters.") % {"most": LONGEST_NOTE})
    chosen = chosen_reason(ReasonKind.HOLD, cause, pointer="/cause")
    begin = max(start or moment, moment)
    _demand_period(row, begin, until)
    hold = ProtectionHold(
        deal=deal,
        life=row,
        period=period(begin, until),
        cause=chosen,
        note=note.strip(),
        by_vendor=by_vendor,
        asked_at=moment,
        asked_by_id=actor.user_id,
    )
    hold.save(force_insert=True)
    if by_vendor:
        _stop(deal, row, hold, actor=actor, now=moment)
    else:
        payload = {"from": begin, "until": until, "reason": chosen.code}
        record("deal.hold_requested", actor=actor, subject=subject_of(deal), payload=payload)
    deal.save()
    return hold


@action
def grant_hold(
    *, actor: Actor, deal_uuid: uuid.UUID, now: datetime, note: str = "", expect: Expectation | None = None
) -> ProtectionHold:
    """Let the clock stand as the partner asked; what of that time is over already is not given.

    Locks the end customer, then the deal. Checks role, that a request waits, the protection and the longest time in
    all. Writes hold, life, protections and benefits. Records ``deal.held``. Raises ``NotThere``, ``NotAllowed``,
    ``WrongState``, ``Changed``, ``InvalidInput``, ``HoldsOverlap``.
    """
    can_decide(actor).enforce()
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect, with_customers=True)
    can_answer(actor, deal).enforce()
    hold = _waiting(deal)
    moment = moment_after_lock(now)
    row = demand_protected(deal, locked_life(deal), now=moment)
    begin = max(hold.period.lower, moment)
    _demand_period(row, begin, hold.period.upper)
    hold.period = period(begin, hold.period.upper)
    hold.answer_note = note.strip()
    _stop(deal, row, hold, actor=actor, now=moment)
    deal.save()
    return hold


@action
def refuse_hold(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    now: datetime,
    reason: str,
    note: str = "",
    expect: Expectation | None = None,
) -> ProtectionHold:
    """Let the clock run on; the partner reads the reason.

    Locks the deal. Checks role, that a request waits, and the reason code. Writes the hold. Records
    ``deal.hold_refused``. Raises ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``, ``InvalidInput``.
    """
    can_decide(actor).enforce()
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect)
    can_answer(actor, deal).enforce()
    hold = _waiting(deal)
    hold.reason = chosen_reason(ReasonKind.NO_HOLD, reason)
    hold.state, hold.answered_at, hold.answered_by_id = RequestState.REFUSED, now, actor.user_id
    hold.answer_note = note.strip()
    hold.save()
    deal.save()
    record("deal.hold_refused", actor=actor, subject=subject_of(deal), payload={"reason": hold.reason.code})
    return hold


def _stop(deal: Deal, row: ProtectionLife, hold: ProtectionHold, *, actor: Actor, now: datetime) -> None:
    begin, until = hold.period.lower, hold.period.upper
    life = held(life_of(row, deal), Hold(begin, until))
    hold.state, hold.answered_at, hold.answered_by_id = RequestState.GRANTED, now, actor.user_id
    hold.save()
    row.held += until - begin
    change_life(row, deal, life, actor=actor, now=now)
    record(
        "deal.held",
        actor=actor,
        subject=subject_of(deal),
        payload={"from": begin, "until": until, "reason": hold.cause.code, "ends_at": row.ends_at},
    )


def _waiting(deal: Deal) -> ProtectionHold:
    hold: ProtectionHold | None = holds_of(deal).select_related("cause").filter(state=RequestState.PENDING).first()
    if hold is None:
        raise WrongState(
            state=deal.state,
            allowed=[RequestState.PENDING],
            message=_("No stop of the clock waits for an answer here."),
        )
    return hold


def _demand_period(row: ProtectionLife, begin: datetime, until: datetime) -> None:
    if until <= begin:
        raise InvalidInput.at("/until", "before_start", _("The end must come after the start."))
    if begin >= row.ends_at:
        raise InvalidInput.at("/start", "after_end", _("The protection has ended by then."))
    left = row.most_held - row.held
    if until - begin > left:
        days = max(left // timedelta(days=1), 0)
        message = ngettext(
            "The clock of this protection may stand still for %(n)d more day at most.",
            "The clock of this protection may stand still for %(n)d more days at most.",
            days,
        ) % {"n": days}
        raise InvalidInput.at("/until", "too_long", message)
