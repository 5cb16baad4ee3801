"""What other systems are promised about products, prices, price lists, imports and stock."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from concord.partners.actions.customers import relate
from concord.portal.events.outbox import work_off
from concord.portal.events.sealing import seal
from concord.portal.models import ImportRun
from concord.pricing.models import Price, PriceList, Product, StockLevel, UnmetDemand, Warehouse
from tests.factories import make_customer, make_price_list, make_product, set_price
from tests.pricing.test_basket import protect, special_price

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(cast):
    def client(user) -> APIClient:
        found = APIClient()
        found.force_authenticate(getattr(cast, user))
        return found

    return client


@pytest.fixture
def relay(cast):
    product = make_product(cast.family, "RELAY-1")
    set_price(make_price_list(markets=[]), product, {1: "10.5", 10: "9"})
    return product


def stock_of(product, on_hand, *, warehouse="RTM", as_of=None):
    place, _ = Warehouse.objects.get_or_create(code=warehouse, defaults={"name": warehouse})
    return StockLevel.objects.create(
        warehouse=place, product=product, on_hand=on_hand, as_of=as_of or timezone.now() - timedelta(hours=1)
    )


def work_off_events():
    """What the sealer and the sweeper do in the background."""
    seal()
    work_off(now=timezone.now() + timedelta(seconds=1))


def codes(response):
    return [(error["pointer"], error["code"]) for error in response.json()["errors"]]


def test_a_partner_sees_customer_price_own_net_break_receipt_and_stock(api, relay):
    stock_of(relay, 7)
    answer = api("seller_a").post(
        "/api/v1/price-checks/", {"currency": "USD", "lines": [{"sku": "RELAY-1", "quantity": 8}]}, format="json"
    )
    assert answer.status_code == 200
    (line,) = answer.json()["lines"]
    assert line["customer_unit_price"] == {"amount": "10.50", "currency": "USD"}
    assert line["customer_amount"] == {"amount": "84.00", "currency": "USD"}
    assert line["partner_unit_net"] == {"amount": "10.50", "currency": "USD"}
    assert line["quantity_break"] == {"from": 1, "to": 10}
    assert line["next_break"]["saving"]["amount"] == "1.50"
    assert line["receipt"]["part"] == "partner"
    assert line["availability"]["available"] == 7
    demand = UnmetDemand.objects.get()
    assert (demand.quantity, demand.missing) == (8, 1)


def test_a_line_that_cannot_be_priced_says_why_and_the_others_answer(api, relay):
    lines = [
        {"sku": "NO-SUCH", "quantity": 1},
        {"sku": "RELAY-1", "quantity": 0},
        {"sku": "RELAY-1", "quantity": 10**12},
        {"sku": "RELAY-1", "quantity": 1},
    ]
    answer = api("seller_a").post("/api/v1/price-checks/", {"currency": "USD", "lines": lines}, format="json").json()
    assert [line["error"] and line["error"]["code"] for line in answer["lines"]] == [
        "unknown_sku",
        "quantity_not_positive",
        "quantity_too_large",
        None,
    ]
    assert all(line["customer_unit_price"] is None for line in answer["lines"][:3])
    assert answer["complete"] is False
    assert answer["customer_total"]["amount"] == "10.50"
    assert answer["incomplete"] == {
        "code": "lines_without_price",
        "detail": "3 lines have no price; the total is that of the others.",
    }


def test_what_has_no_price_does_not_cost_nothing(api, relay):
    body = {"currency": "USD", "lines": [{"sku": "NO-SUCH", "quantity": 1}]}
    answer = api("seller_a").post("/api/v1/price-checks/", body, format="json").json()
    assert (answer["customer_total"], answer["partner_total"], answer["complete"]) == (None, None, False)
    assert answer["incomplete"]["code"] == "no_line_priced"
    whole = (
        api("seller_a")
        .post("/api/v1/price-checks/", {"currency": "USD", "lines": [{"sku": "RELAY-1", "quantity": 1}]}, format="json")
        .json()
    )
    assert (whole["complete"], whole["incomplete"]) == (True, None)


def test_nobody_asks_for_another_partner_nor_learns_of_a_foreign_customer(api, cast, relay):
    foreign = make_customer()
    special_price(foreign, relay, "5")
    ask = {"currency": "USD", "lines": [{"sku": "RELAY-1", "quantity": 1}]}
    for body, pointer in (
        ({"partner": cast.partner_a.code}, "/partner"),
        ({"partner": "NOBODY"}, "/partner"),
        ({"customer": str(foreign.uuid)}, "/customer"),
        ({"customer": str(uuid.uuid4())}, "/customer"),
    ):
        answer = api("seller_b").post("/api/v1/price-checks/", {**ask, **body}, format="json")
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    own, known = (
        api("seller_b").post("/api/v1/price-checks/", {**ask, "customer": str(one)}, format="json").json()
        for one in (foreign.uuid, uuid.uuid4())
    )
    assert own == known
    vendor = api("vendor_manager").post(
        "/api/v1/price-checks/",
        {**ask, "partner": cast.partner_a.code, "customer": str(foreign.uuid)},
        format="json",
    )
    assert vendor.json()["lines"][0]["customer_unit_price"]["amount"] == "5.00"
    assert vendor.json()["lines"][0]["partner_unit_net"]["amount"] == "5.00"


def test_the_vendors_own_number_names_a_customer_for_the_vendor_alone(api, cast, relay):
    customer = make_customer()
    customer.external_id = "ERP-771"
    customer.save()
    relate(partner_id=cast.partner_a.pk, end_customer_id=customer.pk, now=timezone.now())
    ask = {"currency": "USD", "lines": [{"sku": "RELAY-1", "quantity": 1}], "customer": "ERP-771"}
    assert codes(api("seller_a").post("/api/v1/price-checks/", ask, format="json")) == [
        ("/customer", "unknown_customer")
    ]
    assert api("vendor_manager").post("/api/v1/price-checks/", ask, format="json").status_code == 200
    own = {**ask, "customer": str(customer.uuid)}
    assert api("seller_a").post("/api/v1/price-checks/", own, format="json").status_code == 200


def test_prices_of_the_future_are_the_vendors(api, relay):
    ask = {
        "currency": "USD",
        "as_of": (timezone.now() + timedelta(days=30)).isoformat(),
        "lines": [{"sku": "RELAY-1", "quantity": 1}],
    }
    assert codes(api("seller_a").post("/api/v1/price-checks/", ask, format="json")) == [("/as_of", "in_the_future")]
    assert api("pricing_manager").post("/api/v1/price-checks/", ask, format="json").status_code == 200


def test_products_are_searched_and_read_with_an_etag(api, relay, cast):
    make_product(cast.family, "OTHER-2", name="Signal cable", name_zh="信号电缆")
    seller = api("seller_a")
    assert [row["sku"] for row in seller.get("/api/v1/products/?search=elay1").json()["results"]] == ["RELAY-1"]
    assert [row["sku"] for row in seller.get("/api/v1/products/?search=电缆").json()["results"]] == ["OTHER-2"]
    one = seller.get("/api/v1/products/RELAY-1/")
    assert one.json()["family"] == cast.family.code
    assert one["ETag"]
    assert seller.get("/api/v1/products/NO-SUCH/").status_code == 404


def test_products_are_put_all_or_none(api, cast):
    rows = [
        {"sku": "N-1", "name": "One", "family": cast.family.code, "description": "two\nlines"},
        {"sku": "N-2", "name": "Two", "family": cast.family.code},
    ]
    erp = api("pricing_manager")
    assert erp.put("/api/v1/products/", rows, format="json").json() == {"created": 2, "updated": 0, "unchanged": 0}
    assert erp.put("/api/v1/products/", rows, format="json").json() == {"created": 0, "updated": 0, "unchanged": 2}
    wrong = [{"sku": "N-3", "name": "Three", "family": cast.family.code}, {"sku": "=N", "name": "", "family": "nope"}]
    answer = erp.put("/api/v1/products/", wrong, format="json")
    assert answer.status_code == 422
    assert ("/1/sku", "formula") in codes(answer)
    assert ("/1/name", "missing") in codes(answer)
    assert set(Product.objects.values_list("sku", flat=True)) == {"N-1", "N-2"}
    assert api("seller_a").put("/api/v1/products/", rows, format="json").status_code == 403


def test_an_older_count_never_wins_and_each_row_says_what_became_of_it(api, relay):
    level = stock_of(relay, 7)
    rows = [
        {"warehouse": "RTM", "sku": "RELAY-1", "on_hand": 1, "as_of": (level.as_of - timedelta(hours=1)).isoformat()},
        {"warehouse": "XXX", "sku": "RELAY-1", "on_hand": 1},
    ]
    answer = api("pricing_manager").put("/api/v1/stock/", rows, format="json").json()
    assert [row["outcome"] for row in answer["results"]] == ["older", "rejected"]
    assert answer["results"][1]["code"] == "unknown_warehouse"
    level.refresh_from_db()
    assert level.on_hand == 7
    newer = [
        {
            "warehouse": "rtm",
            "sku": "RELAY-1",
            "on_hand": 3,
            "reserved": 1,
            "incoming": [{"quantity": 5, "date": (timezone.now() + timedelta(days=5)).date().isoformat()}],
        }
    ]
    answer = api("pricing_manager").put("/api/v1/stock/", newer, format="json").json()
    assert answer["results"][0]["outcome"] == "updated"
    (row,) = api("seller_a").get("/api/v1/stock/?sku=RELAY-1").json()["results"]
    assert (row["available"], row["incoming"][0]["quantity"]) == (2, 5)
    assert "reserved" not in row
    assert api("seller_a").put("/api/v1/stock/", newer, format="json").status_code == 403


def test_a_version_is_drafted_looked_at_and_published(api, relay):
    price_list = PriceList.objects.get()
    where = f"/api/v1/price-lists/{price_list.code}/versions/"
    manager = api("pricing_manager")
    drafted = manager.post(where, {"prices": [{"sku": "RELAY-1", "unit_price": "11"}]}, format="json")
    assert drafted.status_code == 201
    number = drafted.json()["version"]["version"]
    impact = manager.get(f"{where}{number}/impact/").json()
    assert (impact["up"], impact["new"], impact["gone"]) == (1, 0, 0)
    publish = f"{where}{number}/publish/"
    assert manager.post(publish, {}, format="json").status_code == 428
    assert manager.post(publish, {}, format="json", HTTP_IF_MATCH='"old"').status_code == 412
    assert manager.post(publish, {}, format="json", HTTP_IF_MATCH=drafted["ETag"]).status_code == 200
    again = manager.get(f"{where}{number}/")
    assert manager.post(publish, {}, format="json", HTTP_IF_MATCH=again["ETag"]).status_code == 409
    line = (
        api("seller_a")
        .post(
            "/api/v1/price-checks/", {"currency": "USD", "lines": [{"sku": "RELAY-1", "quantity": 10}]}, format="json"
        )
        .json()["lines"][0]
    )
    assert line["customer_unit_price"]["amount"] == "11.00"
    seen = api("seller_a").get("/api/v1/price-lists/").json()["results"]
    assert [version["version"] for version in seen[0]["versions"]] == [number]
    assert api("seller_a").post(publish, {}, format="json").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_handed_in_file_is_carried_out_in_the_background(api, cast):
    file = io.BytesIO(f"sku,name,family\nB-1,One,{cast.family.code}\nB-2,,{cast.family.code}\n".encode())
    file.name = "products.csv"
    erp = api("pricing_manager")
    handed = erp.post(
        "/api/v1/imports/", {"kind": "products", "file": file, "accept_good_rows": "true"}, format="multipart"
    )
    assert handed.status_code == 202
    assert handed.json()["state"] == "waiting"
    work_off_events()
    done = erp.get(handed["Location"]).json()
    assert (done["state"], done["rows"], done["created"], done["rejected"]) == ("done", 2, 1, 1)
    rejected = b"".join(erp.get(done["rejected_rows"]).streaming_content).decode("utf-8-sig")
    assert "3,name," in rejected
    assert Product.objects.filter(sku="B-1").exists()
    for user in ("seller_a", "admin_a", "editor"):
        assert api(user).get(handed["Location"]).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_rows_may_be_handed_in_as_json_with_the_options_of_the_kind(api, relay):
    price_list = PriceList.objects.get()
    erp = api("pricing_manager")
    body = {"kind": "prices", "rows": [{"sku": "RELAY-1", "unit_price": 12.5}], "options": {"list": "nope"}}
    assert codes(erp.post("/api/v1/imports/", body, format="json")) == [("/options/list", "unknown_list")]
    body["options"] = {"list": price_list.code, "publish_at": "now"}
    key = {"HTTP_IDEMPOTENCY_KEY": "once"}
    first, second = (erp.post("/api/v1/imports/", body, format="json", **key) for _ in range(2))
    assert first.json() == second.json()
    assert ImportRun.objects.unscoped("counting").count() == 1
    work_off_events()
    assert erp.get(first["Location"]).json()["state"] == "done"
    assert Price.objects.filter(validity__contains=timezone.now()).values_list("unit_price", flat=True).get() == 12.5


def test_protected_partners_see_special_prices_in_the_answer(api, cast, relay):
    from concord.partners.actions.customers import relate

    customer = make_customer()
    special_price(customer, relay, "5")
    relate(partner_id=cast.partner_a.pk, end_customer_id=customer.pk, now=timezone.now())
    ask = {"currency": "USD", "customer": str(customer.uuid), "lines": [{"sku": "RELAY-1", "quantity": 1}]}
    price = lambda: api("seller_a").post("/api/v1/price-checks/", ask, format="json").json()["lines"][0]  # noqa: E731
    assert price()["customer_unit_price"]["amount"] == "10.50"
    protect(cast, customer)
    assert price()["customer_unit_price"]["amount"] == "5.00"
