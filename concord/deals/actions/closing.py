"""How a deal ends: withdrawn, won or lost. What it protected is given back at that moment, unless it was won."""

from __future__ import annotations

import uuid
from datetime import datetime

from concord.deals.actions.locked import Expectation, chosen_reason, locked_deal, moment_after_lock, subject_of
from concord.deals.actions.protection_life import end_protection
from concord.deals.enums import Deed, ReasonKind, SalesStage
from concord.deals.models import Deal
from concord.deals.protection_enums import EndCause
from concord.deals.rules import can_close, can_withdraw, demand_state
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.work import action


@action
def withdraw_registration(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    now: datetime,
    reason: str = "no_longer_pursued",
    expect: Expectation | None = None,
) -> Deal:
    """Take a registration back; a live protection ends at once.

    Locks the end customer, then the deal. Checks role, state and reason code. Writes the deal, ends protections and
    benefits. Records ``deal.withdrawn``. Raises ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``,
    ``InvalidInput``.
    """
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect, with_customers=True)
    can_withdraw(actor, deal).enforce()
    demand_state(Deed.WITHDRAW, deal)
    return _close(deal, SalesStage.WITHDRAWN, ReasonKind.WITHDRAW, reason, actor=actor, now=now)


@action
def lose_deal(
    *, actor: Actor, deal_uuid: uuid.UUID, now: datetime, reason: str, expect: Expectation | None = None
) -> Deal:
    """The customer bought elsewhere or not at all; a live protection ends at once.

    Locks the end customer, then the deal. Checks role, state and reason code. Writes the deal, ends protections and
    benefits. Records ``deal.lost``. Raises ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``,
    ``InvalidInput``.
    """
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect, with_customers=True)
    can_close(actor, deal).enforce()
    demand_state(Deed.LOSE, deal)
    return _close(deal, SalesStage.LOST, ReasonKind.LOSE, reason, actor=actor, now=now)


@action
def win_deal(*, actor: Actor, deal_uuid: uuid.UUID, now: datetime, expect: Expectation | None = None) -> Deal:
    """The customer bought. The protection runs on to its end.

    Locks the deal. Checks role and state (only what was approved can be won). Writes the deal. Records ``deal.won``.
    Raises ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``.
    """
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect)
    can_close(actor, deal).enforce()
    demand_state(Deed.WIN, deal)
    deal.sales_stage = SalesStage.WON
    deal.closed_at = now
    deal.save()
    record("deal.won", actor=actor, subject=subject_of(deal))
    return deal


def _close(deal: Deal, stage: SalesStage, kind: ReasonKind, reason: str, *, actor: Actor, now: datetime) -> Deal:
    chosen = chosen_reason(kind, reason)
    moment = moment_after_lock(now)
    deal.sales_stage = stage
    deal.closed_at = moment
    deal.closing_reason = chosen
    deal.answer_due_at = None
    deal.save()
    verb = "deal.withdrawn" if stage == SalesStage.WITHDRAWN else "deal.lost"
    record(verb, actor=actor, subject=subject_of(deal), payload={"reason": chosen.code})
    end_protection(deal, actor=actor, at=moment, cause=EndCause.CLOSED)
    return deal
