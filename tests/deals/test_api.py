"""Deals through the API: what other systems are promised."""

from __future__ import annotations

import base64
import json
import uuid
from itertools import pairwise

import pytest

from concord.deals.models import Deal
from concord.partners.actions.api_clients import create_api_client
from concord.portal.actor import portal_actor
from tests.deals import making
from tests.factories import make_product

DEALS = "/api/v1/deals/"


class Caller:
    """A system or person that speaks JSON."""

    def __init__(self, client, token=""):
        self.client = client
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    def get(self, url, **params):
        return self.client.get(url, params, headers=self.headers)

    def send(self, method, url, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method, url, json.dumps(body or {}), content_type="application/json", headers={**self.headers, **named}
        )

    def post(self, url, body=None, **headers):
        return self.send("POST", url, body, **headers)

    def do(self, deal, deed, body=None, **headers):
        tag = self.get(f"{DEALS}{deal}/")["ETag"]
        return self.post(f"{DEALS}{deal}/{deed}/", body, if_match=tag, **headers)


@pytest.fixture
def person(client):
    def sign_in(user):
        client.force_login(user)
        return Caller(client)

    return sign_in


@pytest.fixture
def system(client):
    def connect(partner=None, scopes=("deals:read", "deals:write", "history:read")):
        api_client, secret = create_api_client(actor=portal_actor(), name="ERP", partner=partner, scopes=list(scopes))
        basic = base64.b64encode(f"{api_client.client_id}:{secret}".encode()).decode()
        answer = client.post(
            "/api/oauth/token", {"grant_type": "client_credentials"}, headers={"authorization": f"Basic {basic}"}
        )
        return Caller(client, answer.json()["access_token"])

    return connect


def body(*products, name="Nordwind Antriebe GmbH", **more):
    return {
        "customer": {"name": name, "country": "DE", "city": "Hamburg"},
        "currency": "USD",
        "lines": [{"sku": product.sku, "quantity": 5} for product in products],
        **more,
    }


def all_deals():
    return Deal.objects.unscoped("the test counts")


def test_create_submit_decide_and_read_the_history(cast, person):
    product = make_product(cast.family)
    seller = person(cast.seller_a)
    created = seller.post(DEALS, body(product, contact={"name": "Ada"}))
    assert created.status_code == 201
    deal = created.json()
    assert created["Location"].endswith(f"{DEALS}{deal['id']}/")
    assert (deal["review_status"], deal["allowed_actions"]) == ("draft", ["edit", "submit", "withdraw", "stage"])
    assert deal["lines"] == [{"sku": product.sku, "quantity": 5, "family": "connectors"}]
    assert seller.do(deal["id"], "submit").json()["review_status"] == "submitted"
    manager = person(cast.vendor_manager)
    approved = manager.do(deal["id"], "approve").json()
    assert approved["review_status"] == "approved"
    assert [one["family"] for one in approved["protections"]] == ["connectors"]
    internal = manager.get(f"{DEALS}{deal['id']}/history/").json()["results"]
    own = person(cast.seller_a).get(f"{DEALS}{deal['id']}/history/").json()["results"]
    assert [fact["verb"] for fact in internal] == [
        "deal.created",
        "deal.submitted",
        "deal.twins_found",
        "benefit.granted",
        "deal.approved",
    ]
    assert [fact["verb"] for fact in own] == [fact["verb"] for fact in internal if fact["visibility"] == "partner"]
    assert all(fact["verified"] for fact in own)
    for before, fact in pairwise(internal):
        assert fact["previous_hash"] == before["hash"]


def test_the_history_comes_in_pages_oldest_first(cast, person):
    deal = making.approved(cast)
    manager = person(cast.vendor_manager)
    verbs, url = [], f"{DEALS}{deal.uuid}/history/?limit=2"
    while url:
        page = manager.client.get(url).json()
        verbs += [fact["verb"] for fact in page["results"]]
        url = page["next"]
    assert verbs == ["deal.created", "deal.submitted", "deal.twins_found", "benefit.granted", "deal.approved"]


def test_a_partners_system_sees_its_partner_alone(cast, system):
    mine = making.submitted(cast)
    making.submitted(cast, cast.seller_b, "Another Customer B.V.")
    caller = system(cast.partner_a)
    listed = caller.get(DEALS).json()["results"]
    assert [deal["id"] for deal in listed] == [str(mine.uuid)]
    assert listed[0]["end_customer"] is None


@pytest.mark.parametrize("path", ["", "history/"])
def test_a_rivals_deal_and_none_at_all_answer_alike(cast, person, path):
    deal = making.submitted(cast)
    rival = person(cast.seller_b)
    foreign = rival.get(f"{DEALS}{deal.uuid}/{path}")
    absent = rival.get(f"{DEALS}{uuid.uuid4()}/{path}")
    assert foreign.status_code == absent.status_code == 404
    first, second = foreign.json(), absent.json()
    first.pop("instance")
    second.pop("instance")
    assert first == second


@pytest.mark.parametrize("deed", ["submit", "approve", "reject", "return", "duplicate", "withdraw", "win", "lose"])
def test_no_deed_reaches_a_rivals_deal(cast, person, deed):
    deal = making.submitted(cast)
    rival = person(cast.seller_b)
    answer = rival.post(f"{DEALS}{deal.uuid}/{deed}/", {}, if_match="*")
    assert answer.status_code in {403, 404, 422}
    assert "Nordwind" not in answer.content.decode()
    version = deal.updated_at
    deal.refresh_from_db()
    assert deal.updated_at == version


def test_without_the_scope_nothing_is_decided(cast, system):
    deal = making.submitted(cast)
    caller = system(None, scopes=["deals:read"])
    answer = caller.do(str(deal.uuid), "approve")
    assert answer.status_code == 403


def test_a_stale_or_missing_version_is_refused(cast, person):
    deal = making.submitted(cast)
    manager = person(cast.vendor_manager)
    url = f"{DEALS}{deal.uuid}/reject/"
    assert manager.post(url, {"reason": "no_opportunity"}).status_code == 428
    stale = manager.get(f"{DEALS}{deal.uuid}/")["ETag"]
    deal.save()
    assert manager.post(url, {"reason": "no_opportunity"}, if_match=stale).status_code == 412
    deal.refresh_from_db()
    assert deal.review_status == "submitted"


def test_a_wrong_state_names_the_allowed_ones(cast, person):
    deal = making.approved(cast)
    answer = person(cast.vendor_manager).do(str(deal.uuid), "reject", {"reason": "no_opportunity"})
    assert answer.status_code == 409
    problem = answer.json()
    assert (problem["code"], problem["state"], problem["allowed"]) == ("wrong_state", "approved", ["submitted"])
    assert answer["Content-Type"] == "application/problem+json"


def test_bad_input_names_the_member_and_changes_nothing(cast, person):
    product = make_product(cast.family)
    seller = person(cast.seller_a)
    wrong = body(product)
    wrong["customer"]["country"] = "Germany"
    wrong["lines"] += [{"sku": "NO-SUCH", "quantity": 1}, {"sku": product.sku, "quantity": 10**12}]
    wrong["surprise"] = True
    answer = seller.post(DEALS, wrong)
    assert answer.status_code == 422
    assert "/surprise" in {one["pointer"] for one in answer.json()["errors"]}
    wrong.pop("surprise")
    wrong["customer"]["country"] = "DE"
    answer = seller.post(DEALS, wrong)
    assert {(one["pointer"], one["code"]) for one in answer.json()["errors"]} == {
        ("/lines/1/sku", "unknown_sku"),
        ("/lines/2/sku", "twice"),
        ("/lines/2/quantity", "quantity"),
    }
    assert not all_deals().exists()


@pytest.mark.parametrize("quantity", [0, -1, 10**12])
def test_impossible_quantities_are_named(cast, person, quantity):
    product = make_product(cast.family)
    given = body(product)
    given["lines"][0]["quantity"] = quantity
    answer = person(cast.seller_a).post(DEALS, given)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/lines/0/quantity"]


def test_submitting_while_creating_is_all_or_nothing(cast, person):
    seller = person(cast.seller_a)
    refused = seller.post(DEALS, body(submit=True))
    assert refused.status_code == 422
    assert not all_deals().exists()
    done = seller.post(DEALS, body(make_product(cast.family), submit=True))
    assert done.json()["review_status"] == "submitted"


def test_a_retry_with_the_same_key_writes_once(cast, person):
    seller = person(cast.seller_a)
    given = body(make_product(cast.family), submit=True)
    key = str(uuid.uuid4())
    first, second = (seller.post(DEALS, given, idempotency_key=key) for _ in range(2))
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert all_deals().count() == 1
    assert seller.post(DEALS, body(make_product(cast.family)), idempotency_key=key).status_code == 422


def test_changing_a_draft_needs_the_version_that_was_read(cast, person):
    deal = making.draft(cast)
    seller = person(cast.seller_a)
    url = f"{DEALS}{deal.uuid}/"
    tag = seller.get(url)["ETag"]
    answer = seller.send("PATCH", url, {"customer": {"city": "Kiel"}}, if_match=tag)
    assert answer.status_code == 200
    assert answer.json()["customer"]["city"] == "Kiel"
    assert answer.json()["customer"]["name"] == "Nordwind Antriebe GmbH"
    assert seller.send("PATCH", url, {"title": "x"}, if_match=tag).status_code == 412


def test_the_vendors_system_registers_for_a_partner_and_hands_in_at_once(cast, system):
    caller = system(None, scopes=["deals:read", "deals:write"])
    given = body(make_product(cast.family), partner_code="A-100", owner=cast.seller_a.email)
    answer = caller.post(DEALS, given)
    assert answer.status_code == 201
    assert (answer.json()["review_status"], answer.json()["owner"]) == ("submitted", cast.seller_a.email)
    assert caller.post(DEALS, {**given, "partner_code": "B-200"}).status_code == 422


def test_the_check_answers_partners_with_verdict_and_month_alone(cast, person, system):
    deal = making.approved(cast)
    given = {"customer": {"name": "Nordwind Antriebe G.m.b.H.", "country": "DE", "city": "Hamburg"}}
    rival = person(cast.seller_b).post("/api/v1/conflict-checks/", given).json()
    held = deal.protections.get()
    assert set(rival) == {"verdict", "protected_until_month", "yours", "rules"}
    assert rival["rules"] == []  # no rule stands against the rival itself
    assert (rival["verdict"], rival["yours"]) == ("protected", False)
    assert rival["protected_until_month"] == held.period.upper.strftime("%Y-%m")
    manager = system(None, scopes=["deals:read"]).post("/api/v1/conflict-checks/", given).json()
    assert manager["holders"][0]["partner_code"] == "A-100"
    assert manager["matches"][0]["score"] >= 0.9
    free = person(cast.seller_b).post(
        "/api/v1/conflict-checks/", {"customer": {"name": "Unheard Of Ltd", "country": "GB"}, "families": ["sensors"]}
    )
    assert set(free.json()) == set(rival)
    unknown = person(cast.seller_b).post(
        "/api/v1/conflict-checks/", {"customer": {"name": "Unheard Of Ltd", "country": "GB"}, "families": ["nothing"]}
    )
    assert unknown.json()["errors"][0]["pointer"] == "/families/0"


def test_a_duplicate_told_through_the_api(cast, person):
    making.approved(cast)
    second = making.submitted(cast, cast.seller_b, "Nordwind Antriebe G.m.b.H.")
    answer = person(cast.vendor_manager).do(str(second.uuid), "duplicate", {"reason": "already_protected"})
    assert answer.status_code == 200
    told = person(cast.seller_b).get(f"{DEALS}{second.uuid}/")
    decision = told.json()["decision"]
    assert set(decision) == {"reason", "note", "at", "protected_until_month", "appeal_until"}
    assert decision["reason"] == "already_protected"
    assert told.json()["end_customer"] is None
    for secret in (cast.partner_a.name, "A-100", cast.seller_a.email):
        assert secret not in told.content.decode()


def test_a_reason_that_is_not_on_offer_is_answered_with_those_that_are(cast, person):
    deal = making.approved(cast)
    api = person(cast.seller_a)
    refused = api.do(deal.uuid, "lose", {"reason": "bad_weather"})
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/reason", "unknown_reason")
    named = error["detail"].rstrip(".").rpartition(":")[2].split(",")
    assert {"price", "competitor"} <= {code.strip() for code in named}
