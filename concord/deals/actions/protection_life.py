"""Inside the actions that begin, change and end protections: the life behind them, kept in step with what it derives.

Everything here runs in a transaction that holds the end customer's and the deal's lock.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from concord.deals.actions.locked import subject_of
from concord.deals.models import Deal, ExtensionRequest, Protection, ProtectionHold, ProtectionLife
from concord.deals.protection.life import Life, begun, next_step
from concord.deals.protection.terms import ProgrammeTerms
from concord.deals.protection_enums import EndCause, RequestState
from concord.deals.queries.protection_life import life_of, live_life, qualified_moments
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.locking import database_clock, lock_end_customers
from concord.portal.periods import period
from concord.pricing.actions.benefits import (
    end_registration_benefits,
    extend_registration_benefits,
    grant_registration_benefit,
)


def begin_life(deal: Deal, *, start: datetime, delay: timedelta, terms: ProgrammeTerms) -> ProtectionLife:
    """The life of a protection that begins now; one that is alive already goes on as it is, a change never prolongs."""
    alive = live_life(deal)
    if alive is not None and alive.ends_at > start:
        return alive
    finish_life(deal, at=start, cause=EndCause.EXPIRED)
    row = ProtectionLife(
        deal=deal,
        extension=timedelta(days=terms.extension_days),
        most_extensions=terms.extensions,
        most_held=timedelta(days=terms.most_hold_days),
    )
    _write(row, begun(start, delay, terms), activities=())
    row.save(force_insert=True)
    return row


def locked_life(deal: Deal) -> ProtectionLife | None:
    """The live row, locked behind its deal."""
    rows = ProtectionLife.objects.unscoped("the deal was fetched through its scope")
    return rows.select_for_update(of=("self",)).filter(deal=deal, ended_at__isnull=True).first()


def change_life(row: ProtectionLife, deal: Deal, life: Life, *, actor: Actor, now: datetime) -> None:
    """Store a changed life; protections and benefits end when it says. Raises when a rival's stands in the way."""
    _write(row, life, activities=qualified_moments(deal, life.counted_from))
    row.save()
    move_ends(deal, until=row.ends_at, actor=actor, now=now)


def move_ends(deal: Deal, *, until: datetime, actor: Actor, now: datetime) -> None:
    """Let what the deal protects, and its benefit in prices, hold until a moment."""
    live = Protection.objects.unscoped("what this deal holds").filter(deal=deal, period__contains=now)
    moved = [one for one in live.order_by("family_id") if one.period.upper != until]
    if not moved:
        return
    lock_end_customers([one.end_customer_id for one in moved])
    grows = any(one.period.upper < until for one in moved)
    for one in moved:
        one.period = period(one.period.lower, until)
        one.save(update_fields=["period", "updated_at"])
    if grows:
        _prolong_benefits(deal, moved, until=until, actor=actor)
    else:
        end_registration_benefits(actor=actor, granted_by=subject_of(deal), at=until)


def _prolong_benefits(deal: Deal, protections: Sequence[Protection], *, until: datetime, actor: Actor) -> None:
    """The benefit in prices goes on; one that ran out while nobody was there begins anew."""
    if extend_registration_benefits(actor=actor, granted_by=subject_of(deal), until=until):
        return
    start = database_clock()
    if start < until:
        grant_registration_benefit(
            actor=actor,
            partner_id=deal.partner_id,
            end_customer_id=protections[0].end_customer_id,
            family_ids=[one.family_id for one in protections],
            start=start,
            end=until,
            granted_by=subject_of(deal),
        )


def end_protection(
    deal: Deal,
    *,
    actor: Actor,
    at: datetime,
    cause: EndCause,
    families: Collection[int] | None = None,
) -> list[str]:
    """Cut what is in force (in some families alone, when given); an end is never moved later. Codes of what ended.

    What begins later by the clock of another machine, or of before the clock was put back, never begins. When nothing
    is left, the life ends too, and what was still asked for is over. Records ``deal.protection_ended``.
    """
    live = Protection.objects.unscoped("what this deal holds ends").filter(deal=deal, period__endswith__gt=at)
    if families is not None:
        live = live.filter(family_id__in=families)
    ended: list[str] = []
    for protection in live.select_related("family").order_by("family_id"):
        if protection.period.lower < at:
            protection.period = period(protection.period.lower, at)
            protection.save(update_fields=["period", "updated_at"])
        else:
            protection.delete()  # it begins at this very moment or later, and protected nothing
        ended.append(protection.family.code)
    end_registration_benefits(actor=actor, granted_by=subject_of(deal), at=at, family_ids=families)
    if ended:
        record(
            "deal.protection_ended",
            actor=actor,
            subject=subject_of(deal),
            payload={"families": sorted(ended), "at": at, "cause": cause},
        )
    rest = Protection.objects.unscoped("what is left").filter(deal=deal, period__endswith__gt=at)
    if not rest.exists():
        finish_life(deal, at=at, cause=cause)
    return sorted(ended)


def finish_life(deal: Deal, *, at: datetime, cause: EndCause) -> None:
    """The life is over; requests that wait are over with it."""
    row = locked_life(deal)
    if row is None:
        return
    row.ended_at, row.end_cause = at, cause
    row.ends_at = min(row.ends_at, max(at, row.started_at))
    row.save()
    for model in (ExtensionRequest, ProtectionHold):
        waiting = model.objects.unscoped("over with the protection").filter(deal=deal, state=RequestState.PENDING)
        waiting.update(state=RequestState.MOOT, answered_at=at)


def _write(row: ProtectionLife, life: Life, *, activities: Collection[datetime]) -> None:
    """The facts of a life and everything that lists ask for, onto the row."""
    for name in (
        "started_at",
        "length",
        "hard_length",
        "test_every",
        "test_needs",
        "grace",
        "window_from",
        "counted_from",
        "in_grace",
        "warned",
        "kept_until",
        "cut_at",
        "ends_at",
        "hard_end",
        "test_due_at",
    ):
        setattr(row, name, getattr(life, name))
    row.warn_days = list(life.warn_days)
    row.grace_until = life.grace_until if life.in_grace else None
    row.next_at = next_step(life, sorted(activities)).at


def with_change(row: ProtectionLife, deal: Deal, **changes: object) -> Life:
    """The stored life with some facts replaced."""
    return replace(life_of(row, deal), **changes)  # type: ignore[arg-type]
