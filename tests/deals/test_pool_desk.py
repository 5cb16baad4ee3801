"""The pool in the desk: the list with its files, one lead with its buttons, sources and their report."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from concord.deals.actions.leads_claiming import claim_lead
from concord.deals.actions.leads_follow_up import convert_lead
from concord.deals.models import Lead, LeadSource
from tests.deals import leads_making as leads
from tests.deals.making import now


@pytest.fixture
def manager(cast, client):
    client.force_login(cast.vendor_manager)
    return client


def form_data(**changes):
    data = {
        "source": LeadSource.objects.get(code="manual").pk,
        "customer_name": "Suedstern Pumpen AG",
        "customer_country": "DE",
        "families": ["connectors"],
        "summary": "New pumps",
    }
    return {**data, **changes}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_goes_out_as_a_file(cast, manager, kind):
    leads.claimed(cast, customer_name="=Suedstern Pumpen AG")
    answer = manager.get(reverse("leads:index"), {"export": kind})
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert (b"'=Suedstern" in content) if kind == "csv" else content.startswith(b"PK")


def test_a_lead_is_entered_changed_and_shows_who_would_be_offered_it(cast, manager):
    answer = manager.post(reverse("leads:new"), form_data())
    lead = Lead.objects.unscoped("the test looks").get()
    assert answer["Location"] == reverse("leads:lead", args=[lead.uuid])
    page = manager.get(answer["Location"]).content.decode()
    assert cast.partner_a.name in page
    assert "Authorised for the families" in page
    wrong = manager.post(reverse("leads:change", args=[lead.uuid]), form_data(customer_name="", contact_email="no"))
    assert wrong.status_code == 422
    manager.post(reverse("leads:change", args=[lead.uuid]), form_data(summary="Newer pumps"))
    assert leads.reload(lead).summary == "Newer pumps"


def test_the_buttons_route_free_assign_and_withdraw(cast, manager):
    from concord.partners.models import Member

    lead = leads.new()

    def press(deed, **data):
        manager.post(reverse("leads:do", args=[lead.uuid, deed]), data)
        return leads.reload(lead).state

    assert press("route") == "offered"
    assert press("free") == "pool"
    assert press("assign") == "pool"  # nobody was chosen
    member = Member.objects.unscoped("the test looks").get(user=cast.seller_b)
    assert press("assign", owner=member.pk) == "claimed"
    assert leads.reload(lead).owner == cast.seller_b
    assert press("withdraw") == "withdrawn"
    assert press("free") == "withdrawn"


def test_the_report_says_which_source_became_money(cast, manager):
    seller = cast.actor(cast.seller_a)
    lead = leads.free(code="api")
    claim_lead(actor=seller, lead_uuid=lead.uuid, now=now())
    convert_lead(actor=seller, lead_uuid=lead.uuid, now=now())
    leads.free(code="import")
    page = manager.get(reverse("leads:report")).content.decode()
    assert "Other systems" in page
    answer = manager.get(reverse("leads:report"), {"_export": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    by_code = {row["Code"]: row for row in rows}
    assert (by_code["api"]["Received"], by_code["api"]["Held"], by_code["api"]["Turned into deals"]) == ("1", "1", "1")
    assert (by_code["import"]["Received"], by_code["import"]["Held"]) == ("1", "0")
    earlier = manager.get(reverse("leads:report"), {"_export": "csv", "until": "2020-01-01"}).content.decode()
    assert ",1,1," not in earlier


def test_a_source_is_added_by_channel_managers_alone(cast, manager, client):
    data = {"code": "fair-2026", "name": "Fair 2026", "kind": "import", "is_routed": "on", "is_active": "on"}
    manager.post(reverse("lead_sources:add"), data)
    assert LeadSource.objects.filter(code="fair-2026").exists()
    client.force_login(cast.pricing_manager)
    client.post(reverse("lead_sources:add"), {**data, "code": "fair-2027"})
    assert not LeadSource.objects.filter(code="fair-2027").exists()
    assert client.post(reverse("leads:do", args=[leads.free().uuid, "withdraw"])).status_code != 200
    assert Lead.objects.unscoped("the test looks").get().state == "pool"


def test_leads_without_partner_and_seller_are_exported(cast, manager):
    leads.free()
    leads.claimed(cast)
    answer = manager.get(reverse("leads:index"), {"export": "csv"})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code == 200
    assert len(content.strip().splitlines()) == 3


def test_an_empty_list_of_leads_says_where_leads_come_from(cast):
    client = Client()
    client.force_login(cast.vendor_manager)
    page = client.get(reverse("leads:index")).content.decode()
    assert "import the list of a fair" in page
    nothing = client.get(reverse("leads:index"), {"q": "nothing like it"}).content.decode()
    assert "import the list of a fair" not in nothing
