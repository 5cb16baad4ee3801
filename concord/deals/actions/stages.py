"""Where the sale stands while it goes on. How it ends is told by deeds of their own (``actions.closing``)."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from concord.deals.actions.locked import Expectation, locked_deal, readers_of, subject_of
from concord.deals.enums import OPEN_STAGES, Deed, SalesStage
from concord.deals.models import Deal
from concord.deals.rules import can_close, demand_state, is_possible
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.models import Event
from concord.portal.refusals import FieldError, InvalidInput, NotThere
from concord.portal.work import action


@action
def move_stage(
    *, actor: Actor, deal_uuid: uuid.UUID, stage: str, now: datetime, expect: Expectation | None = None
) -> Deal:
    """Say where the sale stands: open, qualified, quoted or negotiating, forwards and backwards. Safe to repeat.

    Locks the deal. Checks role, state and value; the review is not touched, and neither is what the deal protects.
    Writes the deal. Records ``deal.stage_moved`` unless it stood there already. Raises ``NotThere``, ``NotAllowed``,
    ``WrongState``, ``Changed``, ``InvalidInput``.
    """
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect)
    can_close(actor, deal).enforce()
    demand_state(Deed.STAGE, deal)
    if stage not in OPEN_STAGES:
        message = _("Choose one of these stages: open, qualified, quoted, negotiating.")
        raise InvalidInput([FieldError("/stage", "choice", message)])
    _move(deal, SalesStage(stage), actor=actor)
    return deal


@action
def stage_after_quote(*, actor: Actor, deal_uuid: uuid.UUID, quote_uuid: uuid.UUID, now: datetime) -> Deal | None:
    """A quote went out: a sale that had not come so far is *quoted* now. Safe to repeat: a quote moves a sale once,
    also where somebody has moved it back since.

    Locks the deal. Writes the deal. Records ``deal.stage_moved``, naming the quote. Leaves alone a sale that is further
    on or over, and answers ``None`` for a deal that is not there.
    """
    try:
        deal = locked_deal(actor=actor, deal_uuid=deal_uuid)
    except NotThere:
        return None
    told = Event.objects.visible_to(actor).about("deal", deal_uuid).filter(verb="deal.stage_moved")
    if told.filter(payload__contains=str(quote_uuid)).exists():
        return deal
    if deal.sales_stage in {SalesStage.OPEN, SalesStage.QUALIFIED} and is_possible(Deed.STAGE, deal):
        _move(deal, SalesStage.QUOTED, actor=actor, quote=quote_uuid)
    return deal


def _move(deal: Deal, stage: SalesStage, *, actor: Actor, **payload: object) -> None:
    if deal.sales_stage == stage:
        return
    before = deal.sales_stage
    deal.sales_stage = stage
    deal.save(update_fields=["sales_stage", "updated_at"])
    record(
        "deal.stage_moved",
        actor=actor,
        subject=subject_of(deal),
        payload={"from": before, "to": stage, **payload},
        visibility=readers_of(deal),
    )
