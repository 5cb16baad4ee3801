"""Companies run their own people and systems; access ends at once, and nobody gives himself more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from allauth.idp.oidc.models import Token
from django.core import mail
from django.test import Client
from django.utils import timezone

from concord.partners.actions.api_clients import create_api_client, renew_secret, revoke_api_client
from concord.partners.actions.members import (
    change_role,
    create_member,
    deactivate_member,
    invite_again,
    invite_member,
    reactivate_member,
)
from concord.partners.models import ApiClient, Member
from concord.portal.api import scopes
from concord.portal.enums import Role
from concord.portal.events.outbox import work_off
from concord.portal.events.sealing import seal
from concord.portal.models import Event, User
from concord.portal.refusals import InvalidInput, NotAllowed, WrongState
from tests.cast import PASSWORD

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def member_of(user: User) -> Member:
    return Member.objects.unscoped("a person of this test").select_related("user").get(user=user)


def verbs(member: Member) -> list[str]:
    events = Event.objects.unscoped("what was recorded").about("member", member.uuid)
    return list(events.values_list("verb", flat=True))


def signed_in(user: User) -> Client:
    browser = Client()
    answer = browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content
    return browser


def token_for(client_id: str, secret: str) -> tuple[int, str]:
    answer = Client().post(
        "/api/oauth/token", {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    )
    return answer.status_code, answer.json().get("access_token", "")


# Inviting ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_invited_colleague_chooses_a_password_through_the_mail(cast):
    member = invite_member(
        actor=cast.actor(cast.admin_a),
        email="New@A.example",
        name="Nora Neumann",
        role=Role.SELLER,
        partner=cast.partner_a,
        language="zh-hans",
    )
    assert verbs(member) == ["member.created", "member.invited"]
    assert (member.user.time_zone, member.user.has_usable_password()) == ("Europe/Berlin", False)
    seal()
    work_off(now=timezone.now())
    (message,) = mail.outbox
    assert message.to == ["new@a.example"]
    assert "Aldermann Distribution GmbH" in message.body
    link = next(word for word in message.body.split() if "/accounts/password/reset/key/" in word)
    browser = Client()
    page = browser.get(link.removeprefix("http://localhost:8000"), follow=True)
    assert page.status_code == 200
    chosen = "quite another long password"
    browser.post(page.redirect_chain[-1][0], {"password1": chosen, "password2": chosen})
    member.user.refresh_from_db()
    assert member.user.check_password(chosen)
    work_off(now=timezone.now())
    with pytest.raises(WrongState):
        invite_again(actor=cast.actor(cast.admin_a), member=member_of(member.user))


def test_an_address_that_is_taken_is_refused_at_its_field(cast):
    with pytest.raises(InvalidInput) as refused:
        invite_member(
            actor=cast.actor(cast.admin_a),
            email=cast.seller_b.email.upper(),
            name="Double",
            role=Role.SELLER,
            partner=cast.partner_a,
        )
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/email", "taken")]
    assert User.objects.filter(name="Double").count() == 0


@pytest.mark.parametrize("role", [Role.CHANNEL_MANAGER, Role.PARTNER_SYSTEM, Role.VENDOR_SYSTEM])
def test_an_administrator_cannot_make_vendors_or_systems(cast, role):
    with pytest.raises(InvalidInput):
        invite_member(actor=cast.actor(cast.admin_a), email="x@a.example", name="X", role=role, partner=cast.partner_a)
    assert not User.objects.filter(email="x@a.example").exists()


@pytest.mark.parametrize("who", ["seller_a", "seller_b", "pricing_manager", "editor", "stranger"])
def test_others_cannot_invite(cast, who):
    with pytest.raises(NotAllowed):
        invite_member(
            actor=cast.actor(cast.people[who]),
            email="x@a.example",
            name="X",
            role=Role.SELLER,
            partner=cast.partner_a,
        )
    assert not User.objects.filter(email="x@a.example").exists()


def test_an_administrator_cannot_invite_into_another_company_or_the_vendor(cast):
    for partner in (cast.partner_b, None):
        with pytest.raises(NotAllowed):
            create_member(
                actor=cast.actor(cast.admin_a), email="x@a.example", name="X", role=Role.SELLER, partner=partner
            )


# Access ------------------------------------------------------------------------------------------------------------


def test_access_ends_at_once_and_may_be_given_back(cast):
    browser = signed_in(cast.seller_a)
    assert browser.get("/company/").status_code == 200
    member = member_of(cast.seller_a)
    deactivate_member(actor=cast.actor(cast.admin_a), member=member)
    assert browser.get("/company/").status_code == 302
    refused = Client().post("/accounts/login/", {"login": cast.seller_a.email, "password": PASSWORD})
    assert refused.get("Location", "").startswith("/accounts/inactive")
    deactivate_member(actor=cast.actor(cast.admin_a), member=member_of(cast.seller_a))
    reactivate_member(actor=cast.actor(cast.admin_a), member=member_of(cast.seller_a))
    assert verbs(member) == ["member.created", "member.deactivated", "member.reactivated"]
    assert browser.get("/company/").status_code == 302, "the old session stays ended"
    assert signed_in(cast.seller_a).get("/company/").status_code == 200


def test_the_last_administrator_stays_but_the_vendor_may(cast):
    second = create_member(
        actor=cast.actor(cast.admin_a),
        email="admin2@a.example",
        name="Second",
        role=Role.PARTNER_ADMINISTRATOR,
        partner=cast.partner_a,
        password=PASSWORD,
    )
    first = member_of(cast.admin_a)
    with pytest.raises(NotAllowed, match="yourself"):
        deactivate_member(actor=cast.actor(cast.admin_a), member=first)
    deactivate_member(actor=cast.actor(second.user), member=first)
    third = member_of(cast.seller_a)
    change_role(actor=cast.actor(second.user), member=third, role=Role.PARTNER_ADMINISTRATOR)
    change_role(actor=cast.actor(cast.seller_a), member=second, role=Role.SELLER)
    with pytest.raises(NotAllowed, match=r"last_administrator|yourself"):
        change_role(actor=cast.actor(cast.seller_a), member=member_of(cast.seller_a), role=Role.SELLER)
    change_role(actor=cast.actor(cast.vendor_manager), member=member_of(cast.seller_a), role=Role.SELLER)
    assert member_of(cast.seller_a).role == Role.SELLER


def test_a_new_role_ends_sessions_and_moves_the_desk_with_it(cast):
    browser = signed_in(cast.pricing_manager)
    assert browser.get("/desk/").status_code == 200
    member = member_of(cast.pricing_manager)
    change_role(actor=cast.actor(cast.vendor_manager), member=member, role=Role.CONTENT_EDITOR)
    assert browser.get("/desk/").status_code == 302
    assert set(member.user.groups.values_list("name", flat=True)) == {"Editors"}
    with pytest.raises(InvalidInput):
        change_role(actor=cast.actor(cast.vendor_manager), member=member, role=Role.SELLER)
    with pytest.raises(NotAllowed):
        change_role(actor=cast.actor(cast.editor), member=member, role=Role.CHANNEL_MANAGER)
    assert member_of(cast.pricing_manager).role == Role.CONTENT_EDITOR


def test_the_desks_groups_hold_no_way_up(cast):
    """Nobody but an operator may touch users, groups or sites, so nobody can give himself more."""
    for user in (cast.vendor_manager, cast.pricing_manager, cast.editor):
        held = user.get_all_permissions()
        assert "wagtailadmin.access_admin" in held
        assert not {name for name in held if name.split(".")[0] in {"auth", "portal", "wagtailcore"}} - {
            "portal.change_brandsettings"
        }
        assert not user.is_superuser


# API clients -------------------------------------------------------------------------------------------------------


def test_a_client_works_until_its_secret_is_renewed_or_it_is_revoked(cast):
    admin = cast.actor(cast.admin_a)
    client, secret = create_api_client(actor=admin, name="Shop", scopes=["customers:read"], partner=cast.partner_a)
    assert secret not in client.client.secret
    status, first = token_for(client.client_id, secret)
    assert status == 200
    asked = {"headers": {"authorization": f"Bearer {first}"}}
    assert Client().get("/api/v1/customers/", **asked).status_code == 200
    renewed = renew_secret(actor=admin, api_client=client)
    assert Client().get("/api/v1/customers/", **asked).status_code == 401
    assert token_for(client.client_id, secret)[0] == 401
    status, second = token_for(client.client_id, renewed)
    assert status == 200
    revoke_api_client(actor=admin, api_client=client, now=NOW)
    assert Client().get("/api/v1/customers/", headers={"authorization": f"Bearer {second}"}).status_code == 401
    assert token_for(client.client_id, renewed)[0] == 401
    assert Token.objects.filter(client=client.client).count() == 0
    with pytest.raises(WrongState):
        renew_secret(actor=admin, api_client=client)


def test_a_partners_client_gets_no_more_than_its_side(cast):
    for wanted in (["prices:write"], ["deals:decide", "deals:read"], []):
        with pytest.raises(InvalidInput):
            create_api_client(actor=cast.actor(cast.admin_a), name="Greedy", scopes=wanted, partner=cast.partner_a)
    assert not ApiClient.objects.unscoped("whether one was made").filter(name="Greedy").exists()


def test_two_clients_of_one_company_have_two_names(cast):
    admin = cast.actor(cast.admin_a)
    create_api_client(actor=admin, name="Shop", scopes=["prices:read"], partner=cast.partner_a)
    with pytest.raises(InvalidInput):
        create_api_client(actor=admin, name="Shop", scopes=["prices:read"], partner=cast.partner_a)
    vendor = cast.actor(cast.vendor_manager)
    create_api_client(actor=vendor, name="Shop", scopes=scopes.ALL)


@pytest.mark.parametrize("who", ["seller_a", "seller_b", "pricing_manager", "stranger"])
def test_others_have_no_say_in_a_companys_clients(cast, who):
    client, secret = create_api_client(
        actor=cast.actor(cast.admin_a), name="Shop", scopes=["prices:read"], partner=cast.partner_a
    )
    actor = cast.actor(cast.people[who])
    for change in (
        lambda: renew_secret(actor=actor, api_client=client),
        lambda: revoke_api_client(actor=actor, api_client=client, now=NOW),
        lambda: create_api_client(actor=actor, name="Mine", scopes=["prices:read"], partner=cast.partner_a),
    ):
        with pytest.raises(NotAllowed):
            change()
    assert token_for(client.client_id, secret)[0] == 200
