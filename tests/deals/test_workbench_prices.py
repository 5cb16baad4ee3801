"""The workbench says what was promised and granted to the registration's customer, beside the list price."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from concord.deals.models import Deal
from concord.deals.queries.eligibility import asked_by, list_unit_prices
from concord.deals.queries.workbench_prices import prices_at
from concord.pricing.actions.special_prices import request_special_price
from tests.deals import making
from tests.deals.test_protection_doors import signed_in
from tests.pricing.quotes.conftest import make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast):
    return make_shop(cast)


@pytest.fixture
def deal(cast, shop):
    deal = making.submitted(cast, name=shop.customer.legal_name, currency="USD", products=[shop.relay, shop.switch])
    Deal.objects.unscoped("whatever matching says").filter(pk=deal.pk).update(end_customer=shop.customer)
    deal.refresh_from_db()
    return deal


def rows(deal):
    asked = asked_by(deal, customer_ids={deal.end_customer_id})
    lines = list(deal.lines.select_related("product__family"))
    listed = list_unit_prices(asked, now=making.now())
    return prices_at(listed, lines, customer_ids={deal.end_customer_id}, now=making.now())


def test_list_promise_and_special_price_stand_side_by_side(cast, shop, deal):
    quote = shop.issue((shop.relay, 20), by=cast.seller_b)
    request_special_price(
        actor=shop.actor(cast.seller_b),
        partner_id=cast.partner_b.pk,
        end_customer_id=shop.customer.pk,
        sku=shop.switch.sku,
        currency="USD",
        unit_price=Decimal("3.9"),
        quantity=5,
        valid_until=shop.day(20),
        reason="A rival is cheaper.",
    )
    relay, switch = rows(deal)
    assert (relay.list_price, switch.list_price) == (Decimal(9), Decimal("4.25"))
    assert {one.unit_price for one in relay.promised} == {Decimal(9)}
    assert {one.quote for one in relay.promised} == {quote}
    assert [(one.unit_price, one.status) for one in switch.special] == [(Decimal("3.9"), "requested")]
    assert (switch.promised, relay.special) == ([], [])
    page = signed_in(cast.vendor_manager).get(reverse("registrations:bench", args=[deal.uuid])).content.decode()
    assert quote.number in page
    assert "3.90" in page
    assert "Requested" in page


def test_another_customers_prices_are_not_shown(cast, shop):
    other = making.submitted(cast, name="Ganz Andere AG", currency="USD", products=[shop.relay])
    shop.issue((shop.relay, 20))
    (row,) = rows(other)
    assert (row.promised, row.special) == ([], [])


def test_the_statements_do_not_grow_with_what_is_found(cast, shop, deal, django_assert_num_queries):
    rows(deal)  # the partner comes along once
    with django_assert_num_queries(5):
        rows(deal)
    shop.issue((shop.relay, 20), (shop.switch, 3))
    with django_assert_num_queries(5):
        rows(deal)


def test_the_next_registration_is_one_key_away(cast, shop, deal):
    following = making.submitted(cast, name="Ganz Andere AG")
    page = signed_in(cast.vendor_manager).get(reverse("registrations:bench", args=[deal.uuid])).content.decode()
    assert f'<a href="{reverse("registrations:bench", args=[following.uuid])}" data-key="n">' in page
