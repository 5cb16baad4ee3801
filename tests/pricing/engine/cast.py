"""A small catalogue and its rules, from which the engine's tests depart."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from concord.pricing.engine import (
    BasketLine,
    Context,
    LineResult,
    ListPrice,
    Partner,
    Product,
    RuleBook,
    price_basket,
)

NOW = datetime(2025, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
RELAYS, SWITCHES = 71, 72
CUSTOMER, OTHER_CUSTOMER = 501, 502
GOLD = Partner(id=31, tier="gold")
SILVER = Partner(id=32, tier="silver")

RELAY = Product(id=1, sku="RLY-24", family_id=RELAYS)
SWITCH = Product(id=2, sku="SW-8", family_id=SWITCHES)
CABLE = Product(id=3, sku="CAB-M", family_id=None, unit_decimals=2)


def ladder(product_id: int, *steps: tuple[int, str], **fields: Any) -> tuple[ListPrice, ...]:
    """Breaks of one list: (minimum quantity, amount) each."""
    row = {"currency": "EUR", "list_code": "EU-2025", "version": 3} | fields
    start = row.pop("first_id", product_id * 100)
    return tuple(
        ListPrice(id=start + number, product_id=product_id, min_quantity=quantity, amount=Decimal(amount), **row)
        for number, (quantity, amount) in enumerate(steps)
    )


BOOK = RuleBook(
    products=(RELAY, SWITCH, CABLE),
    list_prices=(
        *ladder(1, (1, "10.00"), (10, "9.00"), (100, "8.00")),
        *ladder(2, (1, "250")),
        *ladder(3, (1, "1.2345")),
    ),
)


def book(**rows: Any) -> RuleBook:
    """The usual book with some kinds of rows replaced."""
    return replace(BOOK, **rows)


def ask(
    rules: RuleBook, *lines: tuple[str, int | Decimal], partner: Partner | None = GOLD, **fields: Any
) -> tuple[LineResult, ...]:
    """Price lines of (SKU, quantity) for the gold partner and the usual customer, in EUR, now."""
    context = {"currency": "EUR", "moment": NOW, "end_customer_id": CUSTOMER} | fields
    asked = tuple(BasketLine(quantity, sku=sku) for sku, quantity in lines)
    return price_basket(Context(lines=asked, partner=partner, **context), rules)


def ask_one(rules: RuleBook, sku: str = "RLY-24", quantity: int | Decimal = 1, **fields: Any) -> LineResult:
    """Price a single line."""
    return ask(rules, (sku, quantity), **fields)[0]


def codes(result: LineResult, leg: str = "customer") -> list[str]:
    """The steps of a leg by code."""
    assert result.receipt is not None
    steps = getattr(result.receipt, leg).steps
    return [str(step.code) for step in steps]
