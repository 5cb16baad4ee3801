"""Checking everything, keeping what was found, and knowing when the next check is due."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.invariants.kinds import Violation, invariants
from concord.portal.models import CheckRun
from concord.portal.work import action

#: the night's check begins at this hour UTC; one that was missed is made up for afterwards
NIGHTLY_HOUR = 2
LISTED = 200
KEPT = timedelta(days=90)


def broken_invariants(*, now: datetime, only: Collection[str] = ()) -> Iterator[Violation]:
    """Everything that is wrong anywhere, rule by rule; reads alone."""
    for code in sorted(invariants):
        if not only or code in only:
            yield from invariants[code].find(now)


def check_due(kind: CheckRun.Kind, *, now: datetime) -> bool:
    """Whether this night's check has not been made yet."""
    night = now.replace(hour=NIGHTLY_HOUR, minute=0, second=0, microsecond=0)
    if night > now:
        night -= timedelta(days=1)
    return not CheckRun.objects.filter(kind=kind, started_at__gte=night).exists()


@action
def keep_check(
    *,
    actor: Actor,
    kind: CheckRun.Kind,
    started_at: datetime,
    finished_at: datetime,
    examined: int,
    found: Sequence[Violation],
) -> CheckRun:
    """Keep what a check found, and forget those of three months ago.

    Locks and checks nothing. Records ``check.failed``, for the vendor, when anything was wrong.
    """
    run = CheckRun.objects.create(
        kind=kind,
        started_at=started_at,
        finished_at=finished_at,
        examined=examined,
        findings=len(found),
        listed=[{"rule": one.rule, "subject": one.subject, "what": one.what} for one in found[:LISTED]],
    )
    CheckRun.objects.filter(started_at__lt=finished_at - KEPT).delete()
    if found:
        record(
            "check.failed",
            actor=actor,
            subject=Subject("check", run.uuid),
            payload={"check": kind, "findings": len(found), "rules": sorted({one.rule for one in found})},
            visibility=Visibility.INTERNAL,
        )
    return run


def last_checks() -> list[CheckRun]:
    """The newest run of each kind, in the order of the kinds; one statement."""
    newest = {run.kind: run for run in CheckRun.objects.order_by("kind", "-started_at").distinct("kind")}
    return [newest[kind] for kind in CheckRun.Kind.values if kind in newest]
