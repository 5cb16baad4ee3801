"""Which wanted prices are compared with what others promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from concord.pricing.enums import ExceptionKind
from concord.pricing.models import PriceException, Quote, QuoteLine, WantedPrice


def compared_prices(
    *, partner_id: int, end_customer_id: int, lines: Sequence[tuple[int, int, Decimal | None, Decimal]]
) -> list[tuple[int, int, Decimal | None]]:
    """Product, quantity and the price to compare of each line (product, quantity, wanted price, own price).

    The partner's own price is always compared, a wanted one only where it was among the first of its day. At most one
    statement, whatever others have promised.
    """
    wanted = {(product, price) for product, _quantity, price, _own in lines if price is not None}
    known: set[tuple[int, Decimal]] = set()
    if wanted:
        rows = WantedPrice.objects.unscoped("what this partner wanted itself").filter(
            partner_id=partner_id,
            customer_number=end_customer_id,
            product_id__in={product for product, _price in wanted},
            is_compared=True,
        )
        known = set(rows.values_list("product_id", "unit_price"))
    return [
        (product, quantity, own if price is None else price if (product, price) in known else None)
        for product, quantity, price, own in lines
    ]


def tried_prices(quote: Quote, lines: Sequence[QuoteLine], *, now: datetime, within: timedelta) -> dict[str, int]:
    """By SKU of the lines with a wanted price: how many different amounts its partner tries, with those refused lately.

    One statement when there is a wanted price, none otherwise; the same whatever others have promised.
    """
    tried: dict[int, set[Decimal]] = defaultdict(set)
    for line in lines:
        if line.requested_unit_price is not None:
            tried[line.product_id].add(line.requested_unit_price)
    if not tried:
        return {}
    refused = PriceException.objects.unscoped("what this partner tried itself").filter(
        kind=ExceptionKind.REFUSED_PRICE,
        partner_id=quote.partner_id,
        end_customer_id=quote.end_customer_id,
        product_id__in=list(tried),
        last_at__gt=now - within,
        unit_price__isnull=False,
    )
    for entry in refused.only("product_id", "unit_price"):
        if entry.product_id is not None and entry.unit_price is not None:
            tried[entry.product_id].add(entry.unit_price)
    skus = {line.product_id: line.sku for line in lines}
    return {skus[product_id]: len(prices) for product_id, prices in tried.items()}
