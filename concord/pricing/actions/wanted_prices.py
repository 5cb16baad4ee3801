"""Keeping account of wanted prices: after the first few of a day, a further one is compared with nobody's price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from concord.portal.actor import Actor
from concord.portal.locking import Space, lock
from concord.portal.refusals import Conflict
from concord.portal.work import action
from concord.pricing.actions.price_exceptions import Noted, note_exceptions
from concord.pricing.enums import ExceptionKind
from concord.pricing.models import Quote, QuoteLine
from concord.pricing.queries.wanted_prices import tried_prices

#: so many different amounts for one item at one customer are compared, for each partner and day
COMPARED_A_DAY: Final = 4
DAY: Final = timedelta(days=1)
#: so many different amounts for one item at one customer may be tried by issuing, for each partner and day
TRIED_A_DAY: Final = 6


class TooManyPrices(Conflict):
    """One price after the other was tried, which would find the one that is promised to somebody else."""

    default_code = "too_many_prices"

    def __init__(self, skus: Sequence[str]) -> None:
        text = _("Too many different prices were tried today for %(skus)s. Ask for a special price.")
        super().__init__(text % {"skus": ", ".join(skus)})


def demand_few_prices(actor: Actor, quote: Quote, lines: Sequence[QuoteLine], *, now: datetime) -> None:
    """Refuse to compare yet another wanted price with the one in force, before it is. Raises ``TooManyPrices``."""
    if not actor.is_partner:
        return
    tried = tried_prices(quote, lines, now=now, within=DAY)
    over = sorted(sku for sku, number in tried.items() if number > TRIED_A_DAY)
    if over:
        raise TooManyPrices(over)


_KEEP = """
INSERT INTO pricing_wantedprice AS kept (partner_id, customer_number, product_id, unit_price, is_compared, at)
SELECT %(partner)s, %(customer)s, n.product_id, n.unit_price,
       row_number() OVER (PARTITION BY n.product_id ORDER BY n.place) + (
         SELECT count(*) FROM pricing_wantedprice w
         WHERE w.partner_id = %(partner)s AND w.customer_number = %(customer)s AND w.product_id = n.product_id
           AND w.is_compared AND w.at > %(since)s) <= %(most)s,
       %(at)s
FROM (SELECT product_id, unit_price, min(place) AS place
      FROM unnest(%(products)s::bigint[], %(prices)s::numeric[]) WITH ORDINALITY AS asked(product_id, unit_price, place)
      GROUP BY product_id, unit_price) AS n
WHERE NOT EXISTS (
  SELECT FROM pricing_wantedprice w
  WHERE w.partner_id = %(partner)s AND w.customer_number = %(customer)s AND w.product_id = n.product_id
    AND w.unit_price = n.unit_price AND (w.is_compared OR w.at > %(since)s))
ON CONFLICT (partner_id, customer_number, product_id, unit_price) DO UPDATE
  SET is_compared = EXCLUDED.is_compared, at = EXCLUDED.at
RETURNING product_id, unit_price, is_compared
"""


@action
def keep_wanted_prices(
    *,
    actor: Actor,
    partner_id: int,
    end_customer_id: int,
    currency: str,
    wanted: Iterable[tuple[int | None, Decimal | None]],
    now: datetime,
) -> None:
    """Keep which amounts a partner wants for which product at a customer; part of writing a draft.

    Locks partner and customer together, so that the count is exact. Checks nothing, and does the same whether anybody
    has a price there. Writes one statement for all lines; what was wanted before costs nothing again. Whoever goes on
    trying is put into the queue of price exceptions, once for an item.
    """
    asked = [(product, price) for product, price in wanted if product is not None and price is not None]
    if not asked or not actor.is_partner:
        return
    lock(Space.WANTED_PRICE, [partner_id << 32 | end_customer_id & 0xFFFFFFFF])
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "partner": partner_id,
                "customer": end_customer_id,
                "products": [product for product, _price in asked],
                "prices": [price for _product, price in asked],
                "since": now - DAY,
                "most": COMPARED_A_DAY,
                "at": now,
            },
        )
        further = {product: price for product, price, is_compared in cursor.fetchall() if not is_compared}
    probing = [
        Noted(
            ExceptionKind.PROBING,
            partner_id=partner_id,
            end_customer_id=end_customer_id,
            product_id=product,
            currency=currency,
        )
        for product in further
    ]
    note_exceptions(actor=actor, noted=probing, now=now)
