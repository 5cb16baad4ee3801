"""Special prices at the desk: seen and decided by pricing managers alone, with the price in force beside them."""

from __future__ import annotations

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
