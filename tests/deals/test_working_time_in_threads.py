"""The vendor's holidays, asked for by many at once and across the turn of the year."""

from __future__ import annotations

import sys
import threading
from datetime import date, datetime

import holidays as public_holidays
import pytest

from concord.deals.protection.terms import ProgrammeTerms
from concord.deals.protection.working_time import PublicHolidays, answer_due_at, appeal_until, judgement_due_at

GERMAN = ProgrammeTerms(time_zone="Europe/Berlin", calendar_country="DE")


@pytest.fixture
def restless():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def asked_at_once(holidays, year: int) -> list[bool]:
    together, answers = threading.Barrier(4), []

    def ask():
        together.wait()
        answers.append(date(year, 12, 25) in holidays)

    threads = [threading.Thread(target=ask) for _each in range(together.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_whoever_asks_first_in_a_year_takes_no_holiday_from_the_others(restless):
    holidays = PublicHolidays("DE")
    assert [year for year in range(2030, 2100) if not all(asked_at_once(holidays, year))] == []


def test_twin_the_librarys_own_calendar_takes_some(restless):
    asked = (
        asked_at_once(calendar, year)
        for _time in range(20)
        for calendar in [public_holidays.country_holidays("DE")]
        for year in range(2030, 2100)
    )
    assert not all(all(answers) for answers in asked)


@pytest.mark.parametrize(
    ("began", "due"),
    [
        # New Year's Eve is worked, New Year is not: nine hours of Wednesday, nine of Friday, six of Monday.
        ("2025-12-31T09:00+01:00", "2026-01-05T15:00+01:00"),
        # The twenty-fifth is a Friday, and with it the week is over.
        ("2026-12-24T18:00+01:00", "2026-12-30T15:00+01:00"),
        # A leap day is a working day like any other.
        ("2028-02-28T09:00+01:00", "2028-03-01T15:00+01:00"),
        # Told elsewhere at another hour of another day, it is the same moment.
        ("2027-12-31T23:30+13:00", "2028-01-04T17:30+01:00"),
    ],
)
def test_an_answer_over_the_turn_of_the_year(began, due):
    assert answer_due_at(datetime.fromisoformat(began), GERMAN) == datetime.fromisoformat(due)


def test_appeals_over_the_turn_of_the_year():
    decided = datetime.fromisoformat("2026-12-23T10:00+01:00")
    # 24, 28, 29, 30, 31 December; then New Year is a Friday.
    assert appeal_until(decided, GERMAN) == datetime.fromisoformat("2026-12-31T18:00+01:00")
    assert judgement_due_at(decided, GERMAN) == datetime.fromisoformat("2027-01-08T18:00+01:00")
