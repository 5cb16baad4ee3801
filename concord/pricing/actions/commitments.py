"""Writing price promises: all lines of a quote at once, under the end customer's lock, ended by compare-and-swap.

The order matters and is the same everywhere: prices are computed before the lock is taken; then the lock, the
database's clock; then one statement that looks at what contradicts and, where nothing does, inserts all rows. The look
lets the refusal say what the reader may know without the database's own text ever being written; the exclusion
constraints decide if it is ever forgotten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from concord.portal.actor import Actor
from concord.portal.periods import local_date
from concord.portal.refusals import Conflict, Refusal
from concord.pricing.actions.shown_prices import money
from concord.pricing.enums import WayOut
from concord.pricing.queries.commitments import CONTRADICTIONS, Contradiction, Wanted, as_columns

# The statement begins after the lock was taken, so it sees everything that was promised before.
_PROMISE = f"""
WITH rivals AS MATERIALIZED ({CONTRADICTIONS}),
written AS (
    INSERT INTO pricing_pricecommitment
        (end_customer_id, product_id, quantity, validity, unit_price, currency, quote_id)
    SELECT %(customer)s, w.product_id, int4range(w.start, w.finish), tstzrange(%(start)s, %(until)s, '[)'), w.price,
           w.currency, %(quote)s
    FROM unnest(%(products)s::bigint[], %(starts)s::int[], %(ends)s::int[], %(prices)s::numeric[],
                %(currencies)s::text[]) WITH ORDINALITY AS w(product_id, start, finish, price, currency, place)
    WHERE NOT EXISTS (SELECT FROM rivals)
    ORDER BY w.place
)
SELECT * FROM rivals
"""  # noqa: S608 - two constants

_END = """
UPDATE pricing_pricecommitment SET validity = tstzrange(lower(validity), %(at)s, '[)')
WHERE quote_id = ANY(%(quotes)s) AND upper(validity) > %(at)s AND lower(validity) < %(at)s
"""


class PriceConflict(Conflict):
    """A price that differs from what holds for this customer. ``conflicts`` never says who holds a promise."""

    default_code = "price_conflict"

    def __init__(self, conflicts: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(
            _("For this customer another price holds. One customer, one product, one price."),
            details={"conflicts": [dict(one) for one in conflicts]},
        )


def price_refused() -> Refusal:
    """How the database's *no* is told, where nobody looked before writing."""
    return PriceConflict()


def last_day(end: datetime, time_zone: str) -> date:
    """The last local day of a promise that ends at ``end``."""
    return local_date(end - timedelta(microseconds=1), time_zone)


def conflict_of(
    *,
    actor: Actor,
    sku: str,
    requested: Decimal,
    currency: str,
    quantity_break: tuple[int, int | None],
    is_related: bool,
    time_zone: str,
    promised: Decimal | None = None,
    promised_currency: str = "",
    until: datetime | None = None,
) -> dict[str, Any]:
    """One refused line. Without a relation it holds what the asker knows already, whether a promise exists or not."""
    conflict: dict[str, Any] = {
        "sku": sku,
        "quantity_break": {"from": quantity_break[0], "to": quantity_break[1]},
        "requested": money(requested, currency),
    }
    if not is_related:
        ways = [WayOut.TAKE_PROMISED_PRICE, WayOut.ASK_SPECIAL_PRICE, WayOut.REGISTER_DEAL]
        return {**conflict, "ways_out": [way.value for way in ways]}
    if promised is not None:
        conflict["promised"] = money(promised, promised_currency or currency)
        conflict["until"] = last_day(until, time_zone).isoformat() if until else None
    ways = [WayOut.TAKE_PROMISED_PRICE, WayOut.ASK_SPECIAL_PRICE]
    if until is not None or actor.is_vendor:
        ways.append(WayOut.REPRICE)
    return {**conflict, "ways_out": [way.value for way in ways]}


def write_promises(
    *,
    actor: Actor,
    quote_id: int,
    end_customer_id: int,
    wanted: Sequence[Wanted],
    start: datetime,
    until: datetime,
    skus: Mapping[int, str],
    related: Collection[int],
    time_zone: str,
) -> int:
    """Promise the wanted prices, ``[start, until)``; how many rows. Called under the end customer's lock.

    ``start`` is the database's clock read after the lock. Raises ``PriceConflict``.
    """
    if not wanted:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _PROMISE,
            {"customer": end_customer_id, "quote": quote_id, "start": start, "until": until, **as_columns(wanted)},
        )
        rivals = [Contradiction(*row) for row in cursor.fetchall()]
    if rivals:
        raise PriceConflict(_told(rivals, wanted, actor=actor, skus=skus, related=related, time_zone=time_zone))
    return len(wanted)


def end_promises(*, quote_ids: Iterable[int], at: datetime) -> int:
    """End the live promises of these quotes at ``at``; how many. No end is ever moved later. Called under the lock."""
    with connection.cursor() as cursor:
        cursor.execute(_END, {"quotes": sorted(quote_ids), "at": at})
        return int(cursor.rowcount)


def _told(
    rivals: Sequence[Contradiction],
    wanted: Sequence[Wanted],
    *,
    actor: Actor,
    skus: Mapping[int, str],
    related: Collection[int],
    time_zone: str,
) -> list[dict[str, Any]]:
    """The first contradiction of each wanted price, as far as the reader may know it."""
    first: dict[int, Contradiction] = {}
    for rival in rivals:
        first.setdefault(rival.place, rival)
    told = []
    for place, rival in sorted(first.items()):
        one = wanted[place]
        told.append(
            conflict_of(
                actor=actor,
                sku=skus[one.product_id],
                requested=one.unit_price,
                currency=one.currency,
                quantity_break=(one.quantity_from, one.quantity_to),
                is_related=one.product_id in related,
                time_zone=time_zone,
                promised=rival.unit_price,
                promised_currency=rival.currency,
                until=rival.until,
            )
        )
    return told
