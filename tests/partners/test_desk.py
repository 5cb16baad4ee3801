"""The desk's part: who gets in, what is written through actions, and what is recorded."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from concord.partners.actions.customers import record_verdict, relate
from concord.partners.enums import Verdict
from concord.partners.models import ApiClient, CustomerVerdict, EndCustomer, Member, Partner, Tier
from concord.portal.models import Event, User
from tests.factories import LONG_AGO, make_customer


@pytest.fixture
def desk(cast):
    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(cast.people[who])
        return client

    return sign_in


def verbs(subject_type: str, uuid: object) -> list[str]:
    events = Event.objects.unscoped("what was recorded").about(subject_type, uuid)
    return list(events.values_list("verb", flat=True))


def assert_turned_away(answer) -> None:
    """Wagtail sends people without a permission to the desk's first page, with a message."""
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")


def partner_facts(partner: Partner, **changes: object) -> dict[str, object]:
    return {
        "code": partner.code,
        "name": partner.name,
        "status": partner.status,
        "tier": partner.tier_id,
        "country": partner.country,
        "city": "",
        "territories": "",
        "families": [family.pk for family in partner.families.all()],
        "currency": partner.currency,
        "language": partner.language,
        "time_zone": partner.time_zone,
        **changes,
    }


@pytest.mark.parametrize("who", ["seller_a", "admin_a", "stranger"])
@pytest.mark.parametrize("address", ["/desk/", "/desk/partners/", "/desk/people/", "/desk/customers/"])
def test_nobody_from_outside_gets_in(cast, desk, who, address):
    make_customer("Hidden Customer AG")
    answer = desk(who).get(address, follow=True)
    assert answer.status_code == 403
    assert "Hidden Customer" not in answer.content.decode()


def test_strangers_are_sent_to_sign_in(db):
    assert Client().get("/desk/partners/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")


@pytest.mark.parametrize("who", ["vendor_manager", "pricing_manager", "editor"])
@pytest.mark.parametrize(
    "address", ["/desk/users/", "/desk/groups/", "/desk/users/new/", "/desk/groups/new/", "/desk/sites/"]
)
def test_nobody_at_the_desk_reaches_users_and_groups(cast, desk, who, address):
    answer = desk(who).get(address)
    assert answer.status_code in {302, 403, 404}
    assert answer.get("Location", "/desk/") == "/desk/"


def test_each_role_sees_its_own_part(cast, desk):
    customer = make_customer("Nordwind Pumpen AG")
    seen = {
        who: [
            address
            for address in ("partners", "people", "customers", "tiers", "families", "api_clients")
            if desk(who).get(f"/desk/{address}/").status_code == 200
        ]
        for who in ("vendor_manager", "pricing_manager", "editor")
    }
    assert seen == {
        "vendor_manager": ["partners", "people", "customers", "tiers", "families", "api_clients"],
        "pricing_manager": ["partners", "customers", "tiers", "families"],
        "editor": [],
    }
    pricing = desk("pricing_manager")
    assert pricing.get(reverse("customers:inspect", args=[customer.pk])).status_code == 200
    assert pricing.get(reverse("customers:edit", args=[customer.pk])).status_code == 302
    assert pricing.get(reverse("partner_records:edit", args=[cast.partner_a.pk])).status_code == 302


def test_a_partner_is_changed_through_the_action(cast, desk):
    manager = desk("vendor_manager")
    address = reverse("partner_records:edit", args=[cast.partner_a.pk])
    wrong = manager.post(address, partner_facts(cast.partner_a, currency="xxy", territories="DE,QQ"))
    assert wrong.status_code == 200
    assert "There is no such currency" in wrong.content.decode()
    assert "There is no country" in wrong.content.decode()
    done = manager.post(
        address,
        partner_facts(
            cast.partner_a, code="STOLEN", city="Jena", territories="de, at", families=[cast.family.pk], currency="eur"
        ),
    )
    assert done.status_code == 302, done.content
    partner = Partner.objects.unscoped("the changed one").get(pk=cast.partner_a.pk)
    assert (partner.code, partner.city, partner.currency) == ("A-100", "Jena", "EUR")
    assert partner.territories == ["DE", "AT"]
    assert list(partner.families.all()) == [cast.family]
    assert verbs("partner", partner.uuid) == ["partner.changed"]


def test_a_pricing_manager_changes_no_partner(cast, desk):
    address = reverse("partner_records:edit", args=[cast.partner_a.pk])
    assert desk("pricing_manager").post(address, partner_facts(cast.partner_a, city="Jena")).status_code == 302
    assert Partner.objects.unscoped("still as it was").get(pk=cast.partner_a.pk).city == ""
    assert verbs("partner", cast.partner_a.uuid) == []


def test_tiers_are_recorded_with_their_limits(cast, desk):
    address, manager = reverse("tiers:edit", args=[cast.tier.pk]), desk("vendor_manager")
    facts = {**manager.get(address).context["form"].initial, "name_zh": "金牌", "rank": 2, "open_registrations": 7}
    assert manager.post(address, facts).status_code == 302
    assert Tier.objects.get().open_registrations == 7
    assert verbs("tier", cast.tier.uuid) == ["tier.saved"]


def test_people_are_invited_to_partners_and_to_the_vendor(cast, desk):
    manager = desk("vendor_manager")
    facts = {"name": "Nora Neumann", "email": "nora@b.example", "role": "seller", "language": "en"}
    refused = manager.post("/desk/people/new/", {**facts, "partner": ""})
    assert "This role does not exist on this side." in refused.content.decode()
    assert not User.objects.filter(email="nora@b.example").exists()
    assert manager.post("/desk/people/new/", {**facts, "partner": cast.partner_b.pk}).status_code == 302
    member = Member.objects.unscoped("the new one").get(user__email="nora@b.example")
    assert member.partner == cast.partner_b
    assert verbs("member", member.uuid) == ["member.created", "member.invited"]
    manager.post(reverse("people:deactivate", args=[member.uuid]))
    assert not User.objects.get(email="nora@b.example").is_active
    manager.post(reverse("people:reactivate", args=[member.uuid]))
    assert User.objects.get(email="nora@b.example").is_active
    changed = manager.post(reverse("people:edit", args=[member.pk]), {"role": "partner_administrator"})
    assert changed.status_code == 302
    member.refresh_from_db()
    assert member.role == "partner_administrator"


def test_a_manager_cannot_lift_himself_or_be_lifted_by_others(cast, desk):
    own = Member.objects.unscoped("the manager's").get(user=cast.pricing_manager)
    address = reverse("people:edit", args=[own.pk])
    assert desk("pricing_manager").post(address, {"role": "channel_manager"}).status_code == 302
    own.refresh_from_db()
    assert own.role == "pricing_manager"
    assert_turned_away(desk("pricing_manager").post(reverse("people:deactivate", args=[own.uuid])))
    cast.pricing_manager.refresh_from_db()
    assert cast.pricing_manager.is_active


def test_a_customer_is_found_and_judged_by_a_person(cast, desk):
    one = make_customer("Brückner Maschinenbau GmbH", city="Siegsdorf")
    other = make_customer("Brueckner Maschinenbau GmbH & Co. KG", city="Siegsdorf")
    relate(partner_id=cast.partner_a.pk, end_customer_id=one.pk, now=LONG_AGO)
    manager = desk("vendor_manager")
    listed = manager.get("/desk/customers/", {"q": "bruckner maschinen"}).content.decode()
    assert "Brückner Maschinenbau GmbH" in listed
    page = manager.get(reverse("customers:inspect", args=[one.pk])).content.decode()
    for shown in ("Aldermann Distribution GmbH", "Brueckner Maschinenbau GmbH &amp; Co. KG", "Same company"):
        assert shown in page
    manager.post(reverse("customers:judge", args=[one.uuid, other.uuid, "different"]))
    assert CustomerVerdict.objects.get().verdict == Verdict.DIFFERENT
    assert verbs("customer", one.uuid)[-1] == verbs("customer", other.uuid)[-1] == "customer.verdict"
    assert "Judged by people" in manager.get(reverse("customers:inspect", args=[one.pk])).content.decode()
    manager.post(reverse("customers:judge", args=[one.uuid, other.uuid, "review"]))
    assert CustomerVerdict.objects.get().verdict == Verdict.DIFFERENT


def test_only_channel_managers_judge(cast, desk):
    one, other = make_customer("Apollo AG"), make_customer("Apollo SE")
    address = reverse("customers:judge", args=[one.uuid, other.uuid, "same"])
    assert_turned_away(desk("pricing_manager").post(address))
    assert desk("vendor_manager").get(address).status_code == 405
    assert not CustomerVerdict.objects.exists()


def test_a_corrected_name_is_found_by_both(cast, desk):
    customer = make_customer("Nordwind Pumpen AG")
    facts = {"legal_name": "Suedwind Turbinen AG", "country": "DE"}
    done = desk("vendor_manager").post(reverse("customers:edit", args=[customer.pk]), facts)
    assert done.status_code == 302, done.content
    customer = EndCustomer.objects.unscoped("the changed one").get(pk=customer.pk)
    assert customer.external_id is None
    assert dict(customer.names.values_list("name", "kind")) == {
        "Nordwind Pumpen AG": "former",
        "Suedwind Turbinen AG": "legal",
    }
    found = desk("vendor_manager").get("/desk/customers/", {"q": "nordwind"}).content.decode()
    assert "Suedwind Turbinen AG" in found


def test_a_remembered_verdict_is_said_once_for_the_pair(cast):
    one, other = make_customer("Apollo AG"), make_customer("Apollo SE")
    actor = cast.actor(cast.vendor_manager)
    for left, right, verdict in ((one, other, Verdict.SAME), (other, one, Verdict.DIFFERENT)):
        record_verdict(actor=actor, left_id=left.pk, right_id=right.pk, verdict=verdict, now=LONG_AGO)
    assert [row.verdict for row in CustomerVerdict.objects.all()] == [Verdict.DIFFERENT]


def test_clients_of_the_vendor_are_made_and_ended_in_the_desk(cast, desk):
    manager = desk("vendor_manager")
    greedy = manager.post(
        "/desk/api_clients/new/", {"name": "ERP", "partner": cast.partner_a.pk, "scopes": ["prices:write"]}
    )
    assert greedy.status_code == 422
    page = manager.post("/desk/api_clients/new/", {"name": "ERP", "partner": "", "scopes": ["prices:write"]})
    assert re.search(r'id="client-secret">[^<]+<', page.content.decode())
    client = ApiClient.objects.unscoped("the new one").get()
    assert client.partner is None
    assert manager.get(reverse("api_clients:inspect", args=[client.pk])).status_code == 200
    assert_turned_away(desk("pricing_manager").post(reverse("api_clients:revoke", args=[client.uuid])))
    client.refresh_from_db()
    assert client.revoked_at is None
    manager.post(reverse("api_clients:revoke", args=[client.uuid]))
    client.refresh_from_db()
    assert client.revoked_at is not None


def test_a_long_list_of_customers_is_counted_as_far_as_it_is_paged(cast, desk, monkeypatch):
    for number in range(4):
        make_customer(f"Molundra {'abcd'[number] * 5} AG")
    page = desk("vendor_manager").get("/desk/customers/")
    assert "4 end customers" in page.content.decode().lower()
    assert not page.context["paginator"].is_cut

    monkeypatch.setattr("concord.partners.desk.customers.MOST_COUNTED", 3)
    page = desk("vendor_manager").get("/desk/customers/")
    assert page.context["paginator"].is_cut
    assert "3 end customers or more" in page.content.decode().lower()
    assert "narrow it down" not in page.content.decode()

    monkeypatch.setattr("concord.partners.desk.customers.MANY", 2)
    for address in ("/desk/customers/", "/desk/customers/results/"):
        searched = desk("vendor_manager").get(address, {"q": "Molundra"}).content.decode()
        assert "2 customers or more: type more of the name" in " ".join(searched.split())
    exported = desk("vendor_manager").get("/desk/customers/", {"export": "csv"})
    assert b"".join(exported.streaming_content).count(b"Molundra") == 4
