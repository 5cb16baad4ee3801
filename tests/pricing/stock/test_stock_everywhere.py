"""Wherever a product is chosen: what can be had, how old that knowledge is, and what can be had instead."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from concord.pricing.actions.quotes import withdraw_quote
from concord.pricing.enums import Lifecycle
from concord.pricing.models import Product, ProductSubstitute

pytestmark = pytest.mark.django_db
OLD = timedelta(days=9)


@pytest.fixture
def seller(shop) -> Client:
    client = Client()
    client.force_login(shop.cast.seller_a)
    return client


@pytest.fixture
def api(shop):
    def as_(user):
        client = APIClient()
        client.force_login(user)
        return client

    return as_


@pytest.fixture
def short(shop, stocked):
    """40 relays counted long ago, more to come, and switches that can stand in; sensors have ended."""
    day = timezone.now().date() + timedelta(days=12)
    stocked(shop.relay, 40, incoming={day: 100}, as_of=timezone.now() - OLD)
    stocked(shop.switch, 700, as_of=timezone.now() - OLD)
    ProductSubstitute.objects.create(product=shop.relay, substitute=shop.switch, note="Other base", note_zh="底座不同")
    Product.objects.filter(pk=shop.sensor.pk).update(status=Lifecycle.ENDED, successor=shop.switch)
    return day


def quote_page(seller, quote) -> str:
    return seller.get(reverse("pricing:quote-detail", args=[quote.uuid])).content.decode()


def test_a_quote_says_of_each_line_what_can_be_had_now_and_instead(shop, seller, short):
    quote = shop.quote((shop.relay, 50), (shop.relay, 9))
    page = quote_page(seller, quote)
    assert page.count("40 of 59 now, the rest on") == 2, "lines of one product count together"
    assert page.count("old count:") == 2
    assert page.count("SWITCH-2") == 2
    assert "700 in stock, old count" in page
    seller.cookies["django_language"] = "zh-hans"
    chinese = quote_page(seller, quote)
    assert "59" in chinese
    assert "of 59 now" not in chinese


def test_what_is_kept_for_a_quote_is_there_for_it_and_a_closed_quote_says_nothing(shop, seller, stocked, reserving):
    stocked(shop.relay, 5)
    first, second = shop.issue((shop.relay, 5)), shop.quote((shop.relay, 5))
    assert "5 in stock." in quote_page(seller, first)
    assert "None now, and no date yet." in quote_page(seller, second)
    withdraw_quote(actor=shop.actor(), quote_uuid=first.uuid)
    assert "in stock." not in quote_page(seller, first)


def test_a_product_that_ended_after_it_was_drafted_is_told_with_its_successor(shop, seller, stocked):
    stocked(shop.switch, 3)
    quote = shop.quote((shop.sensor, 2))
    Product.objects.filter(pk=shop.sensor.pk).update(status=Lifecycle.ENDED, successor=shop.switch)
    page = quote_page(seller, quote)
    assert "This product has ended" in page
    assert "SWITCH-2" in page


def test_a_tier_that_sees_bands_learns_no_number_on_any_page_or_in_any_file(shop, seller, short, cast, api):
    cast.tier.shows_exact_stock = False
    cast.tier.save()
    quote = shop.quote((shop.relay, 59))
    page = quote_page(seller, quote)
    assert "At least 10 of 59 now" in page
    assert "at least 500 in stock" in page
    assert "700" not in page
    check = seller.get("/prices/", {"list": "RELAY-1 59", "currency": "USD"}).content.decode()
    assert "at least 500 in stock" in check
    assert "700" not in check
    body = {"currency": "USD", "lines": [{"sku": "RELAY-1", "quantity": 59}]}
    (line,) = api(cast.seller_a).post("/api/v1/price-checks/", body, format="json").json()["lines"]
    (offer,) = line["substitutes"]
    assert (offer["sku"], offer["availability"]["available"], offer["availability"]["exact"]) == (
        "SWITCH-2",
        500,
        False,
    )
    export = seller.post("/prices/export/", {"list": "RELAY-1 59", "currency": "USD", "format": "xlsx"})
    content = b"".join(export.streaming_content) if export.streaming else export.content
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    told = dict(zip(rows[0], rows[1], strict=True))
    assert told["Availability"].startswith("At least 10 of 59 now, the rest on")
    assert (told["In stock"], told["Old count"]) == (10, "yes")


def test_systems_are_offered_substitutes_where_pages_are(shop, short, api):
    body = {
        "currency": "USD",
        "lines": [{"sku": sku, "quantity": count} for sku, count in (("RELAY-1", 40), ("RELAY-1", 1), ("SENSOR-3", 1))],
    }
    client = api(shop.cast.seller_a)
    lines = client.post("/api/v1/price-checks/", body, format="json").json()["lines"]
    assert [[one["sku"] for one in line["substitutes"]] for line in lines] == [["SWITCH-2"]] * 3
    assert (lines[0]["availability"]["is_stale"], lines[0]["substitutes"][0]["availability"]["is_stale"]) == (
        True,
        True,
    )
    assert (lines[2]["error"]["code"], lines[2]["substitutes"][0]["is_successor"]) == ("product_not_sold", True)
    body["lines"] = [{"sku": "RELAY-1", "quantity": 40}]
    assert client.post("/api/v1/price-checks/", body, format="json").json()["lines"][0]["substitutes"] == []
    client.credentials(HTTP_ACCEPT_LANGUAGE="zh-hans")
    product = client.get("/api/v1/products/RELAY-1/").json()
    (told,) = product["substitutes"]
    assert (told["name"], told["note"], told["availability"]["available"]) == ("开关", "底座不同", 700)


def test_the_page_takes_a_constant_number_of_statements_for_it(shop, seller, short):
    def statements(quote):
        quote_page(seller, quote)
        with CaptureQueriesContext(connection) as queries:
            quote_page(seller, quote)
        return len(queries)

    one = statements(shop.quote((shop.relay, 59)))
    assert statements(shop.quote((shop.relay, 59), (shop.switch, 800), (shop.relay, 7))) == one
