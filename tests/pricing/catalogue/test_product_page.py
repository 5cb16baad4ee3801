"""A product's page, and putting documents and substitutes to it."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from concord.documents.models import Collateral
from concord.pricing.enums import Lifecycle, ProductDocumentKind
from concord.pricing.models import Product, ProductDocument, ProductSubstitute
from tests.factories import make_price_list, make_product, set_price
from tests.pricing.catalogue.test_api import stock_of

pytestmark = pytest.mark.django_db

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture
def signed_in(cast):
    def client(user) -> Client:
        found = Client()
        found.force_login(getattr(cast, user))
        return found

    return client


@pytest.fixture
def relay(cast) -> Product:
    product = make_product(cast.family, "RELAY-1", name="Signal relay", name_zh="信号继电器")
    set_price(make_price_list(markets=[]), product, {1: "10.5", 10: "9"})
    return product


def document(product, name, content, kind, **facts) -> Collateral:
    made = Collateral(title=name, released=True, **facts)
    made.file.save(name, ContentFile(content), save=False)
    made.save()
    ProductDocument.objects.create(product=product, collateral=made, kind=kind)
    return made


def test_the_page_tells_price_breaks_stock_and_facts(signed_in, relay):
    stock_of(relay, 7)
    page = signed_in("seller_a").get(f"/prices/products/{relay.uuid}/")
    text = page.content.decode()
    assert page.status_code == 200
    assert [(one.quantity, str(one.unit_price.normalize())) for one in page.context["page"].breaks] == [
        (1, "10.5"),
        (10, "9"),
    ]
    assert "7 in stock." in text
    assert "Own net" in text


def test_an_ended_product_says_so_and_offers_another_one(signed_in, relay, cast):
    successor, other = make_product(cast.family, "RELAY-2"), make_product(cast.family, "RELAY-3")
    relay.status, relay.successor, relay.last_buy_on = Lifecycle.ENDED, successor, date(2026, 3, 31)
    relay.save()
    ProductSubstitute.objects.create(product=relay, substitute=other, note="12 V instead of 5 V")
    text = signed_in("seller_a").get(f"/prices/products/{relay.uuid}/").content.decode()
    assert "can no longer be ordered" in text
    assert text.index("RELAY-2") < text.index("RELAY-3")
    assert "12 V instead of 5 V" in text
    answer = signed_in("seller_a").post("/prices/", {"list": "RELAY-1\t4", "currency": "USD"}).content.decode()
    assert 'data-add-line="RELAY-3&#9;4"' in answer


def test_the_search_leads_to_the_page(signed_in, relay):
    found = signed_in("seller_a").get("/search/", {"q": "relay-1"}).content.decode()
    assert f"/prices/products/{relay.uuid}/" in found


def test_documents_and_picture_are_shown_to_the_entitled_alone(signed_in, relay, cast):
    sheet = document(relay, "relay.pdf", b"%PDF-1.4", ProductDocumentKind.DATA_SHEET)
    picture = document(relay, "relay.png", PIXEL, ProductDocumentKind.IMAGE)
    for one in (sheet, picture):
        one.families.add(cast.family)
    address = f"/prices/products/{relay.uuid}/"
    entitled, other = signed_in("seller_a"), signed_in("seller_b")
    assert sheet.page_url in entitled.get(address).content.decode()
    shown = entitled.get(f"{address}picture/")
    assert (shown.status_code, shown["Content-Type"], b"".join(shown)) == (200, "image/png", PIXEL)
    assert "no-store" in shown["Cache-Control"]
    cast.partner_b.families.clear()
    assert sheet.page_url not in other.get(address).content.decode()
    assert other.get(f"{address}picture/").status_code == 404
    assert picture.downloads.count() == 0  # a look is no download


def test_an_unknown_product_is_not_there(signed_in):
    assert signed_in("seller_a").get("/prices/products/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_the_desk_keeps_substitutes_by_number(signed_in, relay, cast):
    other = make_product(cast.family, "RELAY-3")
    desk = signed_in("pricing_manager")
    values = {"product_number": "relay 1", "substitute_number": "RELAY-3", "rank": "1", "is_offered": "on"}
    assert desk.post("/desk/substitutes/new/", values).status_code == 302
    assert ProductSubstitute.objects.get().substitute == other
    again = desk.post("/desk/substitutes/new/", values)
    assert "stands in the list already" in again.content.decode()
    itself = desk.post("/desk/substitutes/new/", values | {"substitute_number": "RELAY-1"})
    assert "cannot stand in for itself" in itself.content.decode()
    unknown = desk.post("/desk/substitutes/new/", values | {"substitute_number": "NO-SUCH"})
    assert "names no product" in unknown.content.decode()
    assert ProductSubstitute.objects.count() == 1


def test_the_desk_names_a_successor_by_number(signed_in, relay, cast):
    make_product(cast.family, "RELAY-2")
    desk = signed_in("pricing_manager")
    page = desk.get(f"/desk/products/edit/{relay.pk}/")
    values = {name: value if value is not None else "" for name, value in page.context["form"].initial.items()} | {
        "status": "last_buy",
        "last_buy_on": "2027-01-31",
        "successor_number": "RELAY-2",
    }
    answer = desk.post(f"/desk/products/edit/{relay.pk}/", values)
    assert answer.status_code == 302, answer.context["form"].errors
    relay.refresh_from_db()
    assert (relay.successor.sku, relay.last_buy_on) == ("RELAY-2", date(2027, 1, 31))
    refused = desk.post(f"/desk/products/edit/{relay.pk}/", values | {"successor_number": "RELAY-1"})
    assert "cannot follow itself" in refused.content.decode()


def test_the_number_of_statements_does_not_grow(signed_in, relay, cast):
    client, counts = signed_in("seller_a"), []
    for number in range(3):
        ProductSubstitute.objects.create(product=relay, substitute=make_product(cast.family, f"S-{number}"))
        document(relay, f"sheet-{number}.pdf", b"%PDF-1.4", ProductDocumentKind.DATA_SHEET)
        with CaptureQueriesContext(connection) as statements:
            client.get(f"/prices/products/{relay.uuid}/")
        counts.append(len(statements))
    assert len(set(counts[1:])) == 1, counts
