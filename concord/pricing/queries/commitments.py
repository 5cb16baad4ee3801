"""Live promises of an end customer, for whoever must not contradict them. Nothing here is shown as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from concord.portal.actor import Actor


@dataclass(frozen=True, slots=True)
class Wanted:
    """A promise somebody is about to make: a unit price from one quantity break to the next (``None``: open)."""

    product_id: int
    quantity_from: int
    quantity_to: int | None
    unit_price: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A live promise that stands in the way of the wanted one at ``place`` (counted from 0)."""

    place: int
    unit_price: Decimal
    currency: str
    until: datetime
    quote_id: int
    partner_id: int


#: what stands in the way of the wanted promises; true only while the end customer's lock is held
CONTRADICTIONS = """
SELECT w.place - 1, c.unit_price, c.currency, upper(c.validity), c.quote_id, q.partner_id
FROM unnest(%(products)s::bigint[], %(starts)s::int[], %(ends)s::int[], %(prices)s::numeric[], %(currencies)s::text[])
     WITH ORDINALITY AS w(product_id, start, finish, price, currency, place)
JOIN pricing_pricecommitment c
  ON c.end_customer_id = %(customer)s AND c.product_id = w.product_id AND c.quantity && int4range(w.start, w.finish)
 AND c.validity && tstzrange(%(start)s, %(until)s) AND (c.unit_price <> w.price OR c.currency <> w.currency)
JOIN pricing_quote q ON q.id = c.quote_id
ORDER BY w.place, c.id
"""

_RELATED = """
SELECT p.id FROM pricing_product p
WHERE p.id = ANY(%(products)s) AND (
    EXISTS (SELECT 1 FROM pricing_registrationbenefit b
            WHERE b.end_customer_id = %(customer)s AND b.family_id = p.family_id AND b.partner_id = %(partner)s
              AND b.period @> %(moment)s)
    OR EXISTS (SELECT 1 FROM pricing_pricecommitment c JOIN pricing_quote q ON q.id = c.quote_id
               WHERE c.end_customer_id = %(customer)s AND c.product_id = p.id AND q.partner_id = %(partner)s
                 AND c.validity @> %(moment)s))
"""


def as_columns(wanted: Sequence[Wanted]) -> dict[str, list[Any]]:
    """The wanted promises as the arrays that ``CONTRADICTIONS`` unnests."""
    return {
        "products": [one.product_id for one in wanted],
        "starts": [one.quantity_from for one in wanted],
        "ends": [one.quantity_to for one in wanted],
        "prices": [one.unit_price for one in wanted],
        "currencies": [one.currency for one in wanted],
    }


def related_products(
    *, actor: Actor, partner_id: int, end_customer_id: int, product_ids: Iterable[int], moment: datetime
) -> frozenset[int]:
    """The products whose promised price at this customer the actor may see: all for the vendor, else those that the
    partner holds a live registration's benefit or an own live promise for.
    """
    wanted = sorted(set(product_ids))
    if actor.is_vendor:
        return frozenset(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            _RELATED, {"products": wanted, "customer": end_customer_id, "partner": partner_id, "moment": moment}
        )
        return frozenset(row[0] for row in cursor.fetchall())


def live_quotes_of(*, end_customer_id: int, product_ids: Collection[int], moment: datetime) -> list[tuple[int, int]]:
    """(quote, partner) of the live promises of these products at a customer, in order of the quote's number here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT q.id, q.partner_id"
            " FROM pricing_pricecommitment c JOIN pricing_quote q ON q.id = c.quote_id"
            " WHERE c.end_customer_id = %s AND c.product_id = ANY(%s) AND c.validity @> %s AND q.status = 'issued'"
            " ORDER BY q.id",
            [end_customer_id, sorted(product_ids), moment],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]
