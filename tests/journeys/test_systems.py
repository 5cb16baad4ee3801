"""Another system's day: customers, a registration, its decision, a quote on a price token, the feed of events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.cast import Cast, sku_of

CUSTOMER = "Heidelberger Druckmaschinen AG"
PARTNER = "api_client_partner_a"


def test_1_a_check_stores_nothing_and_a_registration_does(cast: Cast) -> None:
    sku = cast.notes["system_sku"] = sku_of(cast, "RELAYS", above=15)
    asked = {"customer": {"name": CUSTOMER, "country": "DE"}, "families": ["RELAYS"]}
    before = cast.rows("SELECT count(*) FROM deals_deal")
    status, _headers, body = cast.api("POST", "/api/v1/conflict-checks/", asked, client=PARTNER)
    assert status == 200, body
    assert cast.rows("SELECT count(*) FROM deals_deal") == before
    registration = {
        "customer": {"name": CUSTOMER, "country": "DE", "city": "Heidelberg"},
        "lines": [{"sku": sku, "quantity": 60}],
        "owner": cast.stack.sign_ins["seller_a"]["email"],
    }
    keyed = {"Idempotency-Key": "journey-register-1"}
    status, headers, body = cast.api("POST", "/api/v1/deals/", registration, client=PARTNER, **keyed)
    assert status == 201, body
    again, replayed, same = cast.api("POST", "/api/v1/deals/", registration, client=PARTNER, **keyed)
    assert (again, same) == (status, body)
    assert {name.lower(): value for name, value in replayed.items()}["idempotency-replayed"] == "true"
    cast.notes["system_deal"] = body["id"]
    cast.notes["system_tag"] = {name.lower(): value for name, value in headers.items()}["etag"]


def test_2_a_stale_writer_is_told_so(cast: Cast) -> None:
    deal = f"/api/v1/deals/{cast.notes['system_deal']}"
    status, _headers, body = cast.api("POST", f"{deal}/submit/", {}, client=PARTNER)
    assert status == 428, body
    status, _headers, body = cast.api("POST", f"{deal}/submit/", {}, client=PARTNER, **{"If-Match": '"1999"'})
    assert status == 412, body
    tag = {"If-Match": cast.notes["system_tag"]}
    status, _headers, body = cast.api("POST", f"{deal}/submit/", {}, client=PARTNER, **tag)
    assert status == 200, body
    status, _headers, body = cast.api("POST", f"{deal}/win/", {}, client=PARTNER, **{"If-Match": '"1999"'})
    assert status in {409, 412}, body


def test_3_the_vendors_system_decides_and_the_partner_reads_it_in_the_feed(cast: Cast) -> None:
    deal = f"/api/v1/deals/{cast.notes['system_deal']}"
    _status, headers, _body = cast.api("GET", f"{deal}/")
    tag = {name.lower(): value for name, value in headers.items()}["etag"]
    status, _headers, body = cast.api("POST", f"{deal}/approve/", {}, **{"If-Match": tag})
    assert status == 200, body
    status, _headers, body = cast.api("GET", f"{deal}/protection/", client=PARTNER)
    assert status == 200, body
    after = ""
    for _page in range(20):
        status, _headers, page = cast.api("GET", f"/api/v1/events/?types=deal.approved&wait=20{after}", client=PARTNER)
        assert status == 200, page
        if any(one["subject_id"] == cast.notes["system_deal"] for one in page["results"]):
            return
        if page["results"]:
            after = f"&after={page['results'][-1]['id']}"
    pytest.fail("the decision is not in the partner's feed")


def test_4_a_price_check_becomes_a_quote_at_exactly_its_prices(cast: Cast) -> None:
    sku = cast.notes["system_sku"]
    _status, _headers, deal = cast.api("GET", f"/api/v1/deals/{cast.notes['system_deal']}/", client=PARTNER)
    customer = deal["end_customer"]
    asked = {"customer": customer, "currency": "USD", "lines": [{"sku": sku, "quantity": 60}]}
    status, _headers, checked = cast.api("POST", "/api/v1/price-checks/", asked, client=PARTNER)
    assert status == 200, checked
    wanted = {
        "deal": cast.notes["system_deal"],
        "price_token": checked["token"],
        "valid_until": (datetime.now(UTC) + timedelta(days=20)).date().isoformat(),
        "issue": True,
    }
    keyed = {"Idempotency-Key": "journey-quote-1"}
    status, _headers, quote = cast.api("POST", "/api/v1/quotes/", wanted, client=PARTNER, **keyed)
    assert status == 201, quote
    assert quote["status"] == "issued"
    assert quote["lines"][0]["customer_unit_price"] == checked["lines"][0]["customer_unit_price"]
    status, _headers, said = cast.api("GET", f"/api/v1/quote-checks/{quote['check_code']}/")
    assert status == 200
    assert said["verdict"] == "in_force"
    rival = cast.api("GET", f"/api/v1/deals/{cast.notes['system_deal']}/brief/", client=PARTNER)
    assert rival[0] == 200, rival[2]
