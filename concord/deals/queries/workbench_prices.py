"""What was promised and granted at prices to a registration's customer, beside what the list says. For the vendor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from concord.deals.models import DealLine
from concord.deals.queries.eligibility import ListPrices
from concord.pricing.enums import SpecialPriceStatus
from concord.pricing.models import PriceCommitment, SpecialPrice


@dataclass(slots=True)
class LinePrices:
    """One product of the registration: its list price for the quantity, live promises and special prices there."""

    line: DealLine
    list_price: Decimal | None
    promised: list[PriceCommitment] = field(default_factory=list)
    special: list[SpecialPrice] = field(default_factory=list)


def prices_at(
    listed: ListPrices, lines: Sequence[DealLine], *, customer_ids: Collection[int], now: datetime
) -> list[LinePrices]:
    """By line, what a promise or a special price says at this customer. Two statements, whatever is found."""
    products = [line.product_id for line in lines] or [0]
    customers = list(customer_ids) or [0]
    promised: dict[int, list[PriceCommitment]] = defaultdict(list)
    live = PriceCommitment.objects.filter(
        end_customer_id__in=customers, product_id__in=products, validity__contains=now
    )
    for one in live.select_related("quote__partner").order_by("quantity", "pk"):
        promised[one.product_id].append(one)
    special: dict[int, list[SpecialPrice]] = defaultdict(list)
    counting = Q(status=SpecialPriceStatus.REQUESTED) | Q(status=SpecialPriceStatus.APPROVED, period__endswith__gt=now)
    asked_for = SpecialPrice.objects.filter(counting, end_customer_id__in=customers, product_id__in=products)
    for granted in asked_for.select_related("requested_by").order_by("quantity", "pk"):
        special[granted.product_id].append(granted)
    found = []
    for line in lines:
        price = listed.get((line.product_id, line.quantity))
        found.append(LinePrices(line, price, promised[line.product_id], special[line.product_id]))
    return found
