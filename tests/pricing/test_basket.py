"""The price of a basket: which list, which rules, who may know of promises, and how many statements it costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils import timezone

from concord.portal.periods import period
from concord.pricing.engine import ErrorCode, PriceKind, StepCode, replay
from concord.pricing.enums import SpecialPriceStatus
from concord.pricing.models import (
    PriceFloor,
    ProgrammeBonus,
    Promotion,
    RegistrationBenefit,
    RegistrationDiscount,
    SpecialPrice,
    TierDiscount,
)
from concord.pricing.queries.basket import BasketLine, PricedBasket, price_basket_for
from tests.factories import FAR_AHEAD, LONG_AGO, make_customer, make_price_list, make_product, set_price

pytestmark = pytest.mark.django_db
ALWAYS = period(LONG_AGO, FAR_AHEAD)


def ask(cast, *lines, partner="a", customer=None, currency="USD", moment=None, sees=None) -> PricedBasket:
    partner_id = {"a": cast.partner_a.pk, "b": cast.partner_b.pk, None: None}[partner]
    return price_basket_for(
        partner_id=partner_id,
        end_customer_id=customer.pk if customer else None,
        currency=currency,
        moment=moment or timezone.now(),
        lines=[BasketLine(sku, quantity) for sku, quantity in lines],
        sees_promises=sees,
    )


@pytest.fixture
def relay(cast):
    return make_product(cast.family, "RELAY-1")


@pytest.fixture
def usd(relay):
    price_list = make_price_list(markets=[], priority=0)
    set_price(price_list, relay, {1: "10", 10: "9", 100: "8"})
    return price_list


def protect(cast, customer, *, partner=None):
    return RegistrationBenefit.objects.create(
        partner=partner or cast.partner_a,
        end_customer=customer,
        family=cast.family,
        period=ALWAYS,
        granted_by_type="deal",
        granted_by_uuid=uuid4(),
    )


def special_price(customer, product, amount="5"):
    return SpecialPrice.objects.create(
        end_customer=customer,
        product=product,
        currency="USD",
        unit_price=Decimal(amount),
        quantity=NumericRange(1, None),
        period=ALWAYS,
        status=SpecialPriceStatus.APPROVED,
    )


def test_the_quantity_reached_decides_and_the_next_break_is_told_with_its_saving(cast, usd):
    (line,) = ask(cast, ("RELAY-1", 40)).lines
    assert line.customer_unit_price == Decimal(9)
    assert line.quantity_break == (10, 100)
    assert (line.next_break.quantity, line.next_break.saving) == (100, Decimal(1))


def test_lines_of_one_sku_count_together(cast, usd):
    lines = ask(cast, ("RELAY-1", 5), ("RELAY-1", 5)).lines
    assert [line.customer_unit_price for line in lines] == [Decimal(9), Decimal(9)]


def test_discounts_of_the_programme_are_taken_off_the_partners_net_alone(cast, usd):
    customer = make_customer()
    TierDiscount.objects.create(tier=cast.tier, family=cast.family, percent=Decimal(10), period=ALWAYS)
    RegistrationDiscount.objects.create(family=cast.family, percent=Decimal(5), period=ALWAYS)
    ProgrammeBonus.objects.create(name="Autumn", tier=cast.tier, percent=Decimal(2), period=ALWAYS)
    protect(cast, customer)
    (own,) = ask(cast, ("RELAY-1", 1), customer=customer).lines
    (rival,) = ask(cast, ("RELAY-1", 1), customer=customer, partner="b").lines
    assert own.customer_unit_price == rival.customer_unit_price == Decimal(10)
    assert own.partner_unit_net == Decimal("8.379")
    assert rival.partner_unit_net == Decimal("8.82")


def test_a_net_further_below_the_list_than_the_floor_allows_needs_approval(cast, usd):
    TierDiscount.objects.create(tier=cast.tier, family=cast.family, percent=Decimal(30), period=ALWAYS)
    floor = PriceFloor.objects.create(family=cast.family, percent=Decimal(30), period=ALWAYS)
    assert not ask(cast, ("RELAY-1", 1)).lines[0].needs_approval
    PriceFloor.objects.filter(pk=floor.pk).update(percent=Decimal(29))
    assert ask(cast, ("RELAY-1", 1)).lines[0].needs_approval


def test_of_several_lists_the_highest_priority_of_the_partners_market_wins(cast, usd, relay):
    german, dutch, euro = (
        make_price_list(markets=["DE"], priority=10),
        make_price_list(markets=["NL", "BE"], priority=20),
        make_price_list("EUR", markets=[], priority=30),
    )
    for price_list, amount in ((german, "7"), (dutch, "6"), (euro, "5")):
        set_price(price_list, relay, amount)
    assert ask(cast, ("RELAY-1", 1)).lines[0].customer_unit_price == Decimal(7)
    assert ask(cast, ("RELAY-1", 1), partner="b").lines[0].customer_unit_price == Decimal(6)
    assert ask(cast, ("RELAY-1", 1), partner=None).lines[0].customer_unit_price == Decimal(10)


def test_the_breaks_of_two_lists_are_never_mixed(cast, usd, relay):
    set_price(make_price_list(markets=["DE"], priority=10), relay, {1: "7"})
    assert ask(cast, ("RELAY-1", 100)).lines[0].customer_unit_price == Decimal(7)


def test_a_promotion_holds_only_for_prices_of_its_own_list(cast, usd, relay):
    Promotion.objects.create(
        name="Spring", price_list=usd, family=cast.family, minimum_quantity=1, percent=Decimal(50), period=ALWAYS
    )
    assert ask(cast, ("RELAY-1", 1)).lines[0].customer_unit_price == Decimal(5)
    set_price(make_price_list(markets=["DE"], priority=10), relay, {1: "7"})
    assert ask(cast, ("RELAY-1", 1)).lines[0].customer_unit_price == Decimal(7)


def test_of_promotions_the_products_own_wins_and_each_holds_up_to_the_next_quantity(cast, usd, relay):
    for scope, quantity, percent in (
        ({"family": cast.family}, 1, 50),
        ({"product": relay}, 1, 10),
        ({"product": relay}, 5, 20),
    ):
        Promotion.objects.create(
            name=f"P{percent}",
            price_list=usd,
            minimum_quantity=quantity,
            percent=Decimal(percent),
            period=ALWAYS,
            **scope,
        )
    prices = [ask(cast, ("RELAY-1", quantity)).lines[0].customer_unit_price for quantity in (4, 5)]
    assert prices == [Decimal(9), Decimal(8)]


def test_a_special_price_is_known_only_to_a_partner_with_a_live_relation(cast, usd, relay):
    customer = make_customer()
    special_price(customer, relay)
    assert ask(cast, ("RELAY-1", 1), customer=customer).lines[0].customer_unit_price == Decimal(10)
    protect(cast, customer)
    assert ask(cast, ("RELAY-1", 1), customer=customer).lines[0].customer_unit_price == Decimal(5)
    assert ask(cast, ("RELAY-1", 1), customer=customer, partner="b").lines[0].customer_unit_price == Decimal(10)
    assert ask(cast, ("RELAY-1", 1), customer=customer, partner=None, sees=True).lines[
        0
    ].customer_unit_price == Decimal(5)


def test_a_recommended_list_gives_recommended_prices(cast, relay):
    set_price(make_price_list(markets=[], kind=PriceKind.RECOMMENDED), relay, "3")
    basket = ask(cast, ("RELAY-1", 1))
    assert basket.price_kind == basket.lines[0].price_kind == PriceKind.RECOMMENDED


@pytest.mark.parametrize(
    ("sku", "quantity", "currency", "code"),
    [
        ("NO-SUCH", 1, "USD", ErrorCode.UNKNOWN_SKU),
        ("", 1, "USD", ErrorCode.UNKNOWN_SKU),
        ("RE\0LAY", 1, "USD", ErrorCode.UNKNOWN_SKU),
        ("RELAY-1", 0, "USD", ErrorCode.QUANTITY_NOT_POSITIVE),
        ("RELAY-1", -1, "USD", ErrorCode.QUANTITY_NOT_POSITIVE),
        ("RELAY-1", 10**12, "USD", ErrorCode.QUANTITY_TOO_LARGE),
        ("RELAY-1", 1, "XXY", ErrorCode.UNKNOWN_CURRENCY),
        ("RELAY-1", 1, "EUR", ErrorCode.NO_PRICE_IN_FORCE),
    ],
)
def test_what_cannot_be_priced_is_an_error_on_its_line_and_never_zero(cast, usd, sku, quantity, currency, code):
    bad, good = ask(cast, (sku, quantity), ("RELAY-1", 1), currency=currency).lines
    assert bad.error is not None
    assert bad.error.code == code
    assert bad.customer_unit_price is bad.customer_total is bad.partner_unit_net is None
    if currency == "USD":
        assert good.customer_unit_price == Decimal(10)


def test_a_product_without_any_price_is_on_request(cast, usd):
    make_product(cast.family, "SWITCH-48")
    (line,) = ask(cast, ("SWITCH-48", 1)).lines
    assert line.error.code == ErrorCode.NO_PRICE_IN_FORCE


def test_prices_are_those_of_the_moment_asked_for(cast, usd, relay):
    assert ask(cast, ("RELAY-1", 1), moment=LONG_AGO - timedelta(seconds=1)).lines[0].error is not None
    assert ask(cast, ("RELAY-1", 1), moment=LONG_AGO).lines[0].error is None
    assert ask(cast, ("RELAY-1", 1), moment=FAR_AHEAD).lines[0].error is not None


def test_the_receipt_replays_from_rules_loaded_anew(cast, usd, relay):
    customer = make_customer()
    protect(cast, customer)
    special_price(customer, relay)
    TierDiscount.objects.create(tier=cast.tier, family=cast.family, percent=Decimal(10), period=ALWAYS)
    moment = datetime(2025, 5, 5, 5, 5, tzinfo=UTC)
    receipt = ask(cast, ("RELAY-1", 20), customer=customer, moment=moment).lines[0].receipt
    again = ask(cast, ("RELAY-1", 1), customer=customer, moment=moment).rules
    assert replay(receipt, again).to_json_bytes() == receipt.to_json_bytes()
    assert StepCode.SPECIAL_PRICE in {step.code for step in receipt.customer.steps}


@pytest.mark.parametrize("count", [1, 100])
def test_any_number_of_lines_takes_the_same_few_statements(cast, usd, count, django_assert_num_queries):
    customer = make_customer()
    protect(cast, customer)
    TierDiscount.objects.create(tier=cast.tier, family=cast.family, percent=Decimal(10), period=ALWAYS)
    products = [make_product(cast.family) for _ in range(count)]
    for product in products:
        set_price(usd, product, {1: "2", 10: "1"})
        special_price(customer, product, "1.5")
    lines = [(product.sku, 3) for product in products]
    with django_assert_num_queries(4):
        basket = ask(cast, *lines, customer=customer)
    assert {line.customer_unit_price for line in basket.lines} == {Decimal("1.5")}
    assert basket.totals.customer == Decimal("4.5") * count
