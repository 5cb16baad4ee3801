"""The queue of conflicts and exceptions as the vendor reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet

from concord.pricing.enums import ExceptionKind, ExceptionState
from concord.pricing.models import PriceCommitment, PriceException

if TYPE_CHECKING:
    from concord.portal.actor import Actor


def price_exceptions(actor: Actor, *, state: str = "", kind: str = "", text: str = "") -> QuerySet[PriceException]:
    """What the actor may see, latest first; ``text`` is part of a customer, partner, product or quote's number."""
    found = PriceException.objects.visible_to(actor).select_related(
        "partner", "end_customer", "product", "quote", "special_price"
    )
    if state in ExceptionState.values:
        found = found.filter(state=state)
    if kind in ExceptionKind.values:
        found = found.filter(kind=kind)
    if text := text.strip().replace("\0", ""):
        found = found.filter(
            Q(end_customer__legal_name__icontains=text)
            | Q(partner__name__icontains=text)
            | Q(product__sku__icontains=text)
            | Q(quote__number__icontains=text)
        )
    return found.order_by("-last_at", "-pk")


def counted_by_state(actor: Actor) -> Mapping[str, int]:
    """How many entries are in each state; one statement."""
    rows = PriceException.objects.visible_to(actor).order_by().values_list("state").annotate(Count("pk"))
    return dict.fromkeys(ExceptionState.values, 0) | dict(rows)


def open_by_kind(actor: Actor) -> Mapping[str, int]:
    """How many open entries there are of each kind; one statement."""
    found = PriceException.objects.visible_to(actor).filter(state=ExceptionState.OPEN)
    return dict(found.order_by().values_list("kind").annotate(Count("pk")))


def stands_against_promise(
    *, end_customer_id: int, product_id: int, currency: str, unit_price: Decimal, quantity: int, moment: datetime
) -> bool:
    """Whether another price is promised now at this customer for a quantity from this one on."""
    return (
        PriceCommitment.objects.filter(
            end_customer_id=end_customer_id,
            product_id=product_id,
            validity__contains=moment,
            quantity__overlap=(quantity, None),
        )
        .exclude(currency=currency, unit_price=unit_price)
        .exists()
    )
