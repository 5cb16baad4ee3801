"""What others do with a lead moves nothing of what a stranger to it sees: no time, no tag, no order, no file."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from concord.deals.actions.leads_claiming import claim_lead, release_lead
from concord.deals.actions.leads_follow_up import note_contact
from concord.deals.actions.leads_receiving import change_lead
from concord.deals.actions.leads_routing import route_new_lead
from concord.deals.models import Lead
from concord.portal.actor import portal_actor
from tests.deals import leads_making as leads
from tests.deals.making import now
from tests.deals.test_api import person, system  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

SORTS = ("", "title", "-title", "customer_country", "-customer_country", "sector", "-quality", "quality", "-free_since")


def everything_told(client, api, lead) -> dict[str, object]:
    """All that a stranger to a free lead can read of it and of its place among others."""
    one = api.get(f"/api/v1/leads/{lead.uuid}/")
    told: dict[str, object] = {"one": (one.json(), one["ETag"]), "all": api.get("/api/v1/leads/").json()["results"]}
    for sort in SORTS:
        page = client.get(reverse("pool:list"), {"sort": sort}).content.decode()
        told[f"list {sort}"] = re.findall(r"/pool/([0-9a-f-]{36})/", page)
        told[f"file {sort}"] = client.get(reverse("pool:list"), {"sort": sort, "_export": "csv"}).content
    page = client.get(reverse("pool:lead", args=[lead.uuid])).content.decode()
    told["page"] = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"|X-CSRFToken[^}]*}', "", page)
    return told


def claim_and_give_back(cast, lead):
    seller = {"actor": cast.actor(cast.seller_a), "lead_uuid": lead.uuid, "now": now()}
    claim_lead(**seller)
    note_contact(**seller, text="They were out.")
    release_lead(**seller, reason="other")


@pytest.fixture
def pool(cast):
    """Five leads that look alike, the middle one of which will be claimed."""
    return [leads.free(sector="Packing") for _number in range(5)]


def test_that_somebody_held_a_lead_shows_nowhere(cast, client, system, pool):  # noqa: F811
    client.force_login(cast.seller_b)
    api = system(cast.partner_b)
    before = everything_told(client, api, pool[2])
    claim_and_give_back(cast, pool[2])
    assert everything_told(client, api, pool[2]) == before
    assert before["one"][0]["updated_at"] is None


def test_what_its_holder_and_the_vendor_read_does_move(cast, system, pool):  # noqa: F811
    """Else the test above would prove nothing."""
    vendor, lead = system(None), f"/api/v1/leads/{pool[2].uuid}/"
    before = vendor.get(lead)
    claim_and_give_back(cast, pool[2])
    after = vendor.get(lead)
    assert after["ETag"] != before["ETag"]
    assert after.json()["updated_at"] > before.json()["updated_at"]


def test_a_stranger_still_claims_only_what_it_has_read(cast, system, pool):  # noqa: F811
    """The tag holds over what others do, and not over what the vendor writes into the lead."""
    api, lead = system(cast.partner_b), f"/api/v1/leads/{pool[2].uuid}/"
    seller = {"owner": cast.seller_b.email}
    tag = api.get(lead)["ETag"]
    change_lead(actor=portal_actor(), lead_uuid=pool[2].uuid, facts=leads.facts(sector="Filling"), now=now())
    assert api.post(f"{lead}claim/", seller, if_match=tag).status_code == 412
    tag = api.get(lead)["ETag"]
    claim_and_give_back(cast, pool[2])
    taken = api.post(f"{lead}claim/", seller, if_match=tag)
    assert taken.status_code == 200, taken.json()
    assert taken["ETag"] != tag
    assert taken.json()["updated_at"]


def test_no_order_tells_who_is_behind_an_offer(cast, client):
    """Among a company's own leads stand offers whose contact it does not read yet: they are not sorted by it."""
    cast.partner_a.territories = ["DE"]
    cast.partner_a.save()
    held = leads.claimed(cast, cast.seller_a, contact_name="Mitte", contact_email="m@m.example", contact_phone="5")
    offers = []
    for letter in ("Zuletzt", "Anfang"):
        offered = leads.new(contact_name=letter, contact_email=f"{letter}@m.example", contact_phone=letter)
        assert route_new_lead(actor=portal_actor(), lead_id=offered.pk, now=now())
        Lead.objects.unscoped("to one company both").filter(pk=offered.pk).update(partner_id=cast.partner_a.pk)
        offers.append(str(offered.uuid))
    client.force_login(cast.admin_a)
    for column in ("contact_name", "contact_email", "contact_phone"):
        for sort in (column, f"-{column}"):
            page = client.get(reverse("pool:mine"), {"sort": sort}).content.decode()
            shown = list(dict.fromkeys(re.findall(r"/pool/([0-9a-f-]{36})/", page)))
            assert [one for one in shown if one in offers] == offers[::-1], sort
            assert str(held.uuid) in shown
