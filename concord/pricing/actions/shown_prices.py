"""What a reader saw is what is stored: prices that were shown are compared with those that would be written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from concord.portal.money import plain
from concord.portal.refusals import Conflict, InvalidInput
from concord.pricing.engine import LineResult
from concord.pricing.models import Quote, QuoteLine
from concord.pricing.price_tokens import ShownLine, ShownPrices, TokenUnreadable, unseal
from concord.pricing.queries.quote_pricing import QuoteLineInput

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class PricesChanged(Conflict):
    """Prices moved since they were shown. ``changes`` has the old and the new amount of each line concerned."""

    default_code = "prices_changed"
    sentence: ClassVar[StrPromise] = _("Prices have changed since they were shown. Look at them again.")

    def __init__(self, changes: Sequence[dict[str, Any]]) -> None:
        super().__init__(self.sentence, details={"changes": list(changes)})


class DraftChanged(PricesChanged):
    """A draft has other lines or prices than its page showed, edited in another window perhaps."""

    default_code = "draft_changed"
    sentence = _("This draft was changed since it was shown. Look at it again.")


class PricesTooOld(PricesChanged):
    """The minutes of a price check are over; every line is told with its old and its new amount."""

    default_code = "price_token_expired"


def money(amount: Decimal, currency: str) -> dict[str, str]:
    """An amount as the API says it."""
    return {"amount": str(plain(amount, currency, unit_price=True)), "currency": currency}


def read_token(token: str, *, partner_id: int, end_customer_id: int) -> ShownPrices:
    """What a price check showed to this partner for this customer, or for none. Raises ``InvalidInput``."""
    shown = read_shown(token)
    if shown.partner_id != partner_id or shown.end_customer_id not in {None, end_customer_id}:
        raise _unknown()
    return shown


def read_shown(token: str) -> ShownPrices:
    """What a token says, whoever brings it. Raises ``InvalidInput``."""
    try:
        return unseal(token)
    except TokenUnreadable:
        unknown = _unknown()
    raise unknown


def _unknown() -> InvalidInput:
    text = _("This is no token of a price check for this partner and customer.")
    return InvalidInput.at("/price_token", "unknown_token", text)


def lines_shown(shown: ShownPrices) -> list[QuoteLineInput]:
    """The lines of a price check, to be quoted as they are."""
    return [QuoteLineInput(line.sku, line.quantity) for line in shown.lines]


def shown_of(quote: Quote, lines: Sequence[QuoteLine], *, now: datetime) -> ShownPrices:
    """What the page of a draft shows, so that exactly this is issued from it."""
    shown = tuple(
        ShownLine(
            one.sku,
            one.quantity,
            one.customer_unit_price if one.requested_unit_price is None else one.requested_unit_price,
            one.partner_unit_net,
        )
        for one in lines
    )
    return ShownPrices(quote.partner_id, quote.end_customer_id, quote.currency, shown, now)


def demand_shown_draft(shown: ShownPrices, quote: Quote, lines: Sequence[QuoteLine]) -> None:
    """Refuse a draft that says something else by now than its page showed, edited in another window perhaps.

    The change names each line that came, went or has another amount. Raises ``InvalidInput``, ``DraftChanged``.
    """
    if (shown.partner_id, shown.end_customer_id) != (quote.partner_id, quote.end_customer_id):
        raise _unknown()
    before = Counter(shown.lines)
    after = Counter(shown_of(quote, lines, now=shown.at).lines)
    gone, came = list((before - after).elements()), list((after - before).elements())
    if not gone and not came:
        return
    changes = []
    for was in gone:
        now_there = next((one for one in came if one.sku == was.sku), None)
        if now_there is not None:
            came.remove(now_there)
        changes.append(_change(was, now_there, quote.currency))
    raise DraftChanged([*changes, *(_change(None, one, quote.currency) for one in came)])


def _change(was: ShownLine | None, now_there: ShownLine | None, currency: str) -> dict[str, Any]:
    line = now_there or was
    assert line is not None
    return {
        "sku": line.sku,
        "quantity": line.quantity,
        "shown": money(was.unit_price, currency) if was else None,
        "shown_quantity": was.quantity if was else None,
        "now": money(now_there.unit_price, currency) if now_there else None,
        "is_changed": True,
    }


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
