"""What the lines of a quote cost: as its partner sees it, and as it must be towards the customer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from concord.pricing import engine
from concord.pricing.engine import LineResult
from concord.pricing.queries.basket import AtHand, BasketLine, PricedBasket, price_basket_both_ways, price_basket_for
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

    They differ only where a special or promised price exists that the partner has no relation to; ``related`` are the
    products that it has one to.
    """

    shown: PricedBasket
    in_force: tuple[LineResult, ...]
    related: frozenset[int]


def price_quote(
    *,
    partner_id: int,
    end_customer_id: int,
    currency: str,
    moment: datetime,
    lines: Sequence[QuoteLineInput],
    at_hand: AtHand | None = None,
) -> QuotePrices:
    """Both prices of every line as of ``moment``, in a constant number of statements."""
    shown, in_force, related = price_basket_both_ways(
        partner_id=partner_id,
        end_customer_id=end_customer_id,
        currency=currency,
        moment=moment,
        lines=[BasketLine(sku=line.sku, quantity=line.quantity) for line in lines],
        at_hand=at_hand,
    )
    return QuotePrices(shown, in_force.lines, related)


def price_without_promises(
    *,
    partner_id: int,
    end_customer_id: int,
    currency: str,
    moment: datetime,
    lines: Sequence[QuoteLineInput],
    product_ids: Collection[int],
) -> PricedBasket:
    """What the lines cost if nothing had been promised for these products; special prices count. For repricing."""
    priced = price_basket_for(
        partner_id=partner_id,
        end_customer_id=end_customer_id,
        currency=currency,
        moment=moment,
        lines=[BasketLine(sku=line.sku, quantity=line.quantity) for line in lines],
        sees_promises=True,
    )
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


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """What a priced line stores, named as the columns are."""

    price_kind: str
    customer_unit_price: Decimal
    customer_amount: Decimal
    partner_unit_net: Decimal
    partner_amount: Decimal
    receipt: str


def amounts_of(result: LineResult) -> LineAmounts:
    """The amounts and the canonical receipt of a line that has a price for its partner."""
    if (
        result.price_kind is None
        or result.customer_unit_price is None
        or result.customer_total is None
        or result.partner_unit_net is None
        or result.partner_total is None
        or result.receipt is None
    ):
        raise ValueError("a line without a price cannot be stored")
    return LineAmounts(
        price_kind=result.price_kind.value,
        customer_unit_price=result.customer_unit_price,
        customer_amount=result.customer_total,
        partner_unit_net=result.partner_unit_net,
        partner_amount=result.partner_total,
        receipt=result.receipt.to_json_bytes().decode(),
    )
