"""Ending a stop of the clock before its time: the customer's project goes on, so the clock does too."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from concord.deals.actions.extensions import SLACK
from concord.deals.actions.holds import LONGEST_NOTE
from concord.deals.actions.locked import Expectation, locked_deal, moment_after_lock, subject_of
from concord.deals.actions.protection_life import change_life, locked_life
from concord.deals.models import Deal, ProtectionHold, ProtectionLife
from concord.deals.protection.life import Life
from concord.deals.protection_enums import RequestState
from concord.deals.protection_rules import can_answer, demand_protected
from concord.deals.queries.protection_life import hold_to_end, life_of, requests_of
from concord.deals.rules import can_decide
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.periods import period
from concord.portal.refusals import InvalidInput, WrongState
from concord.portal.work import action


@action
def end_hold(
    *, actor: Actor, deal_uuid: uuid.UUID, now: datetime, note: str = "", expect: Expectation | None = None
) -> ProtectionHold:
    """Let a protection's clock run on from now. The time that it did not stand still may be used for another stop.

    Locks the end customer, then the deal. Checks role, a protection in force, and that its clock stands or is going to.
    Writes the hold (one that has not begun is taken back), life, protections and benefits; while an extension waits for
    its answer, the customer stays protected until that is due. Records ``deal.hold_ended``. Raises ``NotThere``,
    ``NotAllowed``, ``WrongState``, ``Changed``, ``InvalidInput``.
    """
    can_decide(actor).enforce()
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect, with_customers=True)
    can_answer(actor, deal).enforce()
    if len(note) > LONGEST_NOTE or "\x00" in note:
        raise InvalidInput.at("/note", "max_length", _("At most %(most)d characters.") % {"most": LONGEST_NOTE})
    moment = moment_after_lock(now)
    row = demand_protected(deal, locked_life(deal), now=moment)
    hold = hold_to_end(row, now=moment)
    if hold is None:
        message = _("The clock of this protection runs; there is no stop to end.")
        raise WrongState(state=deal.state, allowed=["held"], message=message)
    planned = hold.period.upper
    stood_from = min(hold.period.lower, moment)
    row.held -= planned - max(hold.period.lower, moment)
    if stood_from < moment:
        hold.period = period(stood_from, moment)
    else:
        hold.state = RequestState.TAKEN_BACK
    hold.ended_at = moment
    hold.answer_note = note.strip() or hold.answer_note
    hold.save()
    change_life(row, deal, _kept_for_answer(deal, row), actor=actor, now=moment)
    deal.save()
    record(
        "deal.hold_ended",
        actor=actor,
        subject=subject_of(deal),
        payload={"planned_until": planned, "reason": hold.cause.code, "note": note.strip(), "ends_at": row.ends_at},
    )
    return hold


def _kept_for_answer(deal: Deal, row: ProtectionLife) -> Life:
    """The life without the rest of the stop; an answer that the vendor owes still comes before the end."""
    life = life_of(row, deal)
    request = requests_of(deal).filter(state=RequestState.PENDING).first()
    if request is not None and request.answer_due_at + SLACK > life.ends_at:
        return replace(life, kept_until=request.answer_due_at + SLACK)
    return life
