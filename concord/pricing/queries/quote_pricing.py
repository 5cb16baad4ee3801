"""What the lines of a quote cost: as its partner sees it, and as it must be towards the customer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from concord.pricing import engine
from concord.pricing.engine import LineResult
from concord.pricing.queries.basket import BasketLine, PricedBasket, price_basket_for
from concord.pricing.queries.commitments import Wanted


@dataclass(frozen=True, slots=True)
class QuoteLineInput:
    """One line as it is asked for. ``requested_unit_price`` is a customer price that the seller would like."""

    sku: str
    quantity: int
    requested_unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class QuotePrices:
    """``shown`` is what the partner may see and what is printed; ``in_force`` what holds for the customer whoever asks.

    They differ only where a special or promised price exists that the partner has no relation to.
    """

    shown: PricedBasket
    in_force: tuple[LineResult, ...]


def price_quote(
    *,
    partner_id: int,
    end_customer_id: int,
    currency: str,
    moment: datetime,
    lines: Sequence[QuoteLineInput],
    without_promises_of: Collection[int] = (),
) -> QuotePrices:
    """Both prices of every line as of ``moment``, in a constant number of statements.

    ``without_promises_of`` leaves out the live promises of these products, as repricing does.
    """
    asked = [BasketLine(sku=line.sku, quantity=line.quantity) for line in lines]

    def basket(sees_promises: bool | None) -> PricedBasket:
        priced = price_basket_for(
            partner_id=partner_id,
            end_customer_id=end_customer_id,
            currency=currency,
            moment=moment,
            lines=asked,
            sees_promises=sees_promises,
        )
        return _without_promises(priced, frozenset(without_promises_of)) if without_promises_of else priced

    return QuotePrices(shown=basket(None), in_force=basket(True).lines)


def _without_promises(priced: PricedBasket, product_ids: frozenset[int]) -> PricedBasket:
    kept = tuple(one for one in priced.rules.commitments if one.product_id not in product_ids)
    rules = replace(priced.rules, commitments=kept)
    return replace(priced, rules=rules, lines=engine.price_basket(priced.context, rules))


def promises_of(results: Sequence[LineResult]) -> list[Wanted]:
    """The promises that these lines make: one per product and quantity break, sorted. Recommended prices make none."""
    wanted = {
        (line.product_id, line.quantity_break): Wanted(
            product_id=line.product_id,
            quantity_from=line.quantity_break.quantity_from,
            quantity_to=line.quantity_break.quantity_to,
            unit_price=line.customer_unit_price,
            currency=line.currency,
        )
        for line in results
        if line.product_id is not None
        and line.quantity_break is not None
        and line.customer_unit_price is not None
        and line.price_kind is engine.PriceKind.CUSTOMER
    }
    return [wanted[key] for key in sorted(wanted, key=lambda key: (key[0], key[1].quantity_from))]
