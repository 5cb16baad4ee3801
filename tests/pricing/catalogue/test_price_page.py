"""Prices & stock, as a seller uses the page."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from concord.partners.actions.customers import relate
from concord.pricing.models import UnmetDemand
from tests.factories import make_customer, make_price_list, make_product, set_price
from tests.pricing.catalogue.test_api import stock_of
from tests.pricing.test_basket import protect, special_price

pytestmark = pytest.mark.django_db
PAGE = "/prices/"


@pytest.fixture
def signed_in(cast):
    def client(user) -> Client:
        found = Client()
        found.force_login(getattr(cast, user))
        return found

    return client


@pytest.fixture
def relay(cast):
    product = make_product(
        cast.family, "RELAY-1", manufacturer_part_number="G5V 1/12", name="Signal relay", name_zh="信号继电器"
    )
    set_price(make_price_list(markets=[]), product, {1: "10.5", 10: "9"})
    return product


def ask(client, text, **more):
    return client.post(PAGE, {"list": text, "currency": "USD", **more})


def test_a_pasted_list_is_answered_line_by_line(signed_in, relay):
    stock_of(relay, 7)
    answer = ask(signed_in("seller_a"), "SKU\tqty\nrelay 1\t8\nG5V 1/12; 2\nNO-SUCH\t1\nRELAY-1\t1,000\n")
    text = answer.content.decode()
    assert answer.status_code == 200
    check = answer.context["check"]
    assert [line.asked.sku for line in check.lines[:2]] == ["RELAY-1", "RELAY-1"]
    assert [line.error_code for line in check.lines] == ["", "", "unknown_sku", "quantity_not_a_number"]
    assert "Line 4: There is no product “NO-SUCH”" in " ".join(text.split())
    assert "7 of 10 now" in text
    assert "90.00 <span" in text
    assert "from 10" in text
    assert UnmetDemand.objects.get().missing == 3


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000000000"])
def test_an_impossible_quantity_is_refused_at_its_line_and_is_no_demand(signed_in, relay, quantity):
    stock_of(relay, 7)
    answer = ask(signed_in("seller_a"), f"RELAY-1\t{quantity}\nRELAY-1\t2")
    assert answer.status_code == 200
    refused, priced = answer.context["check"].lines
    assert refused.error
    assert not priced.error
    assert not UnmetDemand.objects.exists()


def test_asking_again_counts_demand_once_and_a_link_asks_without_counting(signed_in, relay):
    stock_of(relay, 7)
    client = signed_in("seller_a")
    for quantity in (9, 8, 9):
        ask(client, f"RELAY-1 {quantity}")
    assert UnmetDemand.objects.values_list("quantity", "missing").get() == (9, 2)
    client.get(PAGE, {"list": "RELAY-1 500"})
    assert UnmetDemand.objects.values_list("quantity", flat=True).get() == 9


def test_the_next_break_is_shown_with_what_it_saves(signed_in, relay):
    text = " ".join(ask(signed_in("seller_a"), "RELAY-1 9").content.decode().split())
    assert "less a unit from 10" in text
    assert "1.50 <span" in text


def test_typing_finds_products_by_part_of_number_or_name(signed_in, relay):
    client = signed_in("seller_a")
    for typed in ("elay1", "g5v1", "signal", "继电器", "relya-1 signal"[:7]):
        assert "RELAY-1" in client.get("/prices/products/", {"q": typed}).content.decode(), typed
    assert "RELAY-1" not in client.get("/prices/products/", {"q": "zzz"}).content.decode()
    assert "RELAY-1" in client.get(PAGE, {"q": "elay1"}).content.decode()


def test_a_line_that_several_products_fit_is_asked_back(signed_in, relay, cast):
    make_product(cast.family, "RELAY-2", manufacturer_part_number="G5V-1-12")
    (line,) = ask(signed_in("seller_a"), "G5V112\t1").context["check"].lines
    assert line.error_code == "ambiguous_number"
    assert "RELAY-1, RELAY-2" in line.error


def test_with_blanks_ignored_no_other_product_is_taken_by_mistake(signed_in, relay, cast):
    make_product(cast.family, "C4308810")
    (line,) = ask(signed_in("seller_a"), "C43088 10").context["check"].lines
    assert line.error_code == "unknown_sku"


def test_the_receipt_explains_as_of_the_same_moment(signed_in, relay):
    client = signed_in("seller_a")
    answer = ask(client, "RELAY-1 10")
    (row,) = answer.context["rows"]
    receipt = client.get(row["receipt_url"])
    assert receipt.status_code == 200
    for word in ("List price", "Quantity break", "Customer price", "Own net"):
        assert word in receipt.content.decode()
    part = client.get(row["receipt_url"], headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    old = row["receipt_url"].replace(str(timezone.now().year), "2021", 1)
    assert client.get(old).status_code == 404


def test_prices_for_a_customer_are_asked_for_by_who_knows_it(signed_in, cast, relay):
    customer = make_customer("Nordwind AG")
    special_price(customer, relay, "5")
    assert ask(signed_in("seller_a"), "RELAY-1 1", customer=customer.uuid).status_code == 422
    relate(partner_id=cast.partner_a.pk, end_customer_id=customer.pk, now=timezone.now())
    protect(cast, customer)
    answer = ask(signed_in("seller_a"), "RELAY-1 1", customer=customer.uuid)
    assert "5.00 <span" in answer.content.decode()
    assert "Nordwind" not in signed_in("seller_b").get(PAGE).content.decode()


def test_the_answer_is_exported_without_formulas(signed_in, relay):
    client = signed_in("seller_a")
    url = reverse("pricing:export")
    body = {"list": "RELAY-1 10\n=CMD()\t1", "currency": "USD"}
    csv = client.post(url, {**body, "format": "csv"})
    assert csv["Content-Disposition"].endswith('.csv"')
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("1,RELAY-1,G5V 1/12,Signal relay,10,pcs,9.00,90.00")
    assert lines[2].startswith("2,'=CMD()")
    book = load_workbook(io.BytesIO(client.post(url, {**body, "format": "xlsx"}).content))
    assert book.active["B2"].value == "RELAY-1"


def test_who_may_ask(signed_in, relay):
    assert signed_in("editor").get(PAGE).status_code == 403
    assert signed_in("stranger").get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code == 302
    vendor = ask(signed_in("pricing_manager"), "RELAY-1 1", partner="A-100")
    assert vendor.context["has_net"]
    assert not ask(signed_in("pricing_manager"), "RELAY-1 1").context["has_net"]


@pytest.mark.parametrize("text", ["", " \n ", "SKU\tqty"])
def test_an_empty_list_is_told_at_the_field(signed_in, relay, text):
    answer = ask(signed_in("seller_a"), text)
    assert answer.status_code == 422
    assert answer.context["form"].errors["list"]


def test_a_list_of_any_length_takes_the_same_statements(signed_in, cast, relay, django_assert_max_num_queries):
    price_list = relay.prices.first().price_list
    products = [make_product(cast.family) for _ in range(60)]
    for product in products:
        set_price(price_list, product, "1")
        stock_of(product, 0, as_of=timezone.now() - timedelta(days=9))
    client = signed_in("seller_a")
    with django_assert_max_num_queries(25):
        answer = ask(client, "\n".join(f"{product.sku}\t2" for product in products))
    assert answer.context["check"].priced == 60
