"""Quotes through the API: what a system is promised, and what a rival's system never gets."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Quote, SpecialPrice
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(shop):
    def client(user=None) -> APIClient:
        one = APIClient()
        one.force_login(user or shop.cast.seller_a)
        return one

    return client


def usd(amount):
    return {"amount": amount, "currency": "USD"}


def body(shop, *lines, **more):
    return {
        "customer": str(shop.customer.uuid),
        "customer_name": "Kunde AG",
        "currency": "USD",
        "valid_until": shop.day(20).isoformat(),
        "lines": [
            {"sku": sku, "quantity": quantity, **({"unit_price": usd(*wanted)} if wanted else {})}
            for sku, quantity, *wanted in lines or [("RELAY-1", 5)]
        ],
        **more,
    }


def post(client, url, data=None, **headers):
    return client.post(url, data or {}, format="json", headers=headers)


def test_a_quote_is_drafted_issued_read_and_accepted(shop, api):
    client = api()
    created = post(client, "/api/v1/quotes/", body(shop, ("RELAY-1", 12), ("SWITCH-2", 2)))
    assert created.status_code == 201, created.content
    quote = created.json()
    assert quote["status"] == "draft"
    assert quote["customer_total"] == {"amount": "116.50", "currency": "USD"}
    assert quote["lines"][0]["customer_unit_price"] == {"amount": "9.00", "currency": "USD"}
    assert quote["lines"][0]["partner_unit_net"]["currency"] == "USD"
    url = created["Location"]
    assert url.endswith(f"/api/v1/quotes/{quote['id']}/")
    issued = post(client, f"{url}issue/", **{"If-Match": created["ETag"]})
    assert issued.status_code == 200, issued.content
    assert issued.json()["status"] == "issued"
    read = client.get(url)
    assert read["ETag"] == issued["ETag"] != created["ETag"]
    stale = post(client, f"{url}accept/", **{"If-Match": created["ETag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed")
    missing = post(client, f"{url}accept/")
    assert (missing.status_code, missing.json()["code"]) == (428, "if_match_missing")
    accepted = post(client, f"{url}accept/", {"note": "by mail"}, **{"If-Match": read["ETag"]})
    assert accepted.json()["status"] == "accepted"
    again = post(client, f"{url}withdraw/", **{"If-Match": accepted["ETag"]})
    assert (again.status_code, again.json()["code"], again.json()["state"]) == (409, "wrong_state", "accepted")


def test_another_price_is_a_conflict_with_ways_out_and_nothing_is_drafted(shop, api):
    shop.issue((shop.relay, 5))
    refused = post(api(shop.cast.seller_b), "/api/v1/quotes/", body(shop, ("RELAY-1", 5, "9.10"), issue=True))
    assert refused.status_code == 409
    assert refused["Content-Type"] == "application/problem+json"
    problem = refused.json()
    assert problem["code"] == "price_conflict"
    assert problem["conflicts"] == [
        {
            "sku": "RELAY-1",
            "quantity_break": {"from": 1, "to": 10},
            "requested": {"amount": "9.10", "currency": "USD"},
            "ways_out": ["take_promised_price", "ask_special_price", "register_deal"],
        }
    ]
    assert Quote.objects.unscoped("test").filter(partner=shop.cast.partner_b).count() == 0


def test_the_same_price_is_issued_at_once(shop, api):
    shop.issue((shop.relay, 5))
    done = post(api(shop.cast.seller_b), "/api/v1/quotes/", body(shop, ("RELAY-1", 5), issue=True))
    assert (done.status_code, done.json()["status"]) == (201, "issued")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"lines": [{"sku": "NOPE", "quantity": 1}]}, "/lines/0/sku"),
        ({"lines": [{"sku": "RELAY-1", "quantity": 0}]}, "/lines/0/quantity"),
        ({"lines": [{"sku": "RELAY-1", "quantity": 10**12}]}, "/lines/0/quantity"),
        ({"lines": []}, "/lines"),
        ({"currency": "XXQ"}, "/currency"),
        ({"valid_until": "2020-01-01"}, "/valid_until"),
        ({"colour": "red"}, "/colour"),
        ({"valid_until": "soon"}, "/valid_until"),
    ],
)
def test_bad_input_is_422_with_a_pointer_and_stores_nothing(shop, api, change, pointer):
    answer = post(api(), "/api/v1/quotes/", {**body(shop), **change})
    assert answer.status_code == 422, answer.content
    assert next(error["pointer"] for error in answer.json()["errors"]).startswith(pointer)
    assert not Quote.objects.unscoped("test").exists()


def test_foreign_customers_and_quotes_are_not_there(shop, api):
    stranger_customer = make_customer("Unknown")
    foreign = post(api(), "/api/v1/quotes/", body(shop, customer=str(stranger_customer.uuid)))
    absent = post(api(), "/api/v1/quotes/", body(shop, customer=str(uuid4())))
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json() == absent.json()
    quote = shop.issue()
    rival = api(shop.cast.seller_b)
    assert rival.get("/api/v1/quotes/").json()["results"] == []
    for path in ("", "pdf/"):
        assert rival.get(f"/api/v1/quotes/{quote.uuid}/{path}").status_code == 404
    for name in ("issue", "revise", "accept", "decline", "withdraw", "reprice"):
        answer = post(rival, f"/api/v1/quotes/{quote.uuid}/{name}/", **{"If-Match": "*"})
        assert answer.status_code == 404, name
    assert APIClient().get(f"/api/v1/quotes/{quote.uuid}/").status_code == 401
    quote.refresh_from_db()
    assert quote.status == QuoteStatus.ISSUED


def test_the_vendor_quotes_for_a_partner_by_its_code(shop, api):
    answer = post(api(shop.cast.pricing_manager), "/api/v1/quotes/", body(shop, partner="B-200"))
    assert (answer.status_code, answer.json()["partner"]) == (201, "B-200")
    assert post(api(), "/api/v1/quotes/", body(shop, partner="B-200")).status_code == 404


def test_lists_are_filtered_and_cost_the_same_for_one_and_for_three(shop, api):
    client = api()

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/api/v1/quotes/")
        return sum('FROM "pricing_' in one["sql"] for one in captured)

    shop.issue((shop.relay, 1))
    assert statements() == 2
    shop.issue((shop.switch, 1))
    shop.quote((shop.sensor, 1))
    assert statements() == 2
    assert len(client.get("/api/v1/quotes/?status=issued").json()["results"]) == 2
    assert len(client.get("/api/v1/quotes/?search=sensor").json()["results"]) == 1
    assert client.get("/api/v1/quotes/?status=nope").status_code == 422


def test_a_retry_with_the_same_key_gives_the_first_answer(shop, api):
    client = api()
    first = post(client, "/api/v1/quotes/", body(shop), **{"Idempotency-Key": "k1"})
    again = post(client, "/api/v1/quotes/", body(shop), **{"Idempotency-Key": "k1"})
    other = post(client, "/api/v1/quotes/", body(shop, ("SWITCH-2", 1)), **{"Idempotency-Key": "k1"})
    assert again.content == first.content
    assert again["Idempotency-Replayed"] == "true"
    assert (other.status_code, Quote.objects.unscoped("test").count()) == (422, 1)


def test_a_special_price_is_asked_for_approved_and_holds_through_every_partner(shop, api):
    asked = post(
        api(),
        "/api/v1/special-prices/",
        {
            "customer": str(shop.customer.uuid),
            "sku": "RELAY-1",
            "unit_price": usd("8.10"),
            "quantity": 5,
            "valid_until": shop.day(40).isoformat(),
            "reason": "Large project",
            "competitor": "Other Ltd",
        },
    )
    assert asked.status_code == 201, asked.content
    assert asked.json()["valid_until"] == shop.day(40).isoformat(), "the day that was asked for, and the whole of it"
    assert asked.json()["ends_at"] > asked.json()["valid_until"]
    url = f"/api/v1/special-prices/{asked.json()['id']}/"
    assert post(api(), f"{url}approve/").status_code == 403
    read = api().get(url)
    assert api(shop.cast.seller_b).get(url).status_code == 404
    assert post(api(shop.cast.pricing_manager), f"{url}approve/").status_code == 428
    assert post(api(shop.cast.pricing_manager), f"{url}approve/", **{"If-Match": '"stale"'}).status_code == 412
    assert api(shop.cast.seller_b).get("/api/v1/special-prices/").json()["results"] == []
    approved = post(api(shop.cast.pricing_manager), f"{url}approve/", **{"If-Match": read["ETag"]})
    assert approved.json()["status"] == "approved", approved.content
    assert (
        post(api(shop.cast.pricing_manager), f"{url}reject/", {"note": "late"}, **{"If-Match": "*"}).status_code == 409
    )
    # The customer's price is now 8.10 for everybody; B, without a relation, may not undercut nor exceed it unseen.
    refused = post(api(shop.cast.seller_b), "/api/v1/quotes/", body(shop, ("RELAY-1", 5), issue=True))
    assert refused.status_code == 409
    assert "8.1" not in refused.content.decode()


def test_a_special_price_is_never_approved_by_its_author(shop, api):
    manager = api(shop.cast.pricing_manager)
    request = {
        "customer": str(shop.customer.uuid),
        "partner": "A-100",
        "sku": "RELAY-1",
        "quantity": 1,
        "valid_until": shop.day(9).isoformat(),
        "reason": "x",
        "unit_price": usd("8.00"),
    }
    own = post(manager, "/api/v1/special-prices/", request).json()
    others = post(api(shop.cast.vendor_manager), "/api/v1/special-prices/", request).json()
    refused = post(manager, f"/api/v1/special-prices/{own['id']}/approve/", **{"If-Match": "*"})
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
    assert post(manager, f"/api/v1/special-prices/{others['id']}/approve/", **{"If-Match": "*"}).status_code == 200
    assert SpecialPrice.objects.get(uuid=own["id"]).status == "requested"


def test_the_public_check_needs_no_sign_in_and_tells_no_lines(shop):
    quote = shop.issue((shop.relay, 5))
    answer = APIClient().get(f"/api/v1/quote-checks/{quote.check_code.lower()}/")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["verdict"], told["binds"], told["number"]) == ("in_force", True, quote.number)
    assert "RELAY" not in json.dumps(told)
    assert "Aldermann" not in json.dumps(told)
    unknown = APIClient().get("/api/v1/quote-checks/0000-0000-0000-0000-0000-0000-0000/")
    assert (unknown.status_code, unknown.json()["verdict"], unknown.json()["number"]) == (200, "unknown", "")
    assert [check.verdict for check in quote.checks.all()] == ["in_force"]
    assert quote.checks.get().at <= datetime.now(UTC)
