"""Who has to approve a special price, before it is sent and while it waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from concord.portal.enums import Role
from concord.pricing.models import ApprovalLevel, SpecialPrice, SpecialPriceStep
from concord.pricing.queries.basket import BasketLine, price_basket_for

HUNDRED = Decimal(100)
HOURS = 48


@dataclass(frozen=True, slots=True)
class Chain:
    """The roles that approve, in order; how deep the price is below the one in force, in percent; until when."""

    roles: tuple[Role, ...]
    depth: Decimal | None
    hours: int

    def decide_by(self, now: datetime) -> datetime:
        """When the request should be decided."""
        return now + timedelta(hours=self.hours)


def chain_for(
    *, partner_id: int | None, sku: str, currency: str, unit_price: Decimal, quantity: int, now: datetime
) -> Chain:
    """The chain of a price that is asked for; what has no price in force is as deep as can be.

    The first level that reaches down to the price decides; below the deepest level, both roles do. Where no level is
    set up, a pricing manager does.
    """
    (line,) = price_basket_for(
        partner_id=partner_id, end_customer_id=None, currency=currency, moment=now, lines=[BasketLine(sku, quantity)]
    ).lines
    listed = line.customer_unit_price
    depth = None if not listed else max((listed - unit_price) * HUNDRED / listed, Decimal(0))
    levels = list(ApprovalLevel.objects.order_by("down_to_percent"))
    if not levels:
        return Chain((Role.PRICING_MANAGER,), depth, HOURS)
    for level in levels:
        if depth is not None and depth <= level.down_to_percent:
            return Chain(_roles(level), depth, level.decide_within_hours)
    return Chain((Role.CHANNEL_MANAGER, Role.PRICING_MANAGER), depth, levels[-1].decide_within_hours)


def open_step(asked: SpecialPrice) -> SpecialPriceStep | None:
    """The approval that a request waits for; None when there is none, as of requests from before there were levels."""
    return asked.steps.filter(is_approved__isnull=True).order_by("place").first()


def _roles(level: ApprovalLevel) -> tuple[Role, ...]:
    chosen = ((level.by_channel_manager, Role.CHANNEL_MANAGER), (level.by_pricing_manager, Role.PRICING_MANAGER))
    return tuple(role for is_asked, role in chosen if is_asked)
