"""The vendor's working hours: its working days between opening and closing, without public holidays and closures."""

from __future__ import annotations

import zoneinfo
from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays as public_holidays

from concord.deals.protection.terms import ProgrammeTerms

#: no calendar closes for longer; beyond it the calendar itself is wrong
_LONGEST_CLOSURE_DAYS = 366


class NoWorkingDay(ValueError):
    """The calendar has no working day within a year."""


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Opening hours in the vendor's time zone. Moments go in and come out aware; results are in UTC."""

    time_zone: str
    opens: time
    closes: time
    holidays: Container[date] = frozenset()
    working_days: frozenset[int] = frozenset(range(5))
    closing_days: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Whether the vendor works on that local day."""
        if day.weekday() not in self.working_days or day in self.closing_days:
            return False
        return day not in self.holidays

    def due_after(self, start: datetime, working: timedelta) -> datetime:
        """The moment by which ``working`` time has passed since ``start``; nights, weekends, holidays stand still."""
        left = working
        day = self._local(start).date()
        for _ in range(_LONGEST_CLOSURE_DAYS + working // timedelta(hours=1)):
            opened, closed = self._hours_of(day)
            if opened is not None and closed is not None:
                begin = max(opened, start)
                if begin < closed:
                    open_for = closed - begin
                    if left <= open_for:
                        return (begin + left).astimezone(UTC)
                    left -= open_for
            day += timedelta(days=1)
        raise NoWorkingDay(str(start))

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies in ``[start, end)``; zero when the end is not after the start."""
        total = timedelta()
        day, last = self._local(start).date(), self._local(end).date()
        while day <= last:
            opened, closed = self._hours_of(day)
            if opened is not None and closed is not None:
                total += max(min(closed, end) - max(opened, start), timedelta())
            day += timedelta(days=1)
        return total

    def end_of_working_day(self, start: datetime, days: int) -> datetime:
        """The close of the ``days``-th working day after the day of ``start``."""
        day, left = self._local(start).date(), days
        for _ in range(_LONGEST_CLOSURE_DAYS + 7 * days):
            day += timedelta(days=1)
            if self.is_working_day(day):
                left -= 1
                if left <= 0:
                    return self._at(day, self.closes).astimezone(UTC)
        raise NoWorkingDay(str(start))

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(zoneinfo.ZoneInfo(self.time_zone))

    def _at(self, day: date, hour: time) -> datetime:
        # The clock's hands may be moved between opening and closing: subtracting aware moments of one zone would
        # not notice, so that hours are taken to UTC first.
        return datetime.combine(day, hour, tzinfo=zoneinfo.ZoneInfo(self.time_zone)).astimezone(UTC)

    def _hours_of(self, day: date) -> tuple[datetime | None, datetime | None]:
        if not self.is_working_day(day):
            return None, None
        return self._at(day, self.opens), self._at(day, self.closes)


@lru_cache(maxsize=64)
def _holidays_in(country: str, region: str, year: int) -> frozenset[date]:
    return frozenset(public_holidays.country_holidays(country, subdiv=region or None, years=year, expand=False))


@dataclass(frozen=True, slots=True)
class PublicHolidays(Container[date]):
    """A country's public holidays, a year at a time as asked.

    The library's own calendar marks a year as known before its days are in: who asks from another thread at that moment
    would find no holidays. Here a year is whole before anybody sees it.
    """

    country: str
    region: str = ""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _holidays_in(self.country, self.region, day.year)


def has_calendar(country: str, region: str) -> bool:
    """Whether public holidays of a country, or of a region in it, are known; nothing asked for is known."""
    known = public_holidays.list_supported_countries(include_aliases=True)
    if not country:
        return not region
    return country in known and (not region or region in known[country])


def _hour(number: int) -> time:
    return time.max if number == 24 else time(number)


@lru_cache(maxsize=8)
def calendar_of(terms: ProgrammeTerms) -> WorkingCalendar:
    """The vendor's calendar by the programme's terms; the country's holidays are computed year by year as asked."""
    days: Container[date] = frozenset()
    if terms.calendar_country:
        days = PublicHolidays(terms.calendar_country, terms.calendar_region)
    return WorkingCalendar(
        time_zone=terms.time_zone,
        opens=_hour(terms.opens_at_hour),
        closes=_hour(terms.closes_at_hour),
        holidays=days,
        working_days=frozenset(terms.working_days),
        closing_days=frozenset(terms.closing_days),
    )


def answer_due_at(submitted_at: datetime, terms: ProgrammeTerms) -> datetime:
    """By when the vendor owes an answer to what was submitted then. UTC."""
    return calendar_of(terms).due_after(submitted_at, timedelta(hours=terms.answer_within_hours))


def escalation_due_at(due_at: datetime, submitted_at: datetime, terms: ProgrammeTerms) -> datetime:
    """When an answer that is still owed is told to the escalation person: so many working hours before it is due."""
    left = timedelta(hours=terms.escalate_before_hours)
    calendar = calendar_of(terms)
    return calendar.due_after(submitted_at, calendar.working_time_between(submitted_at, due_at) - left)


def judgement_due_at(filed_at: datetime, terms: ProgrammeTerms) -> datetime:
    """By when an appeal is to be judged. UTC."""
    return calendar_of(terms).end_of_working_day(filed_at, terms.judge_within_working_days)


def appeal_until(decided_at: datetime, terms: ProgrammeTerms) -> datetime:
    """Until when a decision can be appealed against. UTC."""
    return calendar_of(terms).end_of_working_day(decided_at, terms.appeal_within_working_days)
