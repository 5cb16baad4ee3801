"""The life of a protection: how its moments follow from its start, its extensions and the times its clock stood.

Everything is derived from a few facts, so that a timer may come late, twice or not at all for weeks: it carries out the
steps that were due, one after the other, and comes to the same story.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from concord.deals.protection.terms import ProgrammeTerms


class StepKind(StrEnum):
    """What time brings about."""

    WARNED = "warned"
    TEST_PASSED = "test_passed"
    GRACE_STARTED = "grace_started"
    LAPSED = "lapsed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Hold:
    """``[start, end)`` in which the clock stands."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Life:
    """What the moments of a protection follow from.

    ``length`` and ``hard_length`` are running time: the programme's days, the vendor's delay, what was extended.
    ``kept_until`` keeps the customer protected until an answer is due that the vendor owes; ``cut_at`` ends it before
    its time. The test window begins at ``window_from``; activities count from ``counted_from``, so that what saved the
    last window does not save the next. ``is_tested`` is false once the deal is won.
    """

    started_at: datetime
    length: timedelta
    hard_length: timedelta
    test_every: timedelta
    test_needs: int
    grace: timedelta
    warn_days: tuple[int, ...]
    window_from: datetime
    counted_from: datetime
    in_grace: bool = False
    is_tested: bool = True
    warned: int | None = None
    kept_until: datetime | None = None
    cut_at: datetime | None = None
    holds: tuple[Hold, ...] = ()

    @property
    def hard_end(self) -> datetime:
        """Beyond this moment nothing reaches."""
        return running_after(self.started_at, self.hard_length, self.holds)

    @property
    def ends_at(self) -> datetime:
        """When the protection ends if nothing else happens."""
        end = running_after(self.started_at, self.length, self.holds)
        if self.kept_until is not None:
            end = max(end, self.kept_until)
        end = min(end, self.hard_end)
        return min(end, self.cut_at) if self.cut_at is not None else end

    @property
    def test_due_at(self) -> datetime:
        """When the activities of the present window are counted."""
        return running_after(self.window_from, self.test_every, self.holds)

    @property
    def grace_until(self) -> datetime:
        """Until when missing activities may be made up for, once a test was not passed."""
        return running_after(self.test_due_at, self.grace, self.holds)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was due at a moment. ``days``: with a warning, how many days before the end."""

    kind: StepKind
    at: datetime
    days: int = 0
    counted: int = 0


def begun(start: datetime, delay: timedelta, terms: ProgrammeTerms) -> Life:
    """The life of a protection that begins now; the vendor's delay is added to both ends."""
    return Life(
        started_at=start,
        length=terms.protection + delay,
        hard_length=timedelta(days=terms.hard_end_days) + delay,
        test_every=timedelta(days=terms.activity_every_days),
        test_needs=terms.qualified_activities,
        grace=timedelta(days=terms.grace_days),
        warn_days=terms.warnings,
        window_from=start,
        counted_from=start,
    )


def running_after(start: datetime, length: timedelta, holds: Iterable[Hold]) -> datetime:
    """The moment at which ``length`` has passed since ``start``, without the times in which the clock stood."""
    end = start + length
    for hold in sorted(holds, key=lambda one: one.start):
        stands = hold.end - max(hold.start, start)
        if stands > timedelta() and hold.start < end:
            end += stands
    return end


def next_step(life: Life, activities: Sequence[datetime]) -> Step:
    """What is due next, whenever that is. ``activities``: when qualified ones happened, from ``counted_from`` on."""
    end = life.ends_at
    due = [Step(StepKind.ENDED, end), *_next_warning(life, end)]
    if life.is_tested and life.test_needs:
        due += _next_test(life, sorted(one for one in activities if one >= life.counted_from), end)
    # Of what falls on one moment, the end comes last.
    return min(due, key=lambda step: (step.at, step.kind == StepKind.ENDED))


def after(life: Life, step: Step, activities: Sequence[datetime]) -> Life:
    """The life once a step was carried out; a protection that ended or lapsed has none."""
    if step.kind == StepKind.WARNED:
        return replace(life, warned=step.days)
    if step.kind == StepKind.GRACE_STARTED:
        return replace(life, in_grace=True)
    counting = sorted(one for one in activities if one >= life.counted_from)
    counted_from = life.test_due_at
    if life.in_grace:
        # What came in grace was for the window before it.
        counted_from = counting[life.test_needs - 1] + timedelta(microseconds=1)
    return replace(
        life, in_grace=False, window_from=life.test_due_at, counted_from=max(counted_from, life.counted_from)
    )


def extended(life: Life, by: timedelta) -> Life:
    """The life with an extension behind its ordinary end; warnings begin anew. The hard end stays."""
    return replace(life, length=life.length + by, kept_until=None, warned=None)


def held(life: Life, hold: Hold) -> Life:
    """The life with one more time in which its clock stands."""
    return replace(life, holds=(*life.holds, hold))


def reaches_further(life: Life, by: timedelta) -> bool:
    """Whether an extension would move the end at all: behind the hard end it would not."""
    return extended(life, by).ends_at > life.ends_at


def _next_warning(life: Life, end: datetime) -> list[Step]:
    for days in sorted(life.warn_days, reverse=True):
        at = end - timedelta(days=days)
        if (life.warned is None or days < life.warned) and at > life.started_at and life.cut_at is None:
            return [Step(StepKind.WARNED, at, days=days)]
    return []


def _next_test(life: Life, counting: Sequence[datetime], end: datetime) -> list[Step]:
    due_at, needs = life.test_due_at, life.test_needs
    if not life.in_grace:
        if due_at >= end:
            return []
        counted = sum(one < due_at for one in counting)
        kind = StepKind.TEST_PASSED if counted >= needs else StepKind.GRACE_STARTED
        return [Step(kind, due_at, counted=counted)]
    until = life.grace_until
    in_time = [one for one in counting if one < until]
    if len(in_time) >= needs:
        return [Step(StepKind.TEST_PASSED, max(in_time[needs - 1], due_at), counted=len(in_time))]
    return [Step(StepKind.LAPSED, until, counted=len(in_time))] if until < end else []
