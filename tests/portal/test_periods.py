"""Days as people mean them, in every kind of time zone: clocks that change at midnight, leap days, half hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from concord.portal.periods import end_of_local_day, local_date
from concord.pricing.queries.price_ends import last_whole_day

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
ZONES = (
    "UTC", "Europe/Berlin", "America/Santiago", "America/Havana", "America/St_Johns", "Africa/Cairo", "Asia/Beirut",
    "Asia/Kathmandu", "Asia/Shanghai", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)  # fmt: skip
#: a leap year and one that is none
DAYS = [date(2027, 1, 1) + number * DAY for number in range(365 + 366)]


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_ends_where_the_next_one_begins(zone):
    ends = [end_of_local_day(day, zone) for day in DAYS]
    assert [local_date(end - TICK, zone) for end in ends] == DAYS
    assert [local_date(end, zone) for end in ends] == [day + DAY for day in DAYS]
    assert [last_whole_day(end, zone) for end in ends] == DAYS
    assert [last_whole_day(end - TICK, zone) for end in ends] == [day - DAY for day in DAYS]
    lengths = {after - before for before, after in pairwise(ends)}
    assert lengths <= {timedelta(hours=hours) for hours in (23, 23.5, 24, 24.5, 25)}


def test_the_29th_of_february_is_a_whole_day():
    assert end_of_local_day(date(2028, 2, 29), "Europe/Berlin") == datetime(2028, 2, 29, 23, tzinfo=UTC)


def test_the_same_day_ends_a_day_earlier_at_the_other_side_of_the_world():
    day = date(2027, 12, 31)
    first, last = end_of_local_day(day, "Pacific/Kiritimati"), end_of_local_day(day, "Pacific/Pago_Pago")
    assert last - first == timedelta(hours=25)
