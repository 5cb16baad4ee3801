"""How much of a capped special price is taken: reserved by quotes in force, used by accepted ones.

Always part of the action that changes the quote, under its end customer's lock; a trigger counts again, so that no path
can take more than was granted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from concord.portal.money import round_unit_price
from concord.portal.refusals import Conflict
from concord.pricing.enums import SpecialPriceStatus
from concord.pricing.models import Quote, QuoteLine, SpecialPrice, SpecialPriceUse


class SpecialPriceUsedUp(Conflict):
    """A capped special price has less left than the quote asks for."""

    default_code = "special_price_used_up"

    def __init__(self, sku: str = "", left: int | None = None) -> None:
        if left is None:
            super().__init__(_("Of a special price, not as much is left as the quote asks for."))
            return
        super().__init__(
            _("Of the special price of %(sku)s, %(left)s are left; the quote asks for more.")
            % {"sku": sku, "left": left},
            details={"sku": sku, "left": left},
        )


def reserve_special_prices(*, quote: Quote, lines: Iterable[QuoteLine], at: datetime) -> int:
    """Take what a quote that is being issued asks for of capped special prices; how many of them are concerned.

    Part of the action that issues, under the end customer's lock. A line counts when its price is the special one,
    whether it comes from there or from a promise that rests on it. Raises ``SpecialPriceUsedUp``.
    """
    asked: Counter[tuple[int, Decimal]] = Counter()
    for line in lines:
        asked[line.product_id, line.customer_unit_price] += line.quantity
    capped = (
        SpecialPrice.objects.filter(
            end_customer_id=quote.end_customer_id,
            product_id__in={product for product, _price in asked},
            currency=quote.currency,
            status=SpecialPriceStatus.APPROVED,
            quantity_cap__isnull=False,
            period__contains=at,
        )
        .select_related("product")
        .annotate(taken=Sum("uses__quantity", filter=_living(at)))
        .order_by("pk")
    )
    uses = []
    for special in capped:
        wanted = sum(
            quantity
            for (product, price), quantity in asked.items()
            if product == special.product_id and price == round_unit_price(special.unit_price, quote.currency)
        )
        if not wanted:
            continue
        left = max((special.quantity_cap or 0) - (special.taken or 0), 0)
        if wanted > left:
            raise SpecialPriceUsedUp(special.product.sku, left)
        uses.append(
            SpecialPriceUse(special_price=special, quote=quote, quantity=wanted, since=at, until=quote.expires_at)
        )
    if uses:
        SpecialPriceUse.objects.bulk_create(uses)
    return len(uses)


def keep_special_prices(*, quote: Quote, at: datetime) -> int:
    """What an accepted quote reserved is used for good; how many. Part of the action that accepts."""
    return SpecialPriceUse.objects.filter(quote=quote, used_at__isnull=True).update(until=None, used_at=at)


def _living(at: datetime) -> Q:
    return Q(uses__used_at__isnull=False) | Q(uses__until__gt=at)
