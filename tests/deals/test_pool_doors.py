"""The pool through pages and API: what sellers and systems see, and what does not leave the portal before a claim."""

from __future__ import annotations

import io
import uuid
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from concord.deals.actions.leads_claiming import claim_lead
from concord.deals.actions.leads_timers import run_pool
from concord.deals.models import Deal, Lead
from concord.portal.actor import portal_actor
from tests.deals import leads_making as leads
from tests.deals.making import now
from tests.deals.test_api import person, system  # noqa: F401 - fixtures

LEADS = "/api/v1/leads/"


@pytest.fixture
def seller(cast, client):
    client.force_login(cast.seller_a)
    return client


def all_leads():
    return Lead.objects.unscoped("the test looks")


def without_secrets(text):
    return not [secret for secret in leads.SECRETS.values() if secret in text]


# --- pages


def test_an_empty_pool_says_what_to_do_first(seller):
    page = seller.get(reverse("pool:list")).content.decode()
    assert "The pool is empty" in page
    assert reverse("deals:create") in page
    assert reverse("pool:list") in seller.get(reverse("pool:mine")).content.decode()


def test_no_page_file_or_search_names_the_customer_before_the_claim(cast, seller):
    lead = leads.free(**leads.SECRETS)
    lead_url = reverse("pool:lead", args=[lead.uuid])
    for path in (reverse("pool:list"), lead_url, reverse("cms:home"), reverse("pool:mine")):
        answer = seller.get(path)
        assert answer.status_code == 200
        assert without_secrets(answer.content.decode()), path
    assert "Retrofit of a packing line" in seller.get(reverse("pool:list")).content.decode()
    csv = seller.get(reverse("pool:list"), {"_export": "csv"}).content.decode()
    assert "Bremen" in csv
    assert without_secrets(csv)
    book = zipfile.ZipFile(io.BytesIO(seller.get(reverse("pool:list"), {"_export": "xlsx"}).content))
    assert without_secrets("".join(book.read(name).decode() for name in book.namelist()))
    for text in ("Wintergarten", "Kuehnle", "ottilie@"):
        for path in (reverse("pool:list"), reverse("cms:search")):
            found = seller.get(path, {"q": text}).content.decode()
            assert str(lead.uuid) not in found, (path, text)
    seller.post(reverse("pool:do", args=[lead.uuid, "claim"]))
    page = seller.get(lead_url).content.decode()
    shown = {name for name, secret in leads.SECRETS.items() if secret in page}
    assert shown == set(leads.SECRETS) - {"external_id"}
    assert leads.SECRETS["customer_name"] in seller.get(reverse("cms:search"), {"q": "Wintergarten"}).content.decode()


def test_from_the_claim_to_the_registration(cast, seller):
    lead = leads.free()
    url = reverse("pool:lead", args=[lead.uuid])
    assert seller.post(reverse("pool:do", args=[lead.uuid, "claim"]))["Location"] == url
    assert lead.customer_name in seller.get(reverse("cms:home")).content.decode()
    assert seller.post(reverse("pool:contact", args=[lead.uuid]), {"text": " "}).status_code == 422
    seller.post(reverse("pool:contact", args=[lead.uuid]), {"text": "They wait for a sample."})
    page = seller.get(url)
    assert "They wait for a sample." in page.content.decode()
    version = page.context["version"]
    answer = seller.post(reverse("pool:do", args=[lead.uuid, "convert"]), {"version": version})
    deal = Deal.objects.unscoped("the test looks").get()
    assert answer["Location"] == reverse("deals:edit", args=[deal.uuid])
    assert lead.customer_name in seller.get(answer["Location"]).content.decode()
    assert leads.reload(lead).deal_id == deal.pk


def test_a_stale_page_and_a_lost_race_are_told_and_change_nothing(cast, seller):
    lead = leads.claimed(cast)
    seller.post(reverse("pool:do", args=[lead.uuid, "release"]), {"version": "yesterday", "release-reason": "other"})
    assert leads.reload(lead).state == "claimed"
    taken = leads.claimed(cast, cast.seller_b)
    answer = seller.post(reverse("pool:do", args=[taken.uuid, "claim"]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("pool:list")
    assert "Somebody may have been faster" in answer.content.decode()
    assert leads.reload(taken).partner_id == cast.partner_b.pk


def test_an_offer_is_accepted_or_declined_with_a_reason(cast, seller):
    first, second = leads.new(), leads.new()
    run_pool(actor=portal_actor(), now=now())
    assert {leads.reload(one).partner_id for one in (first, second)} == {cast.partner_a.pk}
    for lead, deed in ((first, "accept"), (second, "decline")):
        version = seller.get(reverse("pool:lead", args=[lead.uuid])).context["version"]
        seller.post(reverse("pool:do", args=[lead.uuid, deed]), {"version": version, "decline-reason": "no_capacity"})
    assert (leads.reload(first).state, leads.reload(second).partner_id) == ("claimed", cast.partner_b.pk)
    assert second.offers.get(answer="declined").decline_reason == "no_capacity"


@pytest.mark.parametrize("name", ["pool:list", "pool:mine"])
def test_lists_ask_a_constant_number_of_questions(cast, seller, name):
    def questions():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert seller.get(reverse(name)).status_code == 200
        return len(asked)

    make = leads.free if name == "pool:list" else lambda: leads.claimed(cast)
    make()
    seller.get(reverse(name))
    one = questions()
    make()
    make()
    assert questions() == one


def test_filters_stay_in_the_address_and_narrow_the_list(cast, seller):
    here = leads.free(customer_city="Kiel")
    there = leads.free(customer_country="FR", customer_city="Lyon", families=["sensors"], size="large")
    for query, found, missing in (
        ({"country": "FR"}, there, here),
        ({"size": "large"}, there, here),
        ({"family": cast.other_family.code}, there, here),
        ({"q": "kiel"}, here, there),
    ):
        page = seller.get(reverse("pool:list"), query).content.decode()
        assert str(found.uuid) in page, query
        assert str(missing.uuid) not in page, query


# --- API


def test_a_system_of_the_vendor_tells_leads_once_and_partners_tell_none(cast, system):  # noqa: F811
    vendor = system()
    body = {
        "external_id": "CRM-1",
        "customer": {"name": "Suedstern Pumpen AG", "country": "DE", "city": "Kiel"},
        "contact": {"name": "Ada", "email": "ada@suedstern.example", "phone": "+49 431 1"},
        "families": ["connectors"],
        "summary": "New pumps",
    }
    leads.source("api")
    created = vendor.post(LEADS, body, idempotency_key="a")
    assert created.status_code == 201
    assert created["Location"].endswith(f"{LEADS}{created.json()['id']}/")
    assert vendor.post(LEADS, body, idempotency_key="a")["Idempotency-Replayed"] == "true"
    assert vendor.post(LEADS, body).json()["id"] == created.json()["id"]
    assert all_leads().count() == 1
    assert vendor.post(LEADS, {**body, "source": "nowhere"}).json()["errors"][0]["pointer"] == "/source"
    wrong = vendor.post(LEADS, {**body, "customer": {"name": "", "country": "ZZ"}, "colour": 1})
    assert wrong.status_code == 422
    assert system(cast.partner_a).post(LEADS, body).status_code == 403
    assert all_leads().count() == 1


def test_claim_contact_convert_and_release_through_the_api(cast, person):  # noqa: F811
    lead, other = leads.free(**leads.SECRETS), leads.free()
    caller = person(cast.seller_a)
    before = caller.get(f"{LEADS}{lead.uuid}/")
    assert before.json()["customer"] == {
        "country": "DE",
        "city": "Bremen",
        "name": None,
        "registration_number": None,
        "website": None,
    }
    assert without_secrets(before.content.decode())
    assert without_secrets(caller.get(LEADS).content.decode())
    claim = f"{LEADS}{lead.uuid}/claim/"
    assert caller.post(claim).status_code == 428
    assert caller.post(claim, if_match='"old"').status_code == 412
    claimed = caller.post(claim, if_match=before["ETag"], idempotency_key="k")
    assert (claimed.status_code, claimed.json()["customer"]["name"]) == (200, leads.SECRETS["customer_name"])
    assert claimed.json()["contact"]["phone"] == leads.SECRETS["contact_phone"]
    assert claimed.json()["allowed_actions"] == ["release", "follow_up", "convert"]
    assert caller.post(claim, if_match=before["ETag"], idempotency_key="k").json() == claimed.json()
    again = caller.post(claim, if_match=claimed["ETag"])
    assert (again.status_code, again.json()["code"], again.json()["allowed"]) == (409, "wrong_state", ["pool"])
    noted = caller.post(f"{LEADS}{lead.uuid}/contacts/", {"text": "Called."}, if_match=claimed["ETag"])
    assert noted.json()["contacted_at"] is not None
    converted = caller.post(f"{LEADS}{lead.uuid}/convert/", if_match=noted["ETag"])
    assert converted.json()["deal"] == str(Deal.objects.unscoped("the test looks").get().uuid)
    tag = caller.get(f"{LEADS}{other.uuid}/")["ETag"]
    tag = caller.post(f"{LEADS}{other.uuid}/claim/", if_match=tag)["ETag"]
    released = caller.post(f"{LEADS}{other.uuid}/release/", {"reason": "no_need"}, if_match=tag)
    assert (released.status_code, released.json()["state"], released.json()["customer"]["name"]) == (200, "pool", None)


def test_a_lost_race_is_a_conflict_that_names_nobody(cast, person):  # noqa: F811
    lead = leads.free()
    rival = person(cast.seller_b)
    tag = rival.get(f"{LEADS}{lead.uuid}/")["ETag"]
    claim_lead(actor=cast.actor(cast.seller_a), lead_uuid=lead.uuid, now=now())
    lost = rival.post(f"{LEADS}{lead.uuid}/claim/", if_match=tag)
    none = rival.post(f"{LEADS}{uuid.uuid4()}/claim/", if_match=tag)
    assert (lost.status_code, lost.json()["code"]) == (409, "not_free")
    first, second = lost.json(), none.json()
    first.pop("instance")
    second.pop("instance")
    assert first == second
    assert rival.get(f"{LEADS}{lead.uuid}/").status_code == 404


def test_accept_and_decline_through_the_api(cast, person):  # noqa: F811
    first, second = leads.new(), leads.new()
    run_pool(actor=portal_actor(), now=now())
    caller = person(cast.admin_a)
    listed = caller.get(LEADS, state="offered").json()["results"]
    assert {one["id"] for one in listed} == {str(first.uuid), str(second.uuid)}
    tag = caller.get(f"{LEADS}{first.uuid}/")["ETag"]
    accepted = caller.post(f"{LEADS}{first.uuid}/accept/", {"owner": cast.seller_a2.email}, if_match=tag)
    assert accepted.json()["owner"] == cast.seller_a2.email
    tag = caller.get(f"{LEADS}{second.uuid}/")["ETag"]
    assert caller.post(f"{LEADS}{second.uuid}/decline/", {"reason": "?"}, if_match=tag).status_code == 422
    assert caller.post(f"{LEADS}{second.uuid}/decline/", {"reason": "not_ours"}, if_match=tag).status_code == 204
    assert caller.get(f"{LEADS}{second.uuid}/").status_code == 404
    assert person(cast.seller_b).get(f"{LEADS}{second.uuid}/").json()["state"] == "offered"


def test_lists_are_filtered_and_come_in_pages(cast, person):  # noqa: F811
    for city in ("Kiel", "Bonn", "Kiel"):
        leads.free(customer_city=city)
    caller = person(cast.seller_a)
    assert len(caller.get(LEADS, search="kiel").json()["results"]) == 2
    assert caller.get(LEADS, state="nothing").status_code == 422
    page = caller.get(LEADS, limit=2).json()
    assert (len(page["results"]), page["previous"]) == (2, None)
    assert len(caller.client.get(page["next"]).json()["results"]) == 1
    assert not caller.get(LEADS, country="fr").json()["results"]
    assert len(caller.get(LEADS, family="connectors").json()["results"]) == 3
