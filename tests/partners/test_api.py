"""Customers and partners through the API: scoped, paged, searched, with a version tag."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from concord.partners.actions.api_clients import create_api_client
from concord.partners.actions.customers import relate
from concord.partners.actions.programme import save_customer
from concord.partners.enums import NameKind
from concord.partners.models import Partner
from concord.portal.actor import portal_actor
from concord.portal.api import scopes, tokens
from concord.portal.enums import Role
from concord.portal.limits import Limit
from tests.factories import make_customer

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def caller(partner: Partner | None = None, wanted: frozenset[str] | None = None):
    role = Role.PARTNER_SYSTEM if partner else Role.VENDOR_SYSTEM
    client, secret = create_api_client(
        actor=portal_actor(), name=str(uuid.uuid4()), partner=partner, scopes=wanted or scopes.OF_ROLE[role]
    )
    answer = Client().post(
        "/api/oauth/token", {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": secret}
    )
    bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}

    def get(path: str, **query: object):
        return Client().get(f"/api/v1{path}", query, headers=bearer)

    return get


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["legal_name"] for row in answer.json()["results"]]


def test_the_vendor_reads_all_customers_page_by_page(cast):
    for name in ("Cirrus AG", "Altus AG", "Borealis AG"):
        make_customer(name)
    get = caller()
    first = get("/customers/", limit=2)
    assert names(first) == ["Altus AG", "Borealis AG"]
    following = first.json()["next"]
    assert names(get(following.split("/api/v1")[1])) == ["Cirrus AG"]


def test_customers_are_found_in_any_spelling(cast):
    make_customer("Brückner Maschinenbau GmbH")
    make_customer("华为技术有限公司", country="CN")
    make_customer("Nordwind Pumpen AG", registration_number="HRB 4711")
    get = caller()
    assert names(get("/customers/", search="brueckner")) == ["Brückner Maschinenbau GmbH"]
    assert names(get("/customers/", search="华为")) == ["华为技术有限公司"]
    assert names(get("/customers/", search="4711")) == ["Nordwind Pumpen AG"]
    assert names(get("/customers/", country="cn")) == ["华为技术有限公司"]
    assert names(get("/customers/", search="nothing like it")) == []


def test_a_partner_reads_those_it_has_to_do_with_and_learns_of_no_other(cast):
    own, other = make_customer("Own Customer AG"), make_customer("Rival Customer AG")
    relate(partner_id=cast.partner_a.pk, end_customer_id=own.pk, now=NOW)
    relate(partner_id=cast.partner_b.pk, end_customer_id=other.pk, now=NOW)
    get = caller(cast.partner_a)
    assert names(get("/customers/")) == ["Own Customer AG"]
    assert names(get("/customers/", search="Customer")) == ["Own Customer AG"]
    mine = get(f"/customers/{own.uuid}/")
    assert mine.status_code == 200
    assert {"names", "external_id"}.isdisjoint(mine.json())
    foreign, absent = get(f"/customers/{other.uuid}/"), get(f"/customers/{uuid.uuid4()}/")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert {**foreign.json(), "instance": ""} == {**absent.json(), "instance": ""}
    assert caller()(f"/customers/{other.uuid}/").json()["legal_name"] == "Rival Customer AG"


def test_the_tag_changes_with_the_record_and_only_then(cast):
    customer = make_customer("Nordwind Pumpen AG")
    get = caller()
    tag = get(f"/customers/{customer.uuid}/")["ETag"]
    assert get(f"/customers/{customer.uuid}/")["ETag"] == tag
    customer.city = "Kiel"
    save_customer(actor=portal_actor(), customer=customer, changed=["city"])
    assert get(f"/customers/{customer.uuid}/")["ETag"] != tag


def test_partners_are_the_vendors_and_each_its_own(cast):
    vendor, own = caller(), caller(cast.partner_a)
    assert [row["code"] for row in vendor("/partners/").json()["results"]] == ["A-100", "B-200"]
    assert [row["code"] for row in own("/partners/").json()["results"]] == ["A-100"]
    record = own("/partners/a-100/").json()
    assert (record["tier"], sorted(record["families"]), record["currency"]) == (
        "gold",
        ["connectors", "sensors"],
        "USD",
    )
    foreign, absent = own("/partners/B-200/"), own("/partners/Z-999/")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert {**foreign.json(), "instance": ""} == {**absent.json(), "instance": ""}
    assert [row["code"] for row in vendor("/partners/", search="bakker").json()["results"]] == ["B-200"]
    assert [row["code"] for row in vendor("/partners/", family="sensors").json()["results"]] == ["A-100"]


def test_a_filter_that_makes_no_sense_is_said(cast):
    answer = caller()("/partners/", status="splendid")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/status"


@pytest.mark.parametrize("path", ["/customers/", "/partners/"])
def test_a_token_without_the_scope_reads_nothing(cast, path):
    get = caller(wanted=frozenset({"prices:read"}))
    assert get(path).status_code == 403
    assert Client().get(f"/api/v1{path}").status_code == 401


def also_known_as(customer, name):
    customer.names.create(name=name, kind=NameKind.ALIAS)
    save_customer(actor=portal_actor(), customer=customer)


@pytest.fixture
def shared(cast):
    """A customer of both partners, of which one knows another name."""
    customer = make_customer("Nordwind Pumpen AG", registration_number="HRB 4711")
    for partner in (cast.partner_a, cast.partner_b):
        relate(partner_id=partner.pk, end_customer_id=customer.pk, now=NOW)
    customer.external_id = "ERP-77"
    also_known_as(customer, "Kuckuck Holding")
    return customer


@pytest.mark.parametrize(
    ("query", "found_by_partner"),
    [
        ({"search": "Nordwind"}, True),
        ({"search": "nordwnd pumpen"}, True),
        ({"search": "hrb 4711"}, True),
        ({"search": "Kuckuck"}, False),
        ({"search": "ERP-77"}, False),
        ({"external_id": "ERP-77"}, False),
    ],
)
def test_a_partner_finds_by_what_it_is_shown_and_the_vendor_by_everything(cast, shared, query, found_by_partner):
    assert names(caller()("/customers/", **query)) == ["Nordwind Pumpen AG"]
    own = caller(cast.partner_b)
    assert bool(names(own("/customers/", **query))) == found_by_partner


def test_the_search_over_everything_knows_no_name_that_others_gave(cast, shared, client):
    for who, found in (("seller_b", False), ("vendor_manager", True)):
        client.force_login(cast.people[who])
        page = client.get("/search/?q=Kuckuck").content.decode()
        assert ("Nordwind Pumpen AG" in page) == found, who


def test_what_others_do_at_a_customer_changes_nothing_that_a_partner_is_told(cast, shared):
    own = caller(cast.partner_b)
    before = own(f"/customers/{shared.uuid}/")
    assert not {"created_at", "updated_at", "names", "external_id"} & set(before.json())
    also_known_as(shared, "Elster Pumps")
    after = own(f"/customers/{shared.uuid}/")
    assert (before.content, before["ETag"]) == (after.content, after["ETag"])
    assert caller()(f"/customers/{shared.uuid}/")["ETag"] != after["ETag"]


@pytest.mark.django_db
def test_an_address_that_asks_for_tokens_without_end_is_made_to_wait(monkeypatch):
    monkeypatch.setattr(tokens, "ASKED", Limit("token", 2, timedelta(minutes=1)))
    client = Client()
    asked = [client.post("/api/oauth/token", {"grant_type": "client_credentials"}) for _again in range(3)]
    assert [one.status_code < 429 for one in asked] == [True, True, False]
    assert (asked[2].status_code, asked[2].json()["error"]) == (429, "temporarily_unavailable")
    assert int(asked[2]["Retry-After"]) > 0
