"""What is offered instead of a product that has ended, or that cannot be had in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from concord.pricing.enums import Lifecycle
from concord.pricing.models import Product, ProductSubstitute
from concord.pricing.queries.availability import Availability, availability_for

#: offered for one product at most
OFFERED = 3
#: how many successors are followed until one can be ordered
LONGEST_CHAIN = 6

# A chain that leads back to itself ends there: each product is visited once.
_SUCCESSORS = """
WITH RECURSIVE chain AS (
    SELECT id AS start, successor_id AS next, 1 AS step, ARRAY[id] AS seen
    FROM pricing_product WHERE id = ANY(%(products)s) AND successor_id IS NOT NULL
    UNION ALL
    SELECT c.start, p.successor_id, c.step + 1, c.seen || p.id
    FROM chain c JOIN pricing_product p ON p.id = c.next
    WHERE p.successor_id IS NOT NULL AND p.id <> ALL(c.seen) AND c.step < %(longest)s AND p.status = %(ended)s
)
SELECT DISTINCT ON (c.start) c.start, c.next FROM chain c JOIN pricing_product p ON p.id = c.next
WHERE p.status <> %(ended)s AND c.next <> c.start ORDER BY c.start, c.step
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """A product that can stand in for another one, with its stock. ``note`` says what differs."""

    product: Product
    availability: Availability
    is_successor: bool
    note: str = ""


def substitutes_for(
    product_ids: Iterable[int], *, now: datetime, partner_id: int | None = None
) -> Mapping[int, Sequence[Offer]]:
    """For each product what can be ordered instead: its successor first, then declared substitutes by rank.

    Ended products are never offered; a successor that ended gives way to its own. At most four statements.
    ``partner_id`` is who asks, as in ``availability_for``.
    """
    wanted = sorted(set(product_ids))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"products": wanted, "longest": LONGEST_CHAIN, "ended": Lifecycle.ENDED}
        cursor.execute(_SUCCESSORS, values)
        successors = dict(cursor.fetchall())
    found: dict[int, list[tuple[int, bool, str]]] = defaultdict(list)
    for start, successor in successors.items():
        found[start].append((successor, True, ""))
    declared = (
        ProductSubstitute.objects.filter(product__in=wanted, is_offered=True)
        .exclude(substitute__status=Lifecycle.ENDED)
        .order_by("product", "rank", "pk")
    )
    for row in declared:
        if row.substitute_id != successors.get(row.product_id):
            found[row.product_id].append((row.substitute_id, False, row.display_note))
    offered = {key: rows[:OFFERED] for key, rows in found.items()}
    ids = {product_id for rows in offered.values() for product_id, _is_successor, _note in rows}
    products = Product.objects.select_related("family").in_bulk(ids)
    stock = availability_for(ids, now=now, partner_id=partner_id)
    return {
        key: [
            Offer(products[product_id], stock[product_id], is_successor, note)
            for product_id, is_successor, note in rows
            if product_id in products
        ]
        for key, rows in offered.items()
    }
