"""Bad input is answered on its own line, never with a zero or a guess, and the other lines still answer."""

from datetime import datetime
from decimal import Decimal

import pytest

from concord.pricing.engine import BasketLine, Context, ErrorCode, Product, Promotion, TierDiscount
from concord.pricing.engine.labels import ERROR_MESSAGES, error_text
from tests.pricing.engine.cast import BOOK, NOW, ask, ask_one, book, ladder


@pytest.mark.parametrize(
    ("sku", "quantity", "code", "params"),
    [
        ("NO-SUCH", 1, "unknown_sku", {"sku": "NO-SUCH"}),
        ("", 1, "unknown_sku", {"sku": ""}),
        ("RLY-24", 0, "quantity_not_positive", {"sku": "RLY-24", "quantity": "0"}),
        ("RLY-24", -1, "quantity_not_positive", {"sku": "RLY-24", "quantity": "-1"}),
        ("RLY-24", 10**12, "quantity_too_large", {"quantity": "1000000000000", "maximum": 10**9}),
        ("RLY-24", 10**9 + 1, "quantity_too_large", {"maximum": 10**9}),
        ("RLY-24", Decimal("1E+999999"), "quantity_too_large", {"quantity": "1.000e+999999"}),
        ("RLY-24", Decimal("-1E+999999"), "quantity_not_positive", {}),
        ("CAB-M", Decimal("1E-999999"), "quantity_too_fine", {"decimals": 2}),
        ("RLY-24", Decimal("1.5"), "quantity_too_fine", {"quantity": "1.5", "decimals": 0}),
        ("CAB-M", Decimal("1.505"), "quantity_too_fine", {"decimals": 2}),
        ("RLY-24", Decimal("NaN"), "quantity_not_a_number", {}),
        ("RLY-24", Decimal("sNaN"), "quantity_not_a_number", {}),
        ("RLY-24", Decimal("Infinity"), "quantity_not_a_number", {"quantity": "Infinity"}),
        ("REEL", 10, "below_minimum_order", {"minimum": 60, "quantity": "10"}),
        ("REEL", 70, "not_order_multiple", {"multiple": 30, "upper": 90}),
        ("OLD", 1, "product_not_sold", {"status": "ended"}),
        ("NEW", 1, "product_not_sold", {"status": "announced"}),
        ("REQUEST", 1, "no_price_in_force", {"currency": "EUR", "market": "DE"}),
        ("BULK", 4, "below_first_break", {"minimum": 5, "quantity": "4"}),
        ("FREE", 1, "price_not_positive", {"leg": "customer"}),
    ],
)
def test_each_error_names_what_is_wrong_and_leaves_the_others(sku, quantity, code, params):
    rules = book(
        products=(
            *BOOK.products,
            Product(10, "REEL", minimum_order_quantity=60, order_multiple=30),
            Product(11, "OLD", status="ended"),
            Product(12, "NEW", status="announced"),
            Product(13, "REQUEST"),
            Product(14, "BULK"),
            Product(15, "FREE"),
        ),
        list_prices=(
            *BOOK.list_prices,
            *(price for number in (10, 11, 12) for price in ladder(number, (1, "1"))),
            *ladder(14, (5, "1")),
            *ladder(15, (1, "0")),
        ),
    )
    good, bad, also_good = ask(rules, ("SW-8", 1), (sku, quantity), ("SW-8", 1), market="DE")
    assert bad.error.code == code
    assert bad.error.params.items() >= params.items()
    assert bad.position == 1
    assert (bad.customer_unit_price, bad.customer_total, bad.partner_unit_net, bad.receipt) == (None,) * 4
    assert good.customer_unit_price == also_good.customer_unit_price == Decimal(250)
    assert error_text(bad.error)


def test_a_number_too_long_to_be_written_out_is_told_by_its_size():
    assert ask_one(BOOK, quantity=10**6000).error.params["quantity"] == "1.000e+6000"


@pytest.mark.parametrize("currency", ["", "EURO", "eur", "XQQ", "€", "EUR "])
def test_an_unknown_currency_is_refused_on_every_line(currency):
    results = ask(BOOK, ("RLY-24", 1), ("NO-SUCH", 0), currency=currency)
    assert [line.error.code for line in results] == ["unknown_currency"] * 2


def test_no_currency_is_converted():
    assert ask_one(BOOK, currency="USD").error.code is ErrorCode.NO_PRICE_IN_FORCE


def test_split_lines_meet_minimum_and_multiple_together():
    rules = book(products=(Product(1, "RLY-24", minimum_order_quantity=60, order_multiple=30),))
    assert all(line.error is None for line in ask(rules, ("RLY-24", 40), ("RLY-24", 20)))
    assert [line.error.code for line in ask(rules, ("RLY-24", 20), ("RLY-24", 20))] == ["below_minimum_order"] * 2


def test_split_lines_may_not_be_too_large_together():
    results = ask(BOOK, ("RLY-24", 10**9), ("RLY-24", 1))
    assert [line.error.code for line in results] == ["quantity_too_large"] * 2


def test_a_price_that_rules_bring_to_nothing_is_an_error_not_zero():
    free = (Promotion(1, percent=Decimal(100)),)
    assert ask_one(book(promotions=free)).error.code is ErrorCode.PRICE_NOT_POSITIVE
    given_away = (TierDiscount(1, "gold", Decimal(100)),)
    result = ask_one(book(tier_discounts=given_away))
    assert result.error.params == {"sku": "RLY-24", "leg": "partner"}
    tiny = book(list_prices=ladder(1, (1, "0.00004")))
    assert ask_one(tiny).error.code is ErrorCode.PRICE_NOT_POSITIVE


def test_a_product_on_its_last_buy_is_sold():
    assert ask_one(book(products=(Product(1, "RLY-24", status="last_buy"),))).error is None


def test_an_empty_basket_has_no_answers():
    assert ask(BOOK) == ()


def test_what_is_a_programmer_s_mistake_is_an_exception():
    with pytest.raises(TypeError, match="never a float"):
        BasketLine(1.5, sku="RLY-24")
    with pytest.raises(TypeError):
        BasketLine(True, sku="RLY-24")
    with pytest.raises(ValueError, match="not by both"):
        BasketLine(1, sku="RLY-24", product_id=1)
    with pytest.raises(ValueError, match="time zone"):
        Context("EUR", datetime(2025, 1, 1), ())  # noqa: DTZ001 - the naive moment is what is refused
    assert NOW.tzinfo is not None


def test_every_error_has_a_sentence():
    assert set(ERROR_MESSAGES) == set(ErrorCode)
