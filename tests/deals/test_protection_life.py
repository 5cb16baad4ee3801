"""The life of a protection as arithmetic: no database, no clock."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.deals.protection.life import (
    Hold,
    StepKind,
    after,
    begun,
    extended,
    held,
    next_step,
    reaches_further,
    running_after,
)
from concord.deals.protection.terms import ProgrammeTerms, contradictions
from concord.deals.protection.working_time import answer_due_at, calendar_of, escalation_due_at, has_calendar

START = datetime(2026, 6, 1, 9, tzinfo=UTC)
TERMS = ProgrammeTerms()
DAY = timedelta(days=1)


def day(number: float) -> datetime:
    return START + number * DAY


def story(life, activities, until):
    """Every step up to a moment, as (kind, day)."""
    told = []
    while True:
        step = next_step(life, activities)
        if step.at > until:
            return told
        told.append((step.kind.value, (step.at - START) / DAY))
        if step.kind in {StepKind.LAPSED, StepKind.ENDED}:
            return told
        life = after(life, step, activities)


BUSY = [day(number) for number in range(3, 200, 9)]


def test_a_busy_deal_passes_its_tests_is_warned_three_times_and_ends_after_ninety_days():
    assert story(begun(START, timedelta(), TERMS), BUSY, day(400)) == [
        ("test_passed", 30),
        ("test_passed", 60),
        ("warned", 76),
        ("warned", 83),
        ("warned", 89),
        ("ended", 90),
    ]


def test_without_activity_grace_begins_after_thirty_days_and_the_protection_lapses_after_seven_more():
    assert story(begun(START, timedelta(), TERMS), [], day(400)) == [("grace_started", 30), ("lapsed", 37)]


def test_what_is_made_up_for_in_grace_saves_the_window_and_counts_for_no_other():
    told = story(begun(START, timedelta(), TERMS), [day(10), day(33)], day(400))
    assert told[:4] == [("grace_started", 30), ("test_passed", 33), ("grace_started", 60), ("lapsed", 67)]


def test_the_vendors_delay_moves_both_ends():
    life = begun(START, 5 * DAY, TERMS)
    assert life.ends_at == day(95)
    assert life.hard_end == day(185)


def test_extensions_reach_to_the_hard_end_and_no_further():
    life = begun(START, timedelta(), TERMS)
    for expected in (120, 150, 180):
        assert reaches_further(life, 30 * DAY)
        life = extended(life, 30 * DAY)
        assert life.ends_at == day(expected)
    assert not reaches_further(life, 30 * DAY)


def test_an_extension_is_warned_of_anew():
    life = replace(begun(START, timedelta(), TERMS), warned=1, window_from=day(60), counted_from=day(60))
    told = story(extended(life, 30 * DAY), BUSY, day(400))
    assert [one for one in told if one[0] == "warned"] == [("warned", 106), ("warned", 113), ("warned", 119)]


def test_while_the_clock_stands_nothing_is_due():
    life = held(begun(START, timedelta(), TERMS), Hold(day(20), day(30)))
    assert life.test_due_at == day(40)
    assert life.ends_at == day(100)
    assert life.hard_end == day(190)
    assert story(life, [], day(400)) == [("grace_started", 40), ("lapsed", 47)]


def test_a_hold_behind_the_moment_leaves_it_alone():
    life = held(begun(START, timedelta(), TERMS), Hold(day(40), day(50)))
    assert life.test_due_at == day(30)
    assert life.ends_at == day(100)


def test_a_cut_ends_it_before_its_time_without_a_warning():
    life = replace(begun(START, timedelta(), TERMS), cut_at=day(12))
    assert story(life, [], day(400)) == [("ended", 12)]


def test_a_won_deal_is_not_tested():
    told = story(replace(begun(START, timedelta(), TERMS), is_tested=False), [], day(400))
    assert [kind for kind, _day in told] == ["warned", "warned", "warned", "ended"]


HOLDS = st.lists(st.tuples(st.integers(0, 150), st.integers(1, 20)), max_size=4)


@given(HOLDS, st.integers(1, 120))
def test_running_time_is_what_passed_without_the_holds(pairs, length):
    holds, free = [], 0
    for wished, long in sorted(pairs):
        begin = max(wished, free)
        holds.append(Hold(day(begin), day(begin + long)))
        free = begin + long + 1
    end = running_after(START, length * DAY, holds)
    stood = sum(((min(end, one.end) - one.start) for one in holds if one.start < end), timedelta())
    assert end - START - stood == length * DAY


@given(st.lists(st.integers(0, 200), max_size=30), st.lists(st.integers(1, 400), min_size=1, max_size=6))
def test_downtime_changes_nothing_in_the_story(activity_days, pauses):
    activities = sorted(day(number) for number in activity_days)
    whole = story(begun(START, timedelta(), TERMS), activities, day(1_000))
    life, told, now = begun(START, timedelta(), TERMS), [], START
    for pause in [*pauses, 1_000]:
        now += pause * DAY
        while (step := next_step(life, activities)).at <= now:
            told.append((step.kind.value, (step.at - START) / DAY))
            if step.kind in {StepKind.LAPSED, StepKind.ENDED}:
                break
            life = after(life, step, activities)
        else:
            continue
        break
    assert told == whole
    assert [one[1] for one in told] == sorted(one[1] for one in told)


def test_the_vendors_calendar_knows_weekdays_regions_and_closing_days():
    epiphany = date(2026, 1, 6)
    bavarian = ProgrammeTerms(time_zone="Europe/Berlin", calendar_country="DE", calendar_region="BY")
    berliner = ProgrammeTerms(time_zone="Europe/Berlin", calendar_country="DE", calendar_region="BE")
    assert not calendar_of(bavarian).is_working_day(epiphany)
    assert calendar_of(berliner).is_working_day(epiphany)
    sunday = date(2026, 6, 7)
    gulf = ProgrammeTerms(working_days=(6, 0, 1, 2, 3))
    assert calendar_of(gulf).is_working_day(sunday)
    closed = ProgrammeTerms(closing_days=(date(2026, 6, 8),))
    assert answer_due_at(datetime(2026, 6, 5, 9, tzinfo=UTC), closed) == datetime(2026, 6, 10, 15, tzinfo=UTC)


def test_the_escalation_comes_so_many_working_hours_before():
    submitted = datetime(2026, 6, 8, 9, tzinfo=UTC)
    due = answer_due_at(submitted, TERMS)
    assert due == datetime(2026, 6, 10, 15, tzinfo=UTC)
    assert escalation_due_at(due, submitted, TERMS) == datetime(2026, 6, 10, 11, tzinfo=UTC)
    over_night = replace(TERMS, escalate_before_hours=8)
    assert escalation_due_at(due, submitted, over_night) == datetime(2026, 6, 9, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"hard_end_days": 60}, "hard_end_days"),
        ({"grace_days": 30}, "grace_days"),
        ({"opens_at_hour": 18}, "closes_at_hour"),
        ({"working_days": ()}, "working_days"),
        ({"escalate_before_hours": 24}, "escalate_before_hours"),
        ({"second_warning_days": 14}, "second_warning_days"),
        ({"protection_days": 14}, "warn_before_end_days"),
        ({"neutral_person_id": 3, "deputy_person_id": 3}, "deputy_person_id"),
        ({"answer_within_hours": 0, "escalate_before_hours": -1}, "answer_within_hours"),
    ],
)
def test_terms_that_contradict_each_other_are_refused(values, where):
    with pytest.raises(ValueError, match=where):
        ProgrammeTerms(**values)


def test_every_default_stands_with_the_others():
    assert contradictions(ProgrammeTerms()) == []
    assert len(fields(ProgrammeTerms)) > 20
    assert has_calendar("", "")
    assert has_calendar("DE", "BY")
    assert not has_calendar("ZZ", "")
    assert not has_calendar("DE", "XX")
