"""Special prices as far as somebody may see them, and how far below the floor one is."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from concord.portal.actor import Actor
from concord.pricing.enums import SpecialPriceStatus
from concord.pricing.models import PriceFloor, SpecialPrice
from concord.pricing.queries.basket import BasketLine, price_basket_for

HUNDRED = Decimal(100)


def special_prices_of(actor: Actor) -> QuerySet[SpecialPrice]:
    """What the actor may see: the vendor all, a partner what it asked for, newest first."""
    found = SpecialPrice.objects.select_related("product__family", "requested_by", "end_customer").order_by("-id")
    if actor.is_vendor:
        return found
    if actor.is_partner:
        return found.filter(requested_by_id=actor.partner_id)
    return found.none()


def price_without_it(asked: SpecialPrice, *, now: datetime) -> Decimal | None:
    """The customer price in force without special prices or promises, at the quantity asked for."""
    (line,) = price_basket_for(
        partner_id=asked.requested_by_id,
        end_customer_id=None,
        currency=asked.currency,
        moment=now,
        lines=[BasketLine(asked.product.sku, asked.quantity.lower or 1)],
    ).lines
    return line.customer_unit_price


def is_below_floor(asked: SpecialPrice, *, now: datetime) -> bool:
    """Whether the price is further below the price in force than the family's floor allows; unknown counts as below."""
    listed = price_without_it(asked, now=now)
    if listed is None:
        return True
    floor = PriceFloor.objects.filter(family_id=asked.product.family_id, period__contains=now).first()
    return floor is not None and asked.unit_price < listed * (HUNDRED - floor.percent) / HUNDRED


def decision_clock(asked: SpecialPrice, *, now: datetime) -> str:
    """How late the decision is: ``late``, ``soon`` in the last quarter of its time, ``calm``; empty when decided."""
    if asked.status != SpecialPriceStatus.REQUESTED or asked.decide_by is None:
        return ""
    if now >= asked.decide_by:
        return "late"
    return "soon" if asked.decide_by - now < (asked.decide_by - asked.created_at) / 4 else "calm"


def taken_of(asked: SpecialPrice, *, now: datetime) -> dict[str, int]:
    """How many of a capped price are reserved by quotes in force and used by accepted ones."""
    return asked.uses.aggregate(
        reserved=Coalesce(Sum("quantity", filter=Q(used_at__isnull=True, until__gt=now)), 0),
        used=Coalesce(Sum("quantity", filter=Q(used_at__isnull=False)), 0),
    )
