"""The customer leg: what an end customer is asked to pay, step by step."""

from datetime import timedelta
from decimal import Decimal, localcontext

import pytest

from concord.pricing.engine import (
    AmbiguousRules,
    Commitment,
    ErrorCode,
    NextBreak,
    PriceKind,
    Promotion,
    SpecialPrice,
    price_basket,
)
from concord.pricing.engine.context import BasketLine, Context
from tests.pricing.engine.cast import (
    BOOK,
    CUSTOMER,
    GOLD,
    NOW,
    OTHER_CUSTOMER,
    RELAYS,
    SILVER,
    SWITCHES,
    ask,
    ask_one,
    book,
    codes,
    ladder,
)

HOUR = timedelta(hours=1)


def special(amount="7.50", **fields):
    row = {"id": 900, "end_customer_id": CUSTOMER, "product_id": 1, "currency": "EUR", "code": "SP-1"} | fields
    return SpecialPrice(unit_price=Decimal(amount), **row)


def promise(amount="6.80", quantity_from=1, quantity_to=10, **fields):
    row = {"id": 950, "end_customer_id": CUSTOMER, "product_id": 1, "currency": "EUR"} | fields
    return Commitment(quantity_from=quantity_from, quantity_to=quantity_to, unit_price=Decimal(amount), **row)


class TestListPriceAndBreaks:
    @pytest.mark.parametrize(
        ("quantity", "unit_price", "reached"),
        [
            (1, "10", (1, 10)),
            (9, "10", (1, 10)),
            (10, "9", (10, 100)),
            (99, "9", (10, 100)),
            (100, "8", (100, None)),
            (10**9, "8", (100, None)),
        ],
    )
    def test_the_break_reached_decides(self, quantity, unit_price, reached):
        result = ask_one(BOOK, quantity=quantity)
        assert result.customer_unit_price == Decimal(unit_price)
        assert result.quantity_break == reached
        assert result.customer_total == Decimal(unit_price) * quantity

    def test_lines_of_one_sku_count_together_but_are_totalled_apart(self):
        first, other, second = ask(BOOK, ("RLY-24", 4), ("SW-8", 1), ("RLY-24", 6))
        assert first.customer_unit_price == second.customer_unit_price == Decimal(9)
        assert first.sku_quantity == second.sku_quantity == 10
        assert (first.customer_total, second.customer_total) == (Decimal(36), Decimal(54))
        assert other.customer_unit_price == Decimal(250)

    def test_a_line_in_error_does_not_count_for_the_break(self):
        good, bad = ask(BOOK, ("RLY-24", 9), ("RLY-24", -1))
        assert good.customer_unit_price == Decimal(10)
        assert bad.error.code is ErrorCode.QUANTITY_NOT_POSITIVE

    def test_the_next_break_says_quantity_price_and_saving(self):
        assert ask_one(BOOK, quantity=4).next_break == NextBreak(10, Decimal(9), Decimal(1))
        assert ask_one(BOOK, quantity=100).next_break is None

    def test_breaks_that_repeat_a_price_or_raise_it_are_not_offered_as_next(self):
        rules = book(list_prices=ladder(1, (1, "5"), (10, "5"), (20, "6"), (50, "4")))
        result = ask_one(rules, quantity=3)
        assert result.next_break == NextBreak(50, Decimal(4), Decimal(1))
        assert result.quantity_break == (1, 10)

    def test_the_next_break_may_be_ordered(self):
        reels = (BOOK.products[0].__class__(id=1, sku="RLY-24", order_multiple=30),)
        result = ask_one(book(products=reels), quantity=30)
        assert result.next_break == NextBreak(120, Decimal(8), Decimal(1))

    def test_the_list_of_higher_priority_wins_whole(self):
        local = ladder(1, (1, "9.50"), list_code="DE", market="DE", priority=5, first_id=800)
        rules = book(list_prices=BOOK.list_prices + local)
        assert ask_one(rules, quantity=200, market="DE").customer_unit_price == Decimal("9.50")
        assert ask_one(rules, quantity=200, market="FR").customer_unit_price == Decimal(8)

    def test_a_recommended_list_makes_a_recommended_price(self):
        rules = book(list_prices=ladder(1, (1, "10"), price_kind=PriceKind.RECOMMENDED))
        assert ask_one(rules).price_kind is PriceKind.RECOMMENDED
        assert ask_one(BOOK).price_kind is PriceKind.CUSTOMER

    @pytest.mark.parametrize(
        ("offset", "answered"), [(-HOUR, False), (timedelta(0), True), (HOUR, False), (HOUR / 2, True)]
    )
    def test_a_price_holds_from_its_start_up_to_but_not_at_its_end(self, offset, answered):
        rules = book(list_prices=ladder(1, (1, "10"), valid_from=NOW, valid_until=NOW + HOUR))
        result = ask_one(rules, moment=NOW + offset)
        assert (result.error is None) is answered

    def test_two_lists_of_one_priority_are_ambiguous_and_named(self):
        rival = ladder(1, (1, "9.99"), list_code="PROMO-LIST", first_id=800)
        with pytest.raises(AmbiguousRules, match=r"EU-2025.*PROMO-LIST"):
            ask_one(book(list_prices=BOOK.list_prices + rival))

    def test_metres_may_be_asked_for_in_hundredths(self):
        result = ask_one(BOOK, sku="CAB-M", quantity=Decimal("12.75"))
        assert result.customer_unit_price == Decimal("1.2345")
        assert result.customer_total == Decimal("15.74")


class TestPromotions:
    def test_takes_a_percentage_off_the_break_reached(self):
        rules = book(promotions=(Promotion(1, percent=Decimal("12.5"), family_id=RELAYS),))
        assert ask_one(rules, quantity=10).customer_unit_price == Decimal("7.875")
        assert ask_one(rules, sku="SW-8").customer_unit_price == Decimal(250)

    def test_a_fixed_promotional_price_never_raises_the_price(self):
        rules = book(promotions=(Promotion(1, unit_price=Decimal("8.50"), currency="EUR", product_id=1),))
        assert ask_one(rules, quantity=1).customer_unit_price == Decimal("8.50")
        assert ask_one(rules, quantity=100).customer_unit_price == Decimal(8)

    def test_may_be_bound_to_a_list(self):
        rules = book(promotions=(Promotion(1, percent=Decimal(10), list_code="EU-2025"),))
        assert ask_one(rules).customer_unit_price == Decimal(9)

    def test_only_the_highest_priority_applies(self):
        rules = book(
            promotions=(
                Promotion(1, percent=Decimal(50), priority=1),
                Promotion(2, percent=Decimal(10), priority=2, product_id=1),
            )
        )
        assert ask_one(rules).customer_unit_price == Decimal(9)

    def test_two_of_one_priority_are_ambiguous(self):
        rules = book(
            promotions=(
                Promotion(1, percent=Decimal(5), code="SPRING"),
                Promotion(2, percent=Decimal(6), code="RELAYS", family_id=RELAYS),
            )
        )
        with pytest.raises(AmbiguousRules, match=r"SPRING.*RELAYS|RELAYS.*SPRING"):
            ask_one(rules)
        assert ask_one(rules, sku="SW-8").customer_unit_price == Decimal("237.5")

    def test_its_quantities_cut_the_break(self):
        rules = book(promotions=(Promotion(1, percent=Decimal(10), product_id=1, quantity_from=50, quantity_to=60),))
        result = ask_one(rules, quantity=20)
        assert result.quantity_break == (10, 50)
        assert result.next_break == NextBreak(50, Decimal("8.1"), Decimal("0.9"))
        assert ask_one(rules, quantity=59).quantity_break == (50, 60)
        assert ask_one(rules, quantity=60).customer_unit_price == Decimal(9)

    @pytest.mark.parametrize(
        "promotion",
        [
            Promotion(1, percent=Decimal(10), market="US"),
            Promotion(1, percent=Decimal(10), list_code="OTHER"),
            Promotion(1, unit_price=Decimal(1), currency="USD"),
            Promotion(1, percent=Decimal(10), family_id=SWITCHES),
            Promotion(1, percent=Decimal(10), product_id=2),
            Promotion(1, percent=Decimal(10), valid_until=NOW),
        ],
    )
    def test_one_of_another_market_currency_scope_or_time_does_not_apply(self, promotion):
        assert ask_one(book(promotions=(promotion,)), market="DE").customer_unit_price == Decimal(10)


class TestSpecialPrices:
    def test_holds_for_that_customer_through_every_partner(self):
        rules = book(special_prices=(special(),))
        assert ask_one(rules, partner=GOLD).customer_unit_price == Decimal("7.50")
        assert ask_one(rules, partner=SILVER).customer_unit_price == Decimal("7.50")
        assert ask_one(rules, end_customer_id=OTHER_CUSTOMER).customer_unit_price == Decimal(10)
        assert ask_one(rules, end_customer_id=None).customer_unit_price == Decimal(10)

    def test_wins_over_a_promotion_but_never_raises_the_price(self):
        cheap = Promotion(1, percent=Decimal(60))
        rules = book(special_prices=(special(),), promotions=(cheap,))
        result = ask_one(rules)
        assert result.customer_unit_price == Decimal(4)
        assert codes(result) == ["list_price", "promotion", "special_price", "round"]

    def test_ends_where_its_quantities_end(self):
        rules = book(special_prices=(special(quantity_to=41),))
        assert ask_one(rules, quantity=40).customer_unit_price == Decimal("7.50")
        assert ask_one(rules, quantity=40).quantity_break == (10, 41)
        assert ask_one(rules, quantity=41).customer_unit_price == Decimal(9)

    def test_answers_where_no_list_has_the_product(self):
        result = ask_one(book(list_prices=(), special_prices=(special(),)))
        assert result.customer_unit_price == Decimal("7.50")
        assert result.price_kind is PriceKind.CUSTOMER
        assert codes(result) == ["special_price", "round"]

    def test_makes_a_recommended_price_the_vendors_own(self):
        lists = ladder(1, (1, "10"), price_kind=PriceKind.RECOMMENDED)
        assert ask_one(book(list_prices=lists, special_prices=(special(),))).price_kind is PriceKind.CUSTOMER
        dear = special("12")
        assert ask_one(book(list_prices=lists, special_prices=(dear,))).price_kind is PriceKind.RECOMMENDED

    def test_in_another_currency_is_not_converted(self):
        assert ask_one(book(special_prices=(special(currency="USD"),))).customer_unit_price == Decimal(10)


class TestCommitments:
    def test_a_live_promise_wins_over_everything_lower_or_not(self):
        rules = book(
            promotions=(Promotion(1, percent=Decimal(50)),), special_prices=(special(),), commitments=(promise("9.10"),)
        )
        result = ask_one(rules)
        assert result.customer_unit_price == Decimal("9.10")
        assert codes(result) == ["list_price", "promotion", "special_price", "commitment", "round"]

    def test_holds_for_its_quantities_only_and_tells_the_break(self):
        rules = book(commitments=(promise("9.10", 5, 20),))
        assert ask_one(rules, quantity=4).quantity_break == (1, 5)
        assert ask_one(rules, quantity=12).quantity_break == (5, 20)
        assert ask_one(rules, quantity=12).customer_unit_price == Decimal("9.10")
        assert ask_one(rules, quantity=20).quantity_break == (20, 100)

    def test_two_equal_promises_are_one(self):
        rules = book(commitments=(promise(id=7), promise("6.8000", id=3)))
        result = ask_one(rules)
        assert result.customer_unit_price == Decimal("6.80")
        assert result.receipt.customer.steps[-2].rule.id == 3

    def test_two_that_differ_are_ambiguous(self):
        with pytest.raises(AmbiguousRules):
            ask_one(book(commitments=(promise(id=7), promise("6.81", id=3))))

    def test_one_in_another_currency_stands_in_the_way(self):
        result = ask_one(book(commitments=(promise(currency="USD"),)))
        assert result.error.code is ErrorCode.PROMISED_IN_OTHER_CURRENCY
        assert result.error.params["promised_currency"] == "USD"
        assert result.customer_unit_price is None

    @pytest.mark.parametrize("ended", [{"valid_until": NOW}, {"valid_from": NOW + HOUR}, {"end_customer_id": 502}])
    def test_a_dead_promise_or_anothers_is_nothing(self, ended):
        assert ask_one(book(commitments=(promise(**ended),))).customer_unit_price == Decimal(10)

    def test_stands_when_the_list_has_ended(self):
        rules = book(list_prices=ladder(1, (1, "10"), valid_until=NOW), commitments=(promise(),))
        assert ask_one(rules).customer_unit_price == Decimal("6.80")


class TestRounding:
    @pytest.mark.parametrize(
        ("currency", "amount", "percent", "unit_price", "total"),
        [
            ("EUR", "10.00", "33.33335", "6.6667", "20.00"),
            ("EUR", "0.0003", "50", "0.0002", "0.00"),
            ("EUR", "1.00005", "0", "1.0001", "3.00"),
            ("JPY", "100.125", "0", "100.13", "300"),
            ("JPY", "0.5", "0", "0.50", "2"),
            ("KWD", "1.000005", "0", "1.00001", "3.000"),
            ("KWD", "0.00025", "0", "0.00025", "0.001"),
        ],
    )
    def test_is_half_up_in_currencies_of_0_2_and_3_decimals(self, currency, amount, percent, unit_price, total):
        rules = book(
            list_prices=ladder(1, (1, amount), currency=currency),
            promotions=(Promotion(1, percent=Decimal(percent)),),
        )
        result = ask_one(rules, quantity=3, currency=currency)
        assert str(result.customer_unit_price) == unit_price
        assert str(result.customer_total) == total

    def test_does_not_depend_on_the_decimal_context_of_the_thread(self):
        with localcontext() as context:
            context.prec = 3
            result = ask_one(BOOK, sku="CAB-M", quantity=Decimal("123456789.25"))
        assert result.customer_total == Decimal("152407406.33")


def test_results_come_in_the_order_of_the_lines_and_by_id_as_by_sku():
    lines = (BasketLine(1, product_id=2), BasketLine(1, sku="RLY-24"))
    by_id, by_sku = price_basket(Context("EUR", NOW, lines), BOOK)
    assert (by_id.sku, by_id.position) == ("SW-8", 0)
    assert (by_sku.product_id, by_sku.position) == (1, 1)


def test_without_a_partner_there_is_no_net():
    result = ask_one(BOOK, partner=None)
    assert (result.partner_unit_net, result.partner_total, result.receipt.partner) == (None, None, None)
