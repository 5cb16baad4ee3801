"""Telling the escalation person of answers that are nearly due or overdue. Once for each due moment and level."""

from __future__ import annotations

from datetime import datetime, timedelta

from concord.deals.actions.locked import subject_of
from concord.deals.enums import OPEN_STAGES, ReviewStatus
from concord.deals.models import AnswerEscalation, Deal
from concord.deals.protection.terms import ProgrammeTerms
from concord.deals.protection.working_time import escalation_due_at
from concord.deals.protection_enums import EscalationLevel
from concord.deals.queries.programme import programme_terms
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import record
from concord.portal.work import action

#: an answer that is due later than that is not looked at yet; longer than the longest closure of a vendor
_LOOK_AHEAD = timedelta(days=31)


def escalate_answers(*, actor: Actor, now: datetime) -> int:
    """Tell of every answer that is nearly due or overdue by ``now`` and was not told yet; how many were told."""
    waiting = Deal.objects.unscoped("timers look after every answer").filter(
        review_status=ReviewStatus.SUBMITTED,
        sales_stage__in=OPEN_STAGES,
        answer_due_at__lte=now + _LOOK_AHEAD,
    )
    told = set(
        AnswerEscalation.objects.filter(deal__in=waiting).values_list("deal_id", "due_at", "level"),
    )
    terms = programme_terms()
    done = 0
    for deal in waiting.order_by("answer_due_at", "pk"):
        level = _level_of(deal, terms, now=now)
        if level is not None and (deal.pk, deal.answer_due_at, level.value) not in told:
            done += escalate_answer(actor=actor, deal_id=deal.pk, level=level, terms=terms, now=now)
    return done


@action
def escalate_answer(
    *, actor: Actor, deal_id: int, level: EscalationLevel, terms: ProgrammeTerms, now: datetime
) -> bool:
    """Tell of one answer. Whether it was told now; told already or answered meanwhile, nothing happens.

    Locks the deal. Writes the escalation. Records ``deal.answer_near`` or ``deal.answer_overdue``, for the vendor
    alone.
    """
    deal = Deal.objects.unscoped("timers look after every answer").select_for_update().get(pk=deal_id)
    if (
        deal.review_status != ReviewStatus.SUBMITTED
        or deal.answer_due_at is None
        or deal.sales_stage not in OPEN_STAGES
    ):
        return False
    _row, is_new = AnswerEscalation.objects.get_or_create(
        deal=deal,
        due_at=deal.answer_due_at,
        level=level,
        defaults={"at": now, "person_id": terms.escalation_person_id},
    )
    if is_new:
        record(
            f"deal.answer_{level}",
            actor=actor,
            subject=subject_of(deal),
            payload={"due_at": deal.answer_due_at},
            visibility=Visibility.INTERNAL,
        )
    return is_new


def _level_of(deal: Deal, terms: ProgrammeTerms, *, now: datetime) -> EscalationLevel | None:
    due = deal.answer_due_at
    if due is None or deal.submitted_at is None:
        return None
    if due <= now:
        return EscalationLevel.OVERDUE
    near = escalation_due_at(due, deal.submitted_at, terms)
    return EscalationLevel.NEAR if near <= now else None
