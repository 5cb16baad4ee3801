"""Half-open periods ``[from, until)`` in UTC, and the days that people mean by them."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange


def period(start: datetime, end: datetime | None) -> DateTimeTZRange:
    """``[start, end)``; both aware. An end that is not after the start is refused."""
    if end is not None and end <= start:
        raise ValueError("a period ends after it starts")
    return DateTimeTZRange(start, end, "[)")


def end_of_local_day(day: date, time_zone: str) -> datetime:
    """The first moment after the whole local day, in UTC: *valid until 30 June* includes all of it there."""
    zone = zoneinfo.ZoneInfo(time_zone)
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)


def local_date(moment: datetime, time_zone: str) -> date:
    """The calendar day of a moment in a time zone."""
    return moment.astimezone(zoneinfo.ZoneInfo(time_zone)).date()
