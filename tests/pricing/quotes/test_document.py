"""The document of a quote: rendered by the worker from the event, right to the cent, readable in both languages."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pypdfium2
import pytest
from django.urls import reverse

from concord.portal.events.outbox import work_off
from concord.portal.events.sealing import seal
from concord.portal.models import BrandSettings, Event
from concord.pricing.codes import grouped
from concord.pricing.models import PriceList, Product
from tests.factories import make_price_list, make_product, set_price
from tests.pricing.quotes.conftest import deliver, document_of


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]
    document.close()
    return pages


@pytest.fixture
def brand(db):
    return BrandSettings.objects.create(
        brand_name="Helvara",
        vendor_name="Helvara Components AG",
        vendor_address="Industriestrasse 5, Zug",
        quote_terms="Thirty days net.",
        quote_terms_zh="月结三十天。",
    )


def test_the_worker_renders_it_once_and_tells_the_history(shop, brand):
    quote = shop.issue((shop.relay, 12), (shop.switch, 3))
    assert not quote.pdf_hash
    pdf = document_of(quote)
    assert quote.pdf_hash == hashlib.sha256(pdf).hexdigest()
    deliver("quote.issued", "pricing.pdf")
    ready = Event.objects.unscoped("test").filter(verb="quote.document_ready")
    assert [quote.pdf_hash in event.payload for event in ready] == [True]


def test_the_document_says_everything_in_english(shop, brand):
    quote = shop.issue((shop.relay, 12), (shop.switch, 3), customer_name="Nordwerk GmbH", note="Deliver to gate 4.")
    text = " ".join("\n".join(pages_of(document_of(quote))).split())
    for part in (
        "Quote",
        quote.number,
        "Nordwerk GmbH",
        "Aldermann Distribution GmbH",
        "Helvara Components AG",
        "RELAY-1",
        "$9.00",
        "$108.00",
        "$4.25",
        "$12.75",
        "Total, without taxes $120.75",
        "customer prices",
        "Thirty days net.",
        "Deliver to gate 4.",
        grouped(quote.check_code),
        quote.data_hash[:8],
        "Page 1 of 1",
        "Sven Albrecht",
    ):
        assert part in text, part
    assert "Recommended" not in text
    assert "seller2" not in text


def test_the_document_says_everything_in_chinese(shop, brand):
    quote = shop.issue((shop.relay, 12), customer_name="深圳市示例科技有限公司", language="zh-hans")
    text = " ".join("\n".join(pages_of(document_of(quote))).split())
    for part in ("报价单", "深圳市示例科技有限公司", "继电器", "月结三十天。", "合计", "US$108.00"):
        assert part in text, part
    assert not re.search("Offered by|Manufacturer|Valid until", text)


def test_a_long_quote_repeats_its_headers_and_carries_its_totals(shop, brand):
    products = [make_product(shop.cast.family, f"LONG-{number:03}") for number in range(90)]
    for number, product in enumerate(products):
        set_price(shop.price_list, product, str(Decimal(100 + number) / 100))
    quote = shop.issue(*[(product, 1) for product in products])
    pages = pages_of(document_of(quote))
    assert len(pages) >= 3
    with_lines = [page for page in pages if "LONG-" in page]
    assert all("Unit price" in page for page in with_lines)
    running = Decimal(0)
    for page, following in pairwise(with_lines):
        running += sum(Decimal(100 + int(number)) / 100 for number in set(re.findall(r"LONG-(\d{3})", page)))
        assert f"Carried forward: ${running:.2f}" in page
        assert f"Brought forward: ${running:.2f}" in following
    assert "Carried forward" not in with_lines[-1]
    assert f"Total, without taxes ${quote.customer_total:.2f}" in " ".join(with_lines[-1].split())
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]


def test_recommended_prices_are_called_so_and_promise_nothing(shop, brand):
    recommended: PriceList = make_price_list("CHF", kind="recommended")
    product: Product = make_product(shop.cast.family, "CABLE-9")
    set_price(recommended, product, "3")
    quote = shop.issue((product, 4), currency="CHF")
    text = " ".join("\n".join(pages_of(document_of(quote))).split())
    assert "recommendations of Helvara Components AG" in text
    assert "stands behind" not in text
    assert not quote.commitments.exists()


def test_the_document_is_fetched_by_its_owner_alone(shop, brand, client):
    quote = shop.issue((shop.relay, 1))
    url = reverse("pricing:quote-pdf", args=[quote.uuid])
    client.force_login(shop.cast.seller_a)
    assert client.get(url).status_code == 404
    state = client.get(reverse("pricing:quote-document", args=[quote.uuid]))
    assert "being prepared" in state.content.decode()
    pdf = document_of(quote)
    response = client.get(url)
    assert b"".join(response.streaming_content) == pdf
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/pdf"
    assert quote.number in response["Content-Disposition"]
    assert url in client.get(reverse("pricing:quote-document", args=[quote.uuid])).content.decode()
    for other in (shop.cast.seller_b, shop.cast.seller_a2, shop.cast.stranger):
        client.force_login(other)
        assert client.get(url).status_code in {403, 404}
    client.logout()
    assert client.get(url).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_sealed_events_reach_the_renderer(shop, brand):
    quote = shop.issue((shop.relay, 1))
    while seal():
        pass
    work_off(now=datetime.now(UTC) + timedelta(minutes=1))
    quote.refresh_from_db()
    assert quote.pdf_hash
