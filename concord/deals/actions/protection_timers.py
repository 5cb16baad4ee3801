"""What time brings about in protections. Each deal is one transaction; every step is carried out once, in order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from concord.deals.actions.extensions import NotReady, extend_by_silence, note_lacking
from concord.deals.actions.locked import moment_after_lock, subject_of
from concord.deals.actions.protection_life import change_life, end_protection, finish_life, locked_life
from concord.deals.enums import OPEN_STAGES, SalesStage
from concord.deals.models import Deal, ProtectionLife
from concord.deals.protection.life import Step, StepKind, after, next_step, reaches_further
from concord.deals.protection_enums import EndCause
from concord.deals.queries.protection_life import due_lives, life_of, qualified_moments, unanswered_extension
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.locking import lock_end_customers
from concord.portal.refusals import Conflict
from concord.portal.work import action

#: deals a run takes at most before it looks again
BATCH = 200


def run_protections(*, actor: Actor, now: datetime) -> int:
    """Everything that is due by ``now``; how many steps were carried out. Safe to repeat and to leave out for long."""
    done = 0
    seen: set[int] = set()
    while batch := [pk for pk in due_lives(now=now, most=BATCH + len(seen)) if pk not in seen]:
        for deal_id in batch:
            done += carry_on_protection(actor=actor, deal_id=deal_id, now=now)
        seen.update(batch)
    return done


@action
def carry_on_protection(*, actor: Actor, deal_id: int, now: datetime) -> int:
    """The steps of one deal's protection that are due by ``now``, in the order in which they would have happened.

    Locks the end customer, then the deal, then its life. Checks nothing: what is not due any more is left alone.
    Writes life, protections, benefits and, at the end, the deal's stage. Records ``deal.protection_warned``,
    ``deal.activity_test_passed``, ``deal.grace_started``, ``deal.lapsed``, ``deal.expired``, ``deal.extended``,
    ``deal.extension_lacking`` or ``deal.protection_ended``. How many steps.
    """
    deals = Deal.objects.unscoped("timers look after every protection")
    customer_id = deals.filter(pk=deal_id).values_list("end_customer_id", flat=True).first()
    if customer_id is None:
        return 0
    lock_end_customers([customer_id])
    deal = deals.select_for_update(of=("self",)).select_related("partner").get(pk=deal_id)
    row = locked_life(deal)
    done = 0
    while row is not None and row.ended_at is None:
        life = life_of(row, deal)
        activities = qualified_moments(deal, life.counted_from)
        step = next_step(life, activities)
        if _extend_unanswered(deal, row, by=min(now, step.at), actor=actor, now=now):
            done += 1
            row = locked_life(deal)
            continue
        if step.at > now:
            if row.next_at != step.at:
                row.next_at = step.at
                row.save(update_fields=["next_at", "updated_at"])
            break
        done += 1
        if step.kind in {StepKind.LAPSED, StepKind.ENDED}:
            _finish(deal, row, step, actor=actor, now=now)
        else:
            change_life(row, deal, after(life, step, activities), actor=actor, now=now)
            _tell(deal, row, step, actor=actor)
        row = locked_life(deal)
    return done


def _extend_unanswered(deal: Deal, row: ProtectionLife, *, by: datetime, actor: Actor, now: datetime) -> bool:
    """Grant what should have been answered by then, unless it would reach no further or somebody came in between."""
    request = unanswered_extension(deal, by=by)
    if request is None or not reaches_further(life_of(row, deal), row.extension):
        return False
    fresh = locked_life(deal)  # what a refusal leaves behind is thrown away
    assert fresh is not None  # it was there a moment ago, and this transaction holds it
    try:
        extend_by_silence(actor=actor, deal=deal, row=fresh, request=request, now=now)
    except NotReady as refused:
        if request.lacking_at is None:
            note_lacking(actor=actor, deal=deal, request=request, refused=refused, now=now)
        return False
    except Conflict:
        return False
    return True


def _tell(deal: Deal, row: ProtectionLife, step: Step, *, actor: Actor) -> None:
    verbs: dict[StepKind, tuple[str, dict[str, Any]]] = {
        StepKind.WARNED: ("deal.protection_warned", {"days": step.days, "ends_at": row.ends_at}),
        StepKind.TEST_PASSED: ("deal.activity_test_passed", {"counted": step.counted, "needed": row.test_needs}),
        StepKind.GRACE_STARTED: (
            "deal.grace_started",
            {"counted": step.counted, "needed": row.test_needs, "until": row.grace_until},
        ),
    }
    verb, payload = verbs[step.kind]
    record(verb, actor=actor, subject=subject_of(deal), payload={**payload, "due_at": step.at})


def _finish(deal: Deal, row: ProtectionLife, step: Step, *, actor: Actor, now: datetime) -> None:
    """The protection is over: too little activity, the customer's choice, or its time; an open deal expires with it."""
    if step.kind == StepKind.LAPSED:
        _expire(deal, "deal.lapsed", step, actor=actor)
        end_protection(deal, actor=actor, at=moment_after_lock(now), cause=EndCause.LAPSED)
        finish_life(deal, at=step.at, cause=EndCause.LAPSED)
        return
    cause = EndCause.CUSTOMERS_CHOICE if row.cut_at == step.at else EndCause.EXPIRED
    finish_life(deal, at=step.at, cause=cause)
    record(
        "deal.protection_ended",
        actor=actor,
        subject=subject_of(deal),
        payload={
            "families": sorted(deal.families.values_list("family__code", flat=True)),
            "at": step.at,
            "cause": cause,
        },
    )
    if cause == EndCause.EXPIRED and deal.sales_stage in OPEN_STAGES:
        _expire(deal, "deal.expired", step, actor=actor)


def _expire(deal: Deal, verb: str, step: Step, *, actor: Actor) -> None:
    deal.sales_stage = SalesStage.EXPIRED
    deal.closed_at = step.at
    deal.answer_due_at = None
    deal.save()
    record(verb, actor=actor, subject=subject_of(deal), payload={"due_at": step.at})
