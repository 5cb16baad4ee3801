"""What can be had, when: stock by product over all warehouses, with the moment it was counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

#: a count older than this is told to be old wherever it is shown
STALE_AFTER = timedelta(hours=48)
#: what partners see instead of the exact number when the programme shows bands
BANDS = (10, 50, 100, 500, 1_000, 5_000)

_STOCK = """
SELECT s.product_id, sum(greatest(s.on_hand - s.reserved, 0)), sum(s.on_hand), sum(s.reserved), min(s.as_of),
       (SELECT array_agg(i.expected_on ORDER BY i.expected_on, i.id) FROM pricing_incomingstock i
        JOIN pricing_stocklevel l ON l.id = i.level_id
        WHERE l.product_id = s.product_id AND i.expected_on >= %(today)s),
       (SELECT array_agg(i.quantity ORDER BY i.expected_on, i.id) FROM pricing_incomingstock i
        JOIN pricing_stocklevel l ON l.id = i.level_id
        WHERE l.product_id = s.product_id AND i.expected_on >= %(today)s)
FROM pricing_stocklevel s WHERE s.product_id = ANY(%(products)s) GROUP BY s.product_id
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """So many units are expected on a day."""

    expected_on: date
    quantity: int


@dataclass(frozen=True, slots=True)
class Availability:
    """Stock of one product in its unit. ``as_of`` is the oldest count among the warehouses; ``None``: never counted.

    With ``exact`` false, ``available`` is the lower end of a band and ``at_least`` says so.
    """

    product_id: int
    available: int = 0
    on_hand: int = 0
    reserved: int = 0
    as_of: datetime | None = None
    is_stale: bool = False
    incoming: tuple[Arrival, ...] = ()
    exact: bool = True

    @property
    def is_known(self) -> bool:
        """Whether anybody ever counted."""
        return self.as_of is not None

    @property
    def at_least(self) -> bool:
        """Whether ``available`` is only what there is at least."""
        return not self.exact and self.available > 0

    def missing(self, quantity: int) -> int:
        """How many of the quantity are not there now."""
        return max(quantity - self.available, 0)

    def complete_on(self, quantity: int) -> date | None:
        """The day by which the rest of the quantity is expected; ``None`` when it is there, or no arrival suffices."""
        lacking = self.missing(quantity)
        if not lacking:
            return None
        for arrival in self.incoming:
            lacking -= arrival.quantity
            if lacking <= 0:
                return arrival.expected_on
        return None


@dataclass(frozen=True, slots=True)
class Unmet:
    """What was asked for of a product, and how much of it was missing."""

    product_id: int
    quantity: int
    missing: int


def availability_for(product_ids: Iterable[int], *, now: datetime, exact: bool = True) -> dict[int, Availability]:
    """Stock and what is on its way, for each of the products; one statement. Products without any have an entry too."""
    wanted = sorted(set(product_ids))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_STOCK, {"products": wanted, "today": now.date()})
        found = {row[0]: _availability(row, now=now, exact=exact) for row in cursor.fetchall()}
    return {key: found.get(key) or Availability(key, exact=exact) for key in wanted}


def _availability(
    row: tuple[int, int, int, int, datetime, list[date] | None, list[int] | None], *, now: datetime, exact: bool
) -> Availability:
    product_id, available, on_hand, reserved, as_of, days, quantities = row
    arrivals = tuple(Arrival(day, count) for day, count in zip(days or (), quantities or (), strict=True))
    return Availability(
        product_id=product_id,
        available=int(available) if exact else banded(int(available)),
        on_hand=int(on_hand),
        reserved=int(reserved),
        as_of=as_of,
        is_stale=now - as_of > STALE_AFTER,
        incoming=arrivals,
        exact=exact,
    )


def banded(quantity: int) -> int:
    """The lower end of the band that a quantity lies in; 0 when there is none, 1 below the first band."""
    if quantity <= 0:
        return 0
    return max((band for band in BANDS if band <= quantity), default=1)
