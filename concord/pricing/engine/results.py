"""What the engine answers for each line: prices with their receipt, or an error that says what is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from concord.pricing.engine.receipt import Receipt, ReceiptPart
from concord.pricing.engine.rulebook import PriceKind


class ErrorCode(StrEnum):
    """Why a line has no price. The other lines of the basket still answer."""

    UNKNOWN_SKU = "unknown_sku"
    UNKNOWN_CURRENCY = "unknown_currency"
    QUANTITY_NOT_A_NUMBER = "quantity_not_a_number"
    QUANTITY_NOT_POSITIVE = "quantity_not_positive"
    QUANTITY_TOO_LARGE = "quantity_too_large"
    QUANTITY_TOO_FINE = "quantity_too_fine"
    PRODUCT_NOT_SOLD = "product_not_sold"
    BELOW_MINIMUM_ORDER = "below_minimum_order"
    NOT_ORDER_MULTIPLE = "not_order_multiple"
    NO_PRICE_IN_FORCE = "no_price_in_force"
    BELOW_FIRST_BREAK = "below_first_break"
    PROMISED_IN_OTHER_CURRENCY = "promised_in_other_currency"
    PRICE_NOT_POSITIVE = "price_not_positive"


@dataclass(frozen=True, slots=True)
class LineError:
    """``params`` name what was asked and what would have been right; ``labels.error_text`` makes the sentence."""

    code: ErrorCode
    params: Mapping[str, str | int] = field(default_factory=dict)


class QuantityBreak(NamedTuple):
    """The half-open range of quantities over which this unit price holds; what a commitment would cover."""

    quantity_from: int
    quantity_to: int | None


class NextBreak(NamedTuple):
    """The nearest larger total of this SKU that may be ordered and makes the unit cheaper, by ``saving`` a unit."""

    quantity: int
    unit_price: Decimal
    saving: Decimal


class LineResult(NamedTuple):
    """The answer for the line at ``position``; amounts are in ``currency``. A tuple: a basket makes two of each line.

    Either ``error`` is set and no amount is, or the customer's amounts are there and, if a partner asked, its net.
    ``sku_quantity`` is the total of the SKU in the basket, which decided the break.
    """

    position: int
    sku: str
    product_id: int | None
    quantity: int | Decimal
    currency: str
    error: LineError | None = None
    sku_quantity: int | Decimal | None = None
    customer_unit_price: Decimal | None = None
    customer_total: Decimal | None = None
    price_kind: PriceKind | None = None
    quantity_break: QuantityBreak | None = None
    next_break: NextBreak | None = None
    partner_unit_net: Decimal | None = None
    partner_total: Decimal | None = None
    needs_approval: bool = False
    receipt: Receipt | None = None

    def for_customer(self) -> "LineResult":
        """The same answer without anything of the partner's: for the end customer and for other partners."""
        return self._replace(
            partner_unit_net=None,
            partner_total=None,
            needs_approval=False,
            receipt=self.receipt and self.receipt.part_for(ReceiptPart.CUSTOMER),
        )

    def for_partner(self) -> "LineResult":
        """The same answer as the partner itself may see it: its net, but not the vendor's floor."""
        return self._replace(receipt=self.receipt and self.receipt.part_for(ReceiptPart.PARTNER))


class BasketTotals(NamedTuple):
    """Sums of the line totals; ``customer`` is None when no line has a price, for nothing costs nothing.

    ``partner`` is None when no partner asked. ``complete``: there are lines, and none is in error.
    """

    customer: Decimal | None
    partner: Decimal | None
    complete: bool


def basket_totals(results: Iterable[LineResult]) -> BasketTotals:
    """Add up the lines that have a price; the sums are those of the rounded line totals, as a document prints them."""
    customer: Decimal | None = None
    partner: Decimal | None = None
    complete = True
    for line in results:
        if line.customer_total is None:
            complete = False
            continue
        customer = line.customer_total + (customer or 0)
        if line.partner_total is not None:
            partner = line.partner_total + (partner or 0)
    return BasketTotals(customer, partner, complete and customer is not None)
