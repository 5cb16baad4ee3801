"""What does a basket cost? The engine alone, the whole check in-process, and over the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bench.frame import Case
from bench.server import Server
from bench.workloads.catalogue import baskets, catalogue_loaded, partner_of_bench, prices_wanted

_ASKED = 50
# The whole waterfall of both legs in one statement, without receipts, errors and next breaks.
_FLOOR = """
SELECT a.sku, round(p.unit_price, 4) AS customer,
       round(p.unit_price * (1 - COALESCE(t.percent, 0) / 100) * (1 - COALESCE(b.percent, 0) / 100), 4) AS net,
       f.percent
FROM unnest(%(skus)s::text[], %(quantities)s::int[]) AS a(sku, quantity)
JOIN pricing_product g ON g.sku = a.sku
CROSS JOIN LATERAL (
    SELECT p.unit_price FROM pricing_price p JOIN pricing_pricelist l ON l.id = p.price_list_id
    WHERE p.product_id = g.id AND p.minimum_quantity <= a.quantity AND p.validity @> %(moment)s::timestamptz
      AND l.currency = 'USD' AND (l.markets = '{}' OR 'DE' = ANY(l.markets))
    ORDER BY l.priority DESC, p.minimum_quantity DESC LIMIT 1
) p
LEFT JOIN pricing_tierdiscount t ON t.family_id = g.family_id AND t.tier_id = %(tier)s
     AND t.period @> %(moment)s::timestamptz
LEFT JOIN pricing_programmebonus b ON b.tier_id = %(tier)s AND b.period @> %(moment)s::timestamptz
LEFT JOIN pricing_pricefloor f ON f.family_id = g.family_id AND f.period @> %(moment)s::timestamptz
"""


def waterfall(lines: Sequence[tuple[str, int]], tier: int, moment: datetime) -> list[Any]:
    """(SKU, customer price, partner net, floor) of every line: the least that pricing takes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            _FLOOR,
            {
                "skus": [sku for sku, _quantity in lines],
                "quantities": [quantity for _sku, quantity in lines],
                "tier": tier,
                "moment": moment,
            },
        )
        return list(cursor.fetchall())


class PriceCheck:
    """``price_basket_for`` with receipts, beside one bare statement with the same waterfall."""

    name = "price-check"
    title = "Price check by number of lines"
    sizes: Sequence[int] = (1, 10, 100, 1_000)
    quick: Sequence[int] = (1, 10, 100)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Load the prices; the floor gives the same amounts, or the workload ends here."""
        prices = prices_wanted()
        catalogue_loaded(server, prices, seed, in_force=True)

        from concord.partners.models import Tier
        from concord.pricing.queries.basket import BasketLine, price_basket_for

        asked, partner, moment = baskets(prices, size, seed, _ASKED), partner_of_bench(), datetime.now(UTC)
        tier = Tier.objects.get(code="bench").pk

        def product(number: int) -> Any:
            return price_basket_for(
                partner_id=partner,
                end_customer_id=None,
                currency="USD",
                moment=moment,
                lines=[BasketLine(*line) for line in asked[number % len(asked)].lines],
            )

        def floor(number: int) -> list[Any]:
            return waterfall(asked[number % len(asked)].lines, tier, moment)

        told = {line.sku: (line.customer_unit_price, line.partner_unit_net) for line in product(0).lines}
        bare = {sku: (customer, net) for sku, customer, net, _floor in floor(0)}
        if {sku: (Decimal(a or 0), Decimal(b or 0)) for sku, (a, b) in told.items()} != bare:
            raise RuntimeError("the product and its floor price differently")
        return Case(product, floor, calls=max(2, min(50, 2_000 // size)), figures={"prices": prices})


class Engine:
    """The engine alone, rules at hand, beside the bare arithmetic of the same steps."""

    name = "engine"
    title = "Price engine alone by number of lines"
    sizes: Sequence[int] = (1, 10, 100, 1_000)
    quick: Sequence[int] = (10, 100)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Take the rules from the loaded catalogue once."""
        prices = prices_wanted()
        catalogue_loaded(server, prices, seed, in_force=True)

        from concord.pricing.engine import price_basket
        from concord.pricing.queries.basket import BasketLine, price_basket_for

        (asked,) = baskets(prices, size, seed, 1)
        basket = price_basket_for(
            partner_id=partner_of_bench(),
            end_customer_id=None,
            currency="USD",
            moment=datetime.now(UTC),
            lines=[BasketLine(*line) for line in asked.lines],
        )
        ladders: dict[int, list[tuple[int, Decimal]]] = {}
        for one in basket.rules.list_prices:
            ladders.setdefault(one.product_id, []).append((one.min_quantity, one.amount))
        products = {product.sku: product.id for product in basket.rules.products}
        discounts = [
            *(one.percent for one in basket.rules.tier_discounts),
            *(one.percent for one in basket.rules.programme_bonuses),
        ]

        def product(_number: int) -> object:
            return price_basket(basket.context, basket.rules)

        def floor(_number: int) -> object:
            return [_arithmetic(ladders[products[sku]], quantity, discounts) for sku, quantity in asked.lines]

        return Case(product, floor, calls=max(5, min(100, 5_000 // size)))


def _arithmetic(ladder: list[tuple[int, Decimal]], quantity: int, discounts: list[Decimal]) -> tuple[Decimal, Decimal]:
    unit = max((step for step in ladder if step[0] <= quantity), key=lambda step: step[0])[1]
    net = unit
    for percent in discounts:
        net = net * (100 - percent) / 100
    cent = Decimal("0.01")
    return (unit * quantity).quantize(cent, ROUND_HALF_UP), (net * quantity).quantize(cent, ROUND_HALF_UP)
