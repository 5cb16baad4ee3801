"""A quote built on a price check has its prices, or is refused with the old and the new amount of each line."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from rest_framework.test import APIClient

from concord.pricing.models import Price, Quote
from concord.pricing.price_tokens import ShownLine, ShownPrices, TokenUnreadable, seal, unseal


@pytest.fixture
def api(shop):
    client = APIClient()
    client.force_login(shop.cast.seller_a)
    return client


def check(api, shop, *lines, **more):
    asked = {
        "customer": str(shop.customer.uuid),
        "currency": "USD",
        "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines or [("RELAY-1", 12), ("SWITCH-2", 2)]],
        **more,
    }
    return api.post("/api/v1/price-checks/", asked, format="json").json()


def quote(api, shop, token, **more):
    body = {
        "customer": str(shop.customer.uuid),
        "customer_name": "Kunde AG",
        "valid_until": shop.day(20).isoformat(),
        "price_token": token,
        **more,
    }
    return api.post("/api/v1/quotes/", body, format="json")


def test_a_quote_takes_lines_currency_and_prices_of_the_check(shop, api):
    told = check(api, shop)
    made = quote(api, shop, told["token"], issue=True)
    assert made.status_code == 201, made.content
    assert [line["customer_unit_price"] for line in made.json()["lines"]] == [
        line["customer_unit_price"] for line in told["lines"]
    ]
    assert made.json()["status"] == "issued"


def test_a_stale_one_is_refused_with_both_amounts(shop, api):
    token = check(api, shop)["token"]
    Price.objects.filter(product=shop.switch).update(unit_price=Decimal("4.40"))
    refused = quote(api, shop, token)
    assert (refused.status_code, refused.json()["code"]) == (409, "prices_changed")
    assert refused.json()["changes"] == [
        {
            "sku": "SWITCH-2",
            "quantity": 2,
            "shown": {"amount": "4.25", "currency": "USD"},
            "now": {"amount": "4.40", "currency": "USD"},
            "is_changed": True,
        }
    ]
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16), tick=False):
        late = quote(api, shop, token)
    assert (late.status_code, late.json()["code"]) == (409, "price_token_expired")
    assert [(one["sku"], one["is_changed"]) for one in late.json()["changes"]] == [
        ("RELAY-1", False),
        ("SWITCH-2", True),
    ]
    assert not Quote.objects.unscoped("test").exists()


def test_it_is_bound_to_partner_customer_lines_and_currency(shop, api):
    from tests.factories import make_customer

    token = check(api, shop)["token"]
    rival = APIClient()
    rival.force_login(shop.cast.seller_b)
    assert quote(rival, shop, token).json()["errors"][0]["code"] == "unknown_token"
    forged = token[:40] + ("A" if token[40] != "A" else "B") + token[41:]
    assert quote(api, shop, forged).json()["errors"][0]["code"] == "unknown_token"
    other = quote(api, shop, token, lines=[{"sku": "RELAY-1", "quantity": 13}])
    assert other.json()["errors"][0]["code"] == "other_lines"
    assert quote(api, shop, token, currency="EUR").json()["errors"][0]["code"] == "other_lines"
    elsewhere = shop.cast.actor(shop.cast.seller_a)
    customer = make_customer("Another one")
    from concord.partners.actions.customers import relate

    relate(partner_id=elsewhere.partner_id, end_customer_id=customer.pk, now=datetime.now(UTC))
    assert quote(api, shop, token, customer=str(customer.uuid)).json()["errors"][0]["code"] == "unknown_token"


def test_no_price_can_be_read_from_it():
    shown = ShownPrices(
        1, 2, "USD", (ShownLine("RELAY-1", 3, Decimal("47.1147"), Decimal("40.4747")),), datetime.now(UTC)
    )
    token = seal(shown)
    assert unseal(token) == shown
    raw = token.encode()
    for part in token.split(":"):
        raw += base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    assert b"47.1147" not in raw
    assert b"RELAY" not in raw
    for wrong in ("", "x", "a:b:c", token[:-1], token + "x"):
        with pytest.raises(TokenUnreadable):
            unseal(wrong)


def test_there_is_none_for_lines_without_price_for_another_day_and_for_nobody(shop, api):
    assert check(api, shop, ("NO-SUCH", 1))["token"] is None
    assert check(api, shop, as_of="2024-01-01T00:00:00Z")["token"] is None
    vendor = APIClient()
    vendor.force_login(shop.cast.pricing_manager)
    assert check(vendor, shop)["token"] is None
    assert check(vendor, shop, partner="A-100")["token"] is not None


def test_the_page_tells_both_amounts_once_and_then_takes_the_new_ones(shop, client):
    client.force_login(shop.cast.seller_a)
    api = APIClient()
    api.force_login(shop.cast.seller_a)
    token = check(api, shop)["token"]
    Price.objects.filter(product=shop.switch).update(unit_price=Decimal("4.40"))
    form = {
        "customer": str(shop.customer.uuid),
        "customer_name": "Kunde AG",
        "currency": "USD",
        "valid_until": shop.day(9).isoformat(),
        "language": "en",
        "lines": "RELAY-1\t12\nSWITCH-2\t2",
        "idempotency_key": str(uuid4()),
    }
    told = client.post(reverse("pricing:quote-new"), {**form, "price_token": token})
    assert told.status_code == 409
    assert "SWITCH-2: shown 4.25 USD, now 4.40 USD" in told.content.decode()
    assert 'name="price_token"' not in told.content.decode()
    assert client.post(reverse("pricing:quote-new"), form).status_code == 302
    assert json.loads(Quote.objects.unscoped("test").get().lines.last().receipt)
