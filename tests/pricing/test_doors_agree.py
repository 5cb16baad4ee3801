"""The same question asked by page, API, batch and quote gets the same bytes, in whatever order its lines come."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from concord.partners.actions.customers import relate
from concord.portal.money import exponent
from concord.portal.periods import period
from concord.pricing.engine import PriceKind as EngineKind
from concord.pricing.engine import Receipt, ReceiptPart
from concord.pricing.engine.receipt import canonical_bytes
from concord.pricing.enums import PriceKind
from concord.pricing.models import ProgrammeBonus, Promotion, TierDiscount
from concord.pricing.queries.basket import BasketLine, price_basket_for
from concord.pricing.queries.price_check import AskedLine, check_prices
from tests.factories import FAR_AHEAD, LONG_AGO, make_customer, make_price_list, make_product, set_price
from tests.pricing.test_basket import protect, special_price

pytestmark = pytest.mark.django_db
ALWAYS = period(LONG_AGO, FAR_AHEAD)
LINES = [("RELAY-1", 7), ("SWITCH-2", 3), ("RELAY-1", 5), ("SENSOR-3", 11)]


@pytest.fixture
def shop(cast):
    """Lists of three currencies, with every kind of rule, for a customer that partner A has a protection for."""
    products = [make_product(cast.family, sku) for sku in ("RELAY-1", "SWITCH-2", "SENSOR-3")]
    for currency, factor in (("USD", "1"), ("JPY", "150"), ("KWD", "0.3")):
        price_list = make_price_list(currency, markets=[])
        for place, product in enumerate(products, start=1):
            base = Decimal("3.3337") * place * Decimal(factor)
            set_price(price_list, product, {1: str(base), 10: str(base * Decimal("0.91")), 100: str(base / 2)})
        Promotion.objects.create(
            name="Spring", price_list=price_list, product=products[1], percent=Decimal("7.5"), period=ALWAYS
        )
    TierDiscount.objects.create(tier=cast.tier, family=cast.family, percent=Decimal("12.125"), period=ALWAYS)
    ProgrammeBonus.objects.create(name="Bonus", tier=cast.tier, percent=Decimal("1.75"), period=ALWAYS)
    customer = make_customer()
    relate(partner_id=cast.partner_a.pk, end_customer_id=customer.pk, now=timezone.now())
    protect(cast, customer)
    special_price(customer, products[2], "8.1234")
    return customer


def batch(cast, customer, currency, moment, lines):
    return price_basket_for(
        partner_id=cast.partner_a.pk,
        end_customer_id=customer.pk,
        currency=currency,
        moment=moment,
        lines=[BasketLine(*line) for line in lines],
    )


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_api_page_and_batch_give_the_same_bytes(cast, shop, currency):
    moment = datetime.now(UTC) - timedelta(hours=1)
    own = [
        one.receipt.part_for(ReceiptPart.PARTNER).to_json_bytes()
        for one in batch(cast, shop, currency, moment, LINES).lines
    ]
    api, client = APIClient(), Client()
    api.force_authenticate(cast.seller_a)
    client.force_login(cast.seller_a)
    body = {
        "customer": str(shop.uuid),
        "currency": currency,
        "as_of": moment.isoformat(),
        "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in LINES],
    }
    answer = api.post("/api/v1/price-checks/", body, format="json").json()
    told = [one["receipt"] for one in answer["lines"]]
    assert [canonical_bytes(one) for one in told] == own
    checked = check_prices(
        actor=cast.actor(cast.seller_a),
        partner_id=cast.partner_a.pk,
        end_customer_id=shop.pk,
        currency=currency,
        moment=moment,
        now=datetime.now(UTC),
        lines=[AskedLine(place, sku, sku, quantity) for place, (sku, quantity) in enumerate(LINES)],
    )
    assert [one.result.receipt.to_json_bytes() for one in checked.lines] == own
    # The page shows the receipt of a product's total in the list; RELAY-1 stands there twice.
    for place, (sku, quantity) in ((1, LINES[1]), (3, LINES[3])):
        query = {"sku": sku, "quantity": quantity, "currency": currency, "as_of": moment.isoformat()}
        page = client.get("/prices/receipt/", {**query, "customer": str(shop.uuid)})
        assert page.context["line"].result.receipt.to_json_bytes() == own[place]
    total = sum(Decimal(one["customer_amount"]["amount"]) for one in answer["lines"])
    assert Decimal(answer["customer_total"]["amount"]) == total
    decimals = exponent(currency)
    for one in answer["lines"]:
        assert -Decimal(one["customer_amount"]["amount"]).as_tuple().exponent == decimals


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_the_order_of_lines_changes_nothing(cast, shop, currency):
    moment = datetime.now(UTC)
    answers = [
        {
            line: one.receipt.to_json_bytes()
            for line, one in zip(order, batch(cast, shop, currency, moment, order).lines, strict=True)
        }
        for order in itertools.permutations(LINES)
    ]
    assert all(one == answers[0] for one in answers)


def test_the_kinds_of_price_are_kept_apart_by_type(cast, shop):
    recommended = make_price_list("EUR", markets=[], kind=PriceKind.RECOMMENDED)
    set_price(recommended, make_product(cast.family, "ADVISED-1"), "10")
    moment = datetime.now(UTC)
    (line,) = batch(cast, shop, "EUR", moment, [("ADVISED-1", 1)]).lines
    assert line.price_kind is EngineKind.RECOMMENDED
    assert PriceKind.PARTNER_NET not in set(EngineKind), "a net is never the price that stands on a document"
    customer_part = Receipt.from_json(line.receipt.to_json_bytes()).part_for(ReceiptPart.CUSTOMER)
    assert customer_part.partner is None
    assert str(line.partner_unit_net) not in {str(line.customer_unit_price), customer_part.to_json_bytes().decode()}
    api = APIClient()
    api.force_authenticate(cast.seller_a)
    body = {"currency": "EUR", "lines": [{"sku": "ADVISED-1", "quantity": 1}]}
    answer = api.post("/api/v1/price-checks/", body, format="json").json()
    assert (answer["price_kind"], answer["lines"][0]["price_kind"]) == ("recommended", "recommended")
