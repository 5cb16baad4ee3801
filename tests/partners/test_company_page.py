"""The company's own page: what each role sees there, and what its buttons do."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from concord.partners.actions.api_clients import create_api_client
from concord.partners.actions.members import create_member
from concord.partners.models import ApiClient, Member, Tier
from concord.portal.actor import portal_actor
from concord.portal.enums import Role
from concord.portal.models import User


@pytest.fixture
def browser(cast):
    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(cast.people[who])
        return client

    return sign_in


def member_of(user: User) -> Member:
    return Member.objects.unscoped("a person of this test").get(user=user)


def test_a_seller_sees_company_and_colleagues_but_no_systems_and_no_buttons(cast, browser):
    create_api_client(actor=portal_actor(), name="Secret shop", scopes=["prices:read"], partner=cast.partner_a)
    page = browser("seller_a").get("/company/").content.decode()
    for shown in ("Aldermann Distribution GmbH", "Anke Brandt", "Sabine Vogt", "Germany", "Connectors", "up to 50"):
        assert shown in page
    for hidden in (
        "Secret shop",
        "Bakker",
        "Bram de Wit",
        cast.seller_b.email,
        "Invite a colleague",
        "data-dialog-open",
    ):
        assert hidden not in page
    assert "Secret shop" in browser("admin_a").get("/company/").content.decode()


@pytest.mark.parametrize(("who", "status"), [("vendor_manager", 403), ("stranger", 403), (None, 302)])
def test_who_has_no_company_has_no_page_of_it(cast, browser, who, status):
    client = browser(who) if who else Client()
    assert client.get("/company/").status_code == status


def test_an_administrator_invites_and_hears_what_is_wrong(cast, browser):
    admin = browser("admin_a")
    facts = {"name": "Nora Neumann", "email": "nora@a.example", "role": "seller", "language": "en"}
    taken = admin.post("/company/people/invite/", {**facts, "email": cast.seller_b.email})
    assert taken.status_code == 422
    assert "This address is in use already." in taken.content.decode()
    assert "Nora Neumann" in taken.content.decode(), "what was typed is still there"
    assert admin.post("/company/people/invite/", {**facts, "role": "channel_manager"}).status_code == 422
    done = admin.post("/company/people/invite/", facts, follow=True)
    assert "Nora Neumann gets a mail" in done.content.decode()
    assert member_of(User.objects.get(email="nora@a.example")).partner_id == cast.partner_a.pk


def test_roles_and_access_change_from_the_page(cast, browser):
    admin = browser("admin_a")
    colleague = member_of(cast.seller_a)
    admin.post(reverse("partners:change-role", args=[colleague.uuid]), {"role": "partner_administrator"})
    assert member_of(cast.seller_a).role == "partner_administrator"
    admin.post(reverse("partners:deactivate", args=[colleague.uuid]))
    cast.seller_a.refresh_from_db()
    assert not cast.seller_a.is_active
    admin.post(reverse("partners:reactivate", args=[colleague.uuid]))
    cast.seller_a.refresh_from_db()
    assert cast.seller_a.is_active
    own = admin.post(reverse("partners:deactivate", args=[member_of(cast.admin_a).uuid]), follow=True)
    assert "You cannot do this to yourself" in own.content.decode()


def test_a_secret_is_shown_once(cast, browser):
    admin = browser("admin_a")
    answer = admin.post("/company/api-clients/new/", {"name": "Shop", "scopes": ["prices:read"]})
    shown = re.search(r'id="client-secret">([^<]+)<', answer.content.decode())
    assert shown is not None
    assert "no-store" in answer["Cache-Control"]
    assert shown[1] not in admin.get("/company/").content.decode()
    client = ApiClient.objects.unscoped("the new one").get(name="Shop")
    renewed = admin.post(reverse("partners:renew-secret", args=[client.uuid])).content.decode()
    again = re.search(r'id="client-secret">([^<]+)<', renewed)
    assert again is not None
    assert again[1] != shown[1]
    admin.post(reverse("partners:revoke-client", args=[client.uuid]))
    client.refresh_from_db()
    assert client.revoked_at is not None


def test_scopes_of_the_vendor_are_not_on_offer(cast, browser):
    refused = browser("admin_a").post("/company/api-clients/new/", {"name": "Greedy", "scopes": ["deals:decide"]})
    assert refused.status_code == 422
    assert not ApiClient.objects.unscoped("whether one was made").exists()


def test_foreign_people_and_clients_are_not_there_and_stay_as_they_are(cast, browser):
    """A rival's colleague and client answer exactly as ones that do not exist."""
    admin = browser("admin_a")
    rival = member_of(cast.seller_b)
    client, _secret = create_api_client(
        actor=portal_actor(), name="Rival's", scopes=["prices:read"], partner=cast.partner_b
    )
    nobody = uuid.uuid4()
    for name, theirs in (
        ("change-role", rival.uuid),
        ("deactivate", rival.uuid),
        ("reactivate", rival.uuid),
        ("invite-again", rival.uuid),
        ("renew-secret", client.uuid),
        ("revoke-client", client.uuid),
    ):
        foreign = admin.post(reverse(f"partners:{name}", args=[theirs]), {"role": "partner_administrator"})
        absent = admin.post(reverse(f"partners:{name}", args=[nobody]), {"role": "partner_administrator"})
        assert (foreign.status_code, absent.status_code) == (404, 404), name
        assert len(foreign.content) == len(absent.content)
    cast.seller_b.refresh_from_db()
    client.refresh_from_db()
    assert (cast.seller_b.is_active, member_of(cast.seller_b).role, client.revoked_at) == (True, "seller", None)


def test_a_seller_may_press_nothing(cast, browser):
    seller = browser("seller_a")
    other = member_of(cast.seller_a2)
    for name in ("change-role", "deactivate", "reactivate", "invite-again"):
        assert seller.post(reverse(f"partners:{name}", args=[other.uuid]), {"role": "seller"}).status_code == 403
    for name in ("invite", "create-client"):
        assert seller.get(reverse(f"partners:{name}")).status_code == 403
    cast.seller_a2.refresh_from_db()
    assert cast.seller_a2.is_active


@pytest.mark.parametrize("colleagues", [1, 3])
def test_the_page_takes_the_same_statements_however_many_people(cast, browser, colleagues, django_assert_num_queries):
    for number in range(colleagues):
        Tier.objects.create(code=f"tier-{number}", name=f"Tier {number}", rank=10 + number)
        create_member(
            actor=portal_actor(),
            email=f"more{number}@a.example",
            name=f"More {number}",
            role=Role.SELLER,
            partner=cast.partner_a,
        )
    client = browser("admin_a")
    client.get("/company/")
    with django_assert_num_queries(11):
        client.get("/company/")


def test_the_page_speaks_chinese(cast, browser):
    client = browser("admin_a")
    client.cookies["django_language"] = "zh-hans"
    page = client.get("/company/").content.decode()
    for word in ("同事", "金牌", "连接器", "德国"):
        assert word in page
