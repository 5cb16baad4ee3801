"""Two revisions side by side, the list's filters and totals, a partner's special prices, and what the API adds."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from concord.pricing.actions.quotes import edit_draft, issue_quote, revise_quote
from concord.pricing.actions.special_prices import request_special_price
from concord.pricing.models import ApprovalLevel, Quote, SpecialPrice
from concord.pricing.queries.revisions import compare_revisions


@pytest.fixture
def revised(shop):
    """Revision 2 has more relays, no switch and a sensor instead, and holds longer."""
    first = shop.issue((shop.relay, 5), (shop.switch, 2))
    draft = revise_quote(actor=shop.actor(), quote_uuid=first.uuid)
    lines = [shop.line(shop.relay, 12), shop.line(shop.sensor, 1)]
    edit_draft(actor=shop.actor(), quote_uuid=draft.uuid, lines=lines, valid_until=shop.day(40))
    return first, issue_quote(actor=shop.actor(), quote_uuid=draft.uuid)


def test_revisions_are_compared_line_by_line(shop, revised):
    former, latter = revised
    found = compare_revisions(former, latter)
    assert [(line.sku, [change.value for change in line.changes]) for line in found.lines] == [
        ("RELAY-1", ["quantity", "price", "net"]),
        ("SENSOR-3", ["added"]),
        ("SWITCH-2", ["gone"]),
    ]
    assert (found.changed, found.validity_changed) == (3, True)
    assert found.difference == latter.customer_total - former.customer_total
    assert compare_revisions(latter, latter).changed == 0


def test_the_page_of_the_comparison_is_its_owners(shop, revised, client):
    former, latter = revised
    url = reverse("pricing:quote-compare", args=[latter.uuid])
    client.force_login(shop.cast.seller_a)
    page = client.get(url)
    assert page.status_code == 200
    assert "Added" in page.content.decode()
    assert url in client.get(reverse("pricing:quote-detail", args=[latter.uuid])).content.decode()
    assert client.get(url, {"with": "1"}).status_code == 200
    assert client.get(url, {"with": "9"}).status_code == 404
    client.force_login(shop.cast.seller_b)
    assert client.get(url).status_code == 404
    assert client.get(reverse("pricing:quote-compare", args=[former.uuid])).status_code == 404


def test_the_list_is_filtered_by_customer_and_last_day_and_totalled_by_currency(shop, client):
    early = shop.issue((shop.relay, 5), valid_until=shop.day(5), customer_name="Alpha AG")
    late = shop.issue((shop.relay, 5), valid_until=shop.day(50), customer_name="Beta AG")
    shop.issue((shop.switch, 1), by=shop.cast.seller_b)
    client.force_login(shop.cast.seller_a)

    def numbers(**filters):
        answer = client.get(reverse("pricing:quote-list"), filters)
        return {row.record.number for row in answer.context["table"].rows}, answer.context["sums"]

    both = {early.number, late.number}
    assert numbers() == (
        both,
        [("USD", 2, early.customer_total + late.customer_total, early.partner_total + late.partner_total)],
    )
    assert numbers(customer="alpha")[0] == {early.number}
    assert numbers(ends_from=shop.day(20).isoformat())[0] == {late.number}
    assert numbers(ends_to=shop.day(20).isoformat())[0] == {early.number}
    assert numbers(customer="nobody") == (set(), [])
    file = client.get(reverse("pricing:quote-list"), {"customer": "Beta", "_export": "csv"}).content.decode("utf-8-sig")
    assert (late.number in file, early.number in file) == (True, False)


def ask(shop, user, price="8.50"):
    return request_special_price(
        actor=shop.actor(user),
        partner_id=shop.partner_of(user).pk,
        end_customer_id=shop.customer.pk,
        sku="RELAY-1",
        currency="USD",
        unit_price=Decimal(price),
        quantity=5,
        valid_until=shop.day(30),
        reason="Competition",
    )


def test_a_partner_sees_its_requests_with_state_and_clock(shop, client):
    url = reverse("pricing:special-price-list")
    client.force_login(shop.cast.seller_a)
    assert "No special prices yet" in client.get(url).content.decode()
    asked = ask(shop, shop.cast.seller_a)
    ask(shop, shop.cast.seller_b, "8.13")
    SpecialPrice.objects.filter(pk=asked.pk).update(decide_by=timezone.now() - timedelta(hours=1))
    page = client.get(url).content.decode()
    assert "overdue" in page
    assert "8.50" in page
    assert "8.13" not in page
    assert "RELAY-1" not in client.get(url, {"status": "approved"}).content.decode()
    file = b"".join(client.get(url, {"_export": "csv"}).streaming_content).decode("utf-8-sig")
    assert ("8.50" in file, "8.13" in file) == (True, False)


def test_the_chain_follows_the_typed_price(shop, client):
    ApprovalLevel.objects.create(down_to_percent=10, by_channel_manager=True, by_pricing_manager=False)
    ApprovalLevel.objects.create(down_to_percent=30, by_pricing_manager=True)
    quote = shop.quote((shop.relay, 5))
    client.force_login(shop.cast.seller_a)
    url = reverse("pricing:special-price-chain", args=[quote.uuid])

    def chain(price):
        answer = client.get(url, {"sku": "RELAY-1", "unit_price": price, "quantity": "5"})
        return [str(role) for role in answer.context["chain"]]

    assert chain("9.50") == ["Channel manager"]
    assert chain("8.00") == ["Pricing manager"]
    assert chain("1") == ["Channel manager", "Pricing manager"]
    assert chain("abc") == ["Channel manager"]
    form = client.get(reverse("pricing:special-price-new", args=[quote.uuid]), {"sku": "RELAY-1"}).content.decode()
    assert f'hx-get="{url}?sku=RELAY-1"' in form
    client.force_login(shop.cast.seller_b)
    assert client.get(url, {"sku": "RELAY-1"}).status_code == 404


def test_an_expired_quote_is_honoured_in_the_api(shop):
    quote = shop.issue((shop.relay, 5))
    Quote.objects.unscoped("test").filter(pk=quote.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    url = f"/api/v1/quotes/{quote.uuid}/honour/"

    def honour(user, body, **headers):
        api = APIClient()
        api.force_login(user)
        return api.post(url, body, format="json", headers=headers)

    manager = shop.cast.pricing_manager
    assert honour(manager, {"note": "Agreed"}).status_code == 428
    assert honour(shop.cast.seller_a, {"note": "Please"}, **{"If-Match": "*"}).status_code == 403
    assert honour(manager, {}, **{"If-Match": "*"}).status_code == 422
    far = (timezone.now() + timedelta(days=200)).date().isoformat()
    assert honour(manager, {"note": "Agreed", "until": far}, **{"If-Match": "*"}).status_code == 422
    done = honour(manager, {"note": "Agreed"}, **{"If-Match": "*"})
    assert (done.status_code, done.json()["status"]) == (200, "accepted"), done.content


def test_a_price_check_tells_a_partner_with_a_relation_blindly_of_another_live_quote(shop):
    def check(user):
        api = APIClient()
        api.force_login(user)
        body = {
            "customer": str(shop.customer.uuid),
            "currency": "USD",
            "lines": [{"sku": "RELAY-1", "quantity": 5}, {"sku": "SWITCH-2", "quantity": 1}],
        }
        answer = api.post("/api/v1/price-checks/", body, format="json")
        assert answer.status_code == 200, answer.content
        return [line["other_live_quote"] and line["other_live_quote"]["code"] for line in answer.json()["lines"]]

    assert check(shop.cast.seller_a) == [None, None]
    shop.issue((shop.relay, 5), by=shop.cast.seller_b)
    assert check(shop.cast.seller_a) == [None, None]  # without a relation: as if there were none
    shop.issue((shop.relay, 5))
    assert check(shop.cast.seller_a) == ["equal", None]
    assert check(shop.cast.pricing_manager) == [None, None]
