"""What can be had, when: stock by product over all warehouses, with the moment it was counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from concord.pricing.models import StockSettings

#: a count older than this is told to be old wherever it is shown, unless the programme says otherwise
STALE_HOURS = 48
#: what partners see instead of the exact number when their tier sees bands
BANDS = (10, 50, 100, 500, 1_000, 5_000)

_STOCK = """
SELECT s.product_id, sum(greatest(s.on_hand - s.reserved, 0)), sum(s.on_hand), sum(s.reserved), min(s.as_of),
       (SELECT array_agg(i.expected_on ORDER BY i.expected_on, i.id) FROM pricing_incomingstock i
        JOIN pricing_stocklevel l ON l.id = i.level_id
        WHERE l.product_id = s.product_id AND i.expected_on >= %(today)s),
       (SELECT array_agg(i.quantity ORDER BY i.expected_on, i.id) FROM pricing_incomingstock i
        JOIN pricing_stocklevel l ON l.id = i.level_id
        WHERE l.product_id = s.product_id AND i.expected_on >= %(today)s),
       (SELECT COALESCE(sum(r.quantity), 0) FROM pricing_stockreservation r
        WHERE r.product_id = s.product_id AND r.ended_at IS NULL AND r.until > %(now)s
          AND r.quote_id IS DISTINCT FROM %(quote)s),
       COALESCE((SELECT stale_hours FROM pricing_stocksettings ORDER BY id LIMIT 1), %(stale_hours)s),
       COALESCE((SELECT t.shows_exact_stock FROM partners_partner p JOIN partners_tier t ON t.id = p.tier_id
                 WHERE p.id = %(partner)s), true)
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

    ``available`` is what may be shown: what is there less what is reserved for others; with ``exact`` false the lower
    end of its band, and ``at_least`` says so. ``counted`` is the exact number, for reservations and demand alone.
    """

    product_id: int
    available: int = 0
    counted: int = 0
    on_hand: int = 0
    reserved: int = 0
    kept_for_quotes: int = 0
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
        """How many of the quantity are not there now, as far as may be shown."""
        return max(quantity - self.available, 0)

    def lacking(self, quantity: int) -> int:
        """How many of the quantity are truly not there now: the vendor's knowledge, never shown to partners."""
        return max(quantity - self.counted, 0)

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


def availability_for(
    product_ids: Iterable[int], *, now: datetime, partner_id: int | None = None, for_quote_id: int | None = None
) -> dict[int, Availability]:
    """Stock and what is on its way, for each of the products; one statement. Products without any have an entry too.

    ``partner_id`` is who asks: its tier decides whether exact numbers or bands are shown; ``None`` is the vendor.
    What is reserved for other quotes than ``for_quote_id`` is not available.
    """
    wanted = sorted(set(product_ids))
    if not wanted:
        return {}
    values: dict[str, Any] = {
        "products": wanted,
        "today": now.date(),
        "now": now,
        "quote": for_quote_id,
        "partner": partner_id,
        "stale_hours": STALE_HOURS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STOCK, values)
        found = {row[0]: _availability(row, now=now) for row in cursor.fetchall()}
    return {key: found.get(key) or Availability(key) for key in wanted}


def _availability(row: tuple[Any, ...], *, now: datetime) -> Availability:
    product_id, there, on_hand, reserved, as_of, days, quantities, kept, stale_hours, exact = row
    counted = max(int(there) - int(kept), 0)

    def shown(quantity: int) -> int:
        return quantity if exact else banded(quantity)

    return Availability(
        product_id=product_id,
        available=shown(counted),
        counted=counted,
        on_hand=int(on_hand),
        reserved=int(reserved),
        kept_for_quotes=int(kept),
        as_of=as_of,
        is_stale=now - as_of > timedelta(hours=stale_hours),
        incoming=tuple(Arrival(day, shown(count)) for day, count in zip(days or (), quantities or (), strict=True)),
        exact=exact,
    )


def stale_after() -> timedelta:
    """The age from which a count is old, by the programme. One statement."""
    said = StockSettings.objects.order_by("pk").values_list("stale_hours", flat=True).first()
    return timedelta(hours=said or STALE_HOURS)


def banded(quantity: int) -> int:
    """The lower end of the band that a quantity lies in; 0 when there is none, 1 below the first band."""
    if quantity <= 0:
        return 0
    return max((band for band in BANDS if band <= quantity), default=1)
