"""What a reader saw is what is stored: prices that were shown are compared with those that would be written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from concord.portal.money import plain
from concord.portal.refusals import Conflict, InvalidInput
from concord.pricing.engine import LineResult
from concord.pricing.price_tokens import ShownPrices, TokenUnreadable, unseal
from concord.pricing.queries.quote_pricing import QuoteLineInput


class PricesChanged(Conflict):
    """Prices moved since they were shown. ``changes`` has the old and the new amount of each line concerned."""

    default_code = "prices_changed"

    def __init__(self, changes: Sequence[dict[str, Any]]) -> None:
        super().__init__(
            _("Prices have changed since they were shown. Look at them again."),
            details={"changes": list(changes)},
        )


class PricesTooOld(PricesChanged):
    """The minutes of a price check are over; every line is told with its old and its new amount."""

    default_code = "price_token_expired"


def money(amount: Decimal, currency: str) -> dict[str, str]:
    """An amount as the API says it."""
    return {"amount": str(plain(amount, currency, unit_price=True)), "currency": currency}


def read_token(token: str, *, partner_id: int, end_customer_id: int) -> ShownPrices:
    """What a price check showed to this partner for this customer, or for none. Raises ``InvalidInput``."""
    try:
        shown = unseal(token)
    except TokenUnreadable:
        shown = None
    if shown is None or shown.partner_id != partner_id or shown.end_customer_id not in {None, end_customer_id}:
        raise InvalidInput.at(
            "/price_token", "unknown_token", _("This is no token of a price check for this partner and customer.")
        )
    return shown


def lines_shown(shown: ShownPrices) -> list[QuoteLineInput]:
    """The lines of a price check, to be quoted as they are."""
    return [QuoteLineInput(line.sku, line.quantity) for line in shown.lines]


def demand_shown_lines(shown: ShownPrices, lines: Sequence[QuoteLineInput], *, currency: str) -> None:
    """Refuse lines that are not those of the price check. Raises ``InvalidInput``."""
    asked = [(line.sku, line.quantity, line.requested_unit_price) for line in lines]
    if currency != shown.currency or asked != [(line.sku, line.quantity, None) for line in shown.lines]:
        raise InvalidInput.at(
            "/price_token", "other_lines", _("The token is of a price check with other lines or another currency.")
        )


def demand_shown_prices(shown: ShownPrices, results: Sequence[LineResult], *, currency: str, now: datetime) -> None:
    """Refuse prices that are not those of the price check, and a check whose minutes are over.

    Raises ``PricesChanged`` and ``PricesTooOld``.
    """
    told = [
        {
            "sku": was.sku,
            "quantity": was.quantity,
            "shown": money(was.unit_price, currency),
            "now": money(result.customer_unit_price, currency),
            "is_changed": (was.unit_price, was.unit_net) != (result.customer_unit_price, result.partner_unit_net),
        }
        for was, result in zip(shown.lines, results, strict=True)
        if result.customer_unit_price is not None
    ]
    if shown.is_over(now):
        raise PricesTooOld(told)
    changed = [one for one in told if one["is_changed"]]
    if changed:
        raise PricesChanged(changed)
