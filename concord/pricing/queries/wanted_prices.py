"""Which wanted prices are compared with what others promised."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from concord.pricing.models import WantedPrice


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
