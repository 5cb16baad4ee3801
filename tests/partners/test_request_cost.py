"""What being signed in costs a page: few statements, and no writing while nothing about the session is new."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext

from concord.partners.actions.members import end_sessions


def statements_of(client, address, **extra):
    with CaptureQueriesContext(connection) as caught:
        client.get(address, **extra)
    return [one["sql"] for one in caught]


def test_a_page_reads_session_and_person_and_writes_nothing(cast, client):
    client.force_login(cast.seller_a)
    client.get("/deals/")
    sent = statements_of(client, "/deals/")
    about_the_person = [one for one in sent if "django_session" in one or 'FROM "portal_user"' in one]
    assert len(about_the_person) == 2
    assert not [one for one in sent if one.startswith(("UPDATE", "INSERT", "SAVEPOINT"))]


def test_another_browser_is_noted_at_once(cast, client):
    client.force_login(cast.seller_a)
    client.get("/deals/")
    client.get("/deals/", HTTP_USER_AGENT="Another browser")
    assert [one.user_agent for one in UserSession.objects.filter(user=cast.seller_a)] == ["Another browser"]


def test_a_session_in_use_is_noted_again_after_a_while(cast, client, monkeypatch):
    moment = [1_000.0]
    monkeypatch.setattr("concord.portal.sign_in.time.monotonic", lambda: moment[0])
    client.force_login(cast.seller_a)
    client.get("/deals/")
    first = UserSession.objects.get(user=cast.seller_a).last_seen_at
    moment[0] += 299
    client.get("/deals/")
    assert UserSession.objects.get(user=cast.seller_a).last_seen_at == first
    moment[0] += 2
    client.get("/deals/")
    assert UserSession.objects.get(user=cast.seller_a).last_seen_at > first


def test_an_ended_session_opens_nothing_any_more(cast, client):
    client.force_login(cast.seller_a)
    assert client.get("/deals/").status_code == 200
    end_sessions(cast.seller_a)
    assert client.get("/deals/").status_code == 302


def test_a_deactivated_person_is_out_with_the_next_page(cast, client):
    client.force_login(cast.seller_a)
    assert client.get("/deals/").status_code == 200
    cast.seller_a.is_active = False
    cast.seller_a.save(update_fields=["is_active"])
    assert client.get("/deals/").status_code == 302


def test_a_suspended_partners_people_are_out_with_the_next_page(cast, client):
    client.force_login(cast.seller_a)
    assert client.get("/deals/").context["actor"].partner_id == cast.partner_a.pk
    cast.partner_a.status = "suspended"
    cast.partner_a.save(update_fields=["status"])
    assert client.get("/deals/").status_code == 403
