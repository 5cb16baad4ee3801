"""A draft that is open in two windows: nothing is issued, or written over, that its reader has not seen."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from concord.pricing.actions.quotes import QuoteLineInput, edit_draft
from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Price, PriceCommitment, Quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(shop, client):
    client.force_login(shop.cast.seller_a)
    return client


@pytest.fixture
def drafted(shop):
    return shop.quote((shop.relay, 12), (shop.switch, 2))


def hidden(page, name):
    return re.search(f'name="{name}" value="([^"]*)"', page)[1]


def page_of(seller, quote, name="quote-detail"):
    return seller.get(reverse(f"pricing:{name}", args=[quote.uuid])).content.decode()


def status_of(quote):
    return Quote.objects.unscoped("test").get(pk=quote.pk).status


def edited(shop, quote, *lines):
    wanted = [QuoteLineInput(sku, quantity, price) for sku, quantity, price in lines]
    actor = shop.cast.actor(shop.cast.seller_a)
    return edit_draft(actor=actor, quote_uuid=quote.uuid, lines=wanted, valid_until=quote.valid_until)


@pytest.mark.parametrize(("new", "wanted"), [("4.40", None), ("3.90", Decimal("3.90"))])
def test_what_was_edited_in_a_second_window_is_not_issued_from_the_first(shop, seller, drafted, new, wanted):
    token = hidden(page_of(seller, drafted), "price_token")
    Price.objects.filter(product=shop.switch).update(unit_price=Decimal("4.40"))
    edited(shop, drafted, ("RELAY-1", 12, None), ("SWITCH-2", 2, wanted))
    issue = reverse("pricing:quote-issue", args=[drafted.uuid])

    refused = seller.post(issue, {"price_token": token})

    page = refused.content.decode()
    assert refused.status_code == 409
    assert f"SWITCH-2: shown 4.25 USD, now {new} USD" in page
    assert "RELAY-1: shown" not in page
    assert status_of(drafted) == QuoteStatus.DRAFT
    assert not PriceCommitment.objects.exists()


def test_lines_that_came_went_or_grew_are_told(shop, seller, drafted):
    token = hidden(page_of(seller, drafted), "price_token")
    edited(shop, drafted, ("RELAY-1", 13, None))
    issue = reverse("pricing:quote-issue", args=[drafted.uuid])

    refused = seller.post(issue, {"price_token": token})

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "RELAY-1: shown 12 ×" in page
    assert "SWITCH-2: shown 4.25 USD, no longer there" in page
    seen = seller.post(issue, {"price_token": hidden(page, "price_token")})
    assert seen.status_code == 302
    assert status_of(drafted) == QuoteStatus.ISSUED


def test_a_token_of_something_else_issues_nothing(shop, seller, drafted):
    issue = reverse("pricing:quote-issue", args=[drafted.uuid])
    assert seller.post(issue, {"price_token": "made up"}).status_code == 422
    assert status_of(drafted) == QuoteStatus.DRAFT


def test_a_form_does_not_write_over_what_was_changed_meanwhile(shop, seller, drafted):
    address = reverse("pricing:quote-edit", args=[drafted.uuid])
    form = {
        "customer_name": "Kunde AG",
        "currency": "USD",
        "valid_until": drafted.valid_until.isoformat(),
        "language": "en",
        "lines": "RELAY-1\t5",
        "seen": hidden(page_of(seller, drafted, "quote-edit"), "seen"),
    }
    edited(shop, drafted, ("RELAY-1", 13, None))

    refused = seller.post(address, form)

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "changed since it was shown" in page
    assert drafted.lines.get().quantity == 13
    assert seller.post(address, form | {"seen": hidden(page, "seen")}).status_code == 302
    assert drafted.lines.get().quantity == 5
