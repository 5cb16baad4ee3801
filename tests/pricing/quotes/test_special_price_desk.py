"""Special prices at the desk: seen and decided by pricing managers alone, with the price in force beside them."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from concord.pricing.actions.special_prices import request_special_price
from concord.pricing.models import SpecialPrice
from concord.pricing.tasks import expire_issued_quotes


@pytest.fixture
def asked(shop):
    return request_special_price(
        actor=shop.actor(),
        partner_id=shop.cast.partner_a.pk,
        end_customer_id=shop.customer.pk,
        sku="RELAY-1",
        currency="USD",
        unit_price=Decimal("8.50"),
        quantity=5,
        valid_until=shop.day(60),
        reason="Large project",
    )


def test_a_pricing_manager_decides_with_the_price_in_force_in_sight(shop, asked, client):
    client.force_login(shop.cast.pricing_manager)
    assert "RELAY-1" in client.get(reverse("special_prices:queue")).content.decode()
    url = reverse("special_prices:decide", args=[asked.uuid])
    page = client.get(url).content.decode()
    assert "15.0 % below the price in force" in page
    assert client.post(url, {"decision": "reject", "note": ""}).status_code == 409
    assert client.post(url, {"decision": "approve"}).status_code == 302
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by) == ("approved", shop.cast.pricing_manager.pk)
    assert client.post(url, {"decision": "reject", "note": "too late"}).status_code == 409


def test_nobody_else_decides(shop, asked, client):
    url = reverse("special_prices:decide", args=[asked.uuid])
    for user in (shop.cast.vendor_manager, shop.cast.editor, shop.cast.seller_a, shop.cast.admin_a):
        client.force_login(user)
        assert client.post(url, {"decision": "approve"}).status_code in {302, 403}
    assert SpecialPrice.objects.get().status == "requested"


def test_the_beat_expires_quotes(shop):
    quote = shop.issue()
    assert expire_issued_quotes() == 0
    type(quote).objects.unscoped("test").filter(pk=quote.pk).update(expires_at=quote.issued_at)
    assert expire_issued_quotes() == 1


def test_the_queue_is_a_file_too_and_says_the_last_day_of_its_partner(shop, asked, client):
    client.force_login(shop.cast.pricing_manager)
    queue = reverse("special_prices:queue")
    answer = client.get(queue, {"export": "csv"})
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert (row["SKU"], row["Until"], row["Wanted unit price"]) == ("RELAY-1", shop.day(60).isoformat(), "8.50")
    page = client.get(reverse("special_prices:decide", args=[asked.uuid])).content.decode()
    assert reverse("customers:inspect", args=[shop.customer.pk]) in page
    assert reverse("partner_records:inspect", args=[shop.cast.partner_a.pk]) in page
    client.force_login(shop.cast.seller_a)
    listed = client.get(reverse("pricing:special-price-list")).content.decode()
    assert "Pricing manager: waits" in listed
