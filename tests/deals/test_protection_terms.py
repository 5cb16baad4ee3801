"""The programme's arithmetic: working hours, holidays, delays, months. No database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.deals.protection.terms import ProgrammeTerms
from concord.deals.protection.window import protection_window, until_month, vendor_delay
from concord.deals.protection.working_time import answer_due_at, appeal_until, calendar_of

GERMAN = ProgrammeTerms(time_zone="Europe/Berlin", calendar_country="DE")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        # Monday at nine: two whole days of nine hours, and six hours of the third.
        ("2026-06-08T09:00+02:00", "2026-06-10T15:00+02:00"),
        # Friday evening counts from Monday morning on.
        ("2026-06-05T20:00+02:00", "2026-06-10T15:00+02:00"),
        # Inside a day: five hours today, nine, nine, one.
        ("2026-06-08T13:00+02:00", "2026-06-11T10:00+02:00"),
        # Christmas is a holiday, the twenty-sixth a Saturday.
        ("2026-12-24T16:00+01:00", "2026-12-30T13:00+01:00"),
    ],
)
def test_an_answer_is_due_after_twenty_four_working_hours(submitted, due):
    assert answer_due_at(at(submitted), GERMAN) == at(due)


def test_holidays_are_the_vendors_countrys():
    national_day = at("2026-10-01T10:00+08:00")
    chinese = ProgrammeTerms(
        time_zone="Asia/Shanghai", calendar_country="CN", answer_within_hours=2, escalate_before_hours=1
    )
    nowhere = ProgrammeTerms(time_zone="Asia/Shanghai", answer_within_hours=2, escalate_before_hours=1)
    assert answer_due_at(national_day, nowhere) == at("2026-10-01T12:00+08:00")
    assert answer_due_at(national_day, chinese) > at("2026-10-07T00:00+08:00")


def test_the_clocks_change_does_not_eat_an_hour():
    # On Sunday 29 March 2026 clocks in Berlin go forward.
    assert answer_due_at(at("2026-03-27T15:00+01:00"), GERMAN) == at("2026-04-01T12:00+02:00")


def test_an_appeal_runs_to_the_end_of_the_fifth_working_day():
    assert appeal_until(at("2026-06-05T10:00+02:00"), GERMAN) == at("2026-06-12T18:00+02:00")


@given(
    st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2028, 1, 1)),  # noqa: DTZ001 - UTC is set below
    st.integers(min_value=1, max_value=200),
)
def test_due_moments_lie_in_working_hours_and_measure_back(moment, hours):
    start = moment.replace(tzinfo=UTC)
    calendar = calendar_of(GERMAN)
    due = calendar.due_after(start, timedelta(hours=hours))
    assert due >= start
    assert calendar.working_time_between(start, due) == timedelta(hours=hours)
    assert calendar.is_working_day(calendar._local(due).date())


def test_what_the_vendor_is_late_is_added_to_both_ends():
    due = at("2026-06-10T15:00+02:00")
    assert vendor_delay(due, due) == timedelta()
    assert vendor_delay(None, due) == timedelta()
    late = vendor_delay(due, due + timedelta(days=3))
    window = protection_window(due, late, ProgrammeTerms())
    assert window.end - window.start == timedelta(days=93)
    assert window.hard_end - window.start == timedelta(days=183)


@pytest.mark.parametrize(
    ("end", "month"),
    [
        ("2026-12-31T23:59+00:00", date(2026, 12, 1)),
        ("2027-01-01T00:00+00:00", date(2026, 12, 1)),
        ("2027-01-01T00:01+00:00", date(2027, 1, 1)),
    ],
)
def test_the_month_that_outsiders_learn_is_that_of_the_last_moment(end, month):
    assert until_month(at(end)) == month


@pytest.mark.parametrize(
    "values",
    [
        {"opens_at_hour": 18, "closes_at_hour": 9},
        {"protection_days": 0},
        {"hard_end_days": 30},
        {"protecton_days": 90},
    ],
)
def test_terms_that_contradict_each_other_or_are_misspelt_are_refused(values):
    with pytest.raises(ValueError):  # noqa: PT011 - which of the sentences does not matter
        ProgrammeTerms.read(values)
