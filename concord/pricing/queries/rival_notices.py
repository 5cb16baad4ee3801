"""The blind notice while quoting: another live quote exists for an item, at an equal, lower or higher price."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection

from concord.pricing.enums import RivalNotice

if TYPE_CHECKING:
    from concord.portal.actor import Actor

# The relation is asked in the same statement: without one, the answer is the same rows, none, whatever is promised.
_NOTICES = """
SELECT w.place - 1, bool_or(c.unit_price < w.price), bool_or(c.unit_price > w.price),
       bool_or(c.currency <> %(currency)s)
FROM unnest(%(products)s::bigint[], %(quantities)s::int[], %(prices)s::numeric[])
     WITH ORDINALITY AS w(product_id, quantity, price, place)
JOIN pricing_product p ON p.id = w.product_id
JOIN pricing_pricecommitment c ON c.end_customer_id = %(customer)s AND c.product_id = w.product_id
 AND c.quantity @> w.quantity AND c.validity @> %(moment)s
JOIN pricing_quote q ON q.id = c.quote_id AND q.partner_id <> %(partner)s
WHERE EXISTS (SELECT 1 FROM pricing_registrationbenefit b
              WHERE b.end_customer_id = %(customer)s AND b.family_id = p.family_id AND b.partner_id = %(partner)s
                AND b.period @> %(moment)s)
   OR EXISTS (SELECT 1 FROM pricing_pricecommitment o JOIN pricing_quote oq ON oq.id = o.quote_id
              WHERE o.end_customer_id = %(customer)s AND o.product_id = w.product_id AND oq.partner_id = %(partner)s
                AND o.validity @> %(moment)s)
GROUP BY w.place
"""


def rival_notices(
    *,
    actor: Actor,
    partner_id: int | None,
    end_customer_id: int | None,
    currency: str,
    lines: Sequence[tuple[int | None, int, Decimal | None]],
    moment: datetime,
) -> dict[int, RivalNotice]:
    """By place of the line (product, total quantity, own customer price): how the other live quote's price compares.

    One statement for a partner that asks for a customer, whatever there is; none otherwise. Only where the partner has
    a live relation: a registration of the family, or an own live promise of the product. No name, no amount, no date.
    Without a price of one's own there is nothing to compare, and the answer is that there is another quote.
    """
    if not actor.is_partner or partner_id is None or end_customer_id is None:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTICES,
            {
                "products": [product for product, _quantity, _price in lines],
                "quantities": [min(quantity, 2**31 - 1) for _product, quantity, _price in lines],
                "prices": [price for _product, _quantity, price in lines],
                "currency": currency,
                "customer": end_customer_id,
                "partner": partner_id,
                "moment": moment,
            },
        )
        return {place: _notice(lower, higher, other) for place, lower, higher, other in cursor.fetchall()}


def _notice(lower: bool | None, higher: bool | None, is_other_currency: bool) -> RivalNotice:
    if is_other_currency:
        return RivalNotice.OTHER_CURRENCY
    if lower is None or higher is None:
        return RivalNotice.EXISTS
    if lower:
        return RivalNotice.LOWER
    return RivalNotice.HIGHER if higher else RivalNotice.EQUAL
