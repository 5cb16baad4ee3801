"""The feed that other systems follow."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.utils import timezone

from concord.partners.actions.api_clients import create_api_client, revoke_api_client
from concord.partners.actions.members import end_sessions
from concord.partners.enums import PartnerStatus
from concord.partners.models import ApiClient, Member, Partner
from concord.portal.actor import portal_actor
from concord.portal.enums import Role, Visibility
from concord.portal.events import Subject, record
from concord.portal.events.sealing import seal
from concord.portal.models import User
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def bearer(cast: Cast, partner: str | None) -> dict[str, str]:
    api_client, secret = create_api_client(
        actor=portal_actor(),
        name="ERP",
        partner=getattr(cast, partner) if partner else None,
        scopes=["history:read"],
    )
    answer = Client().post(
        "/api/oauth/token",
        {"grant_type": "client_credentials", "client_id": api_client.client_id, "client_secret": secret},
    )
    assert answer.status_code == 200, answer.content
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def tell(cast: Cast, verb: str, visibility: Visibility = Visibility.PARTNER) -> None:
    with transaction.atomic():
        record(
            verb,
            actor=cast.actor(cast.seller_a),
            subject=Subject("deal", uuid.uuid4(), cast.partner_a.pk),
            visibility=visibility,
        )


def test_each_client_reads_its_own_events_in_order_and_goes_on_where_it_stopped(cast: Cast) -> None:
    seal()
    vendor, own, rival = (bearer(cast, partner) for partner in (None, "partner_a", "partner_b"))
    tell(cast, "deal.one")
    tell(cast, "deal.hidden", Visibility.INTERNAL)
    tell(cast, "deal.two")
    tell(cast, "deal.not_sealed_yet")
    seal()

    def read(headers: dict[str, str], **query: str) -> list[str]:
        answer = Client().get("/api/v1/events/", {"types": "deal.one,deal.hidden,deal.two", **query}, headers=headers)
        assert answer.status_code == 200, answer.content
        return [event["type"] for event in answer.json()["results"]]

    assert read(vendor) == ["deal.one", "deal.hidden", "deal.two"]
    assert read(own) == ["deal.one", "deal.two"]
    assert read(rival) == []
    first = Client().get("/api/v1/events/", {"types": "deal.one"}, headers=own).json()["last"]
    assert read(own, after=first) == ["deal.two"]


def test_bad_tokens_and_bad_input_are_problems(cast: Cast) -> None:
    anonymous = Client().get("/api/v1/events/")
    assert anonymous.status_code == 401
    assert anonymous["Content-Type"].startswith("application/problem+json")
    assert anonymous["WWW-Authenticate"].startswith("Bearer")
    forged = Client().get("/api/v1/events/", headers={"Authorization": "Bearer forged"})
    assert forged.status_code == 401
    headers = bearer(cast, None)
    for query in ({"after": "nonsense"}, {"after": str(uuid.uuid4())}, {"wait": "31"}, {"wait": "-1"}):
        answer = Client().get("/api/v1/events/", query, headers=headers)
        assert answer.status_code == 422, query
        problem = answer.json()
        assert problem["status"] == 422
        assert problem["errors"][0]["pointer"].strip("/") in query


def test_problems_speak_the_callers_language(cast: Cast) -> None:
    headers = bearer(cast, None)
    answer = Client().get("/api/v1/events/", {"wait": "99"}, headers={**headers, "Accept-Language": "zh-hans"})
    assert answer.json()["code"] == "invalid"
    assert answer.json()["title"] != Client().get("/api/v1/events/", {"wait": "99"}, headers=headers).json()["title"]


def test_the_root_lists_the_collections() -> None:
    assert "events" in Client().get("/api/v1/").json()


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
def test_an_address_that_does_not_exist_is_a_problem_too(method: str) -> None:
    answer = getattr(Client(), method)("/api/v1/no-such-thing/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer.json()["code"] == "not_found"


def test_an_event_of_another_is_as_unknown_as_one_that_is_not_there(cast: Cast) -> None:
    own, rival = bearer(cast, "partner_a"), bearer(cast, "partner_b")
    tell(cast, "deal.one")
    seal()
    known = Client().get("/api/v1/events/?types=deal.one", headers=own).json()["last"]
    assert Client().get(f"/api/v1/events/?after={known}", headers=own).status_code == 200
    foreign, absent = (
        Client().get(f"/api/v1/events/?after={one}", headers=rival) for one in (known, str(uuid.uuid4()))
    )
    assert (foreign.status_code, absent.status_code) == (422, 422)
    assert foreign.json() == absent.json()


def test_numbers_of_a_partners_facts_count_none_of_the_vendors(cast: Cast) -> None:
    """Between two facts of one's own the vendor may have noted that another company's record is the same customer."""
    own, vendor = bearer(cast, "partner_a"), bearer(cast, None)
    subject = Subject("deal", uuid.uuid4(), cast.partner_a.pk)
    seal()
    for visibility in ("partner", "internal", "internal", "partner", "own", "partner"):
        with transaction.atomic():
            record("deal.told", actor=cast.actor(cast.seller_a), subject=subject, visibility=Visibility(visibility))
    seal()

    def numbers(headers: dict[str, str]) -> list[int]:
        page = Client().get("/api/v1/events/", {"types": "deal.told"}, headers=headers).json()
        return [event["sequence"] for event in page["results"]]

    assert numbers(own) == [1, 2, 3, 4]
    assert numbers(vendor) == [1, 2, 3, 4, 6]


class Waiting:
    """Stands in for the clock's pauses: while the feed waits, something happens."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
        self.happens = happens
        self.times = 0
        monkeypatch.setattr("concord.portal.api.events.time.sleep", self)

    def __call__(self, _seconds: float) -> None:
        self.times += 1
        if self.times == 1:
            self.happens()


def test_what_happens_while_a_feed_waits_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    own, person = bearer(cast, "partner_a"), Client()
    person.force_login(cast.admin_a)
    for ask in (
        lambda: Client().get("/api/v1/events/", {"types": "deal.late", "wait": "5"}, headers=own),
        lambda: person.get("/api/v1/events/", {"types": "deal.later", "wait": "5"}),
    ):
        waiting = Waiting(monkeypatch, lambda: (tell(cast, "deal.late"), tell(cast, "deal.later"), seal()))
        answer = ask()
        assert (answer.status_code, waiting.times > 0 or bool(answer.json()["results"])) == (200, True)
        assert answer.json()["results"]


def end_person(cast: Cast) -> None:
    end_sessions(cast.admin_a)
    User.objects.filter(pk=cast.admin_a.pk).update(is_active=False)


def end_session(cast: Cast) -> None:
    end_sessions(cast.admin_a)
    Session.objects.all().delete()


def end_partner(cast: Cast) -> None:
    Partner.objects.unscoped("the test").filter(pk=cast.partner_a.pk).update(status=PartnerStatus.SUSPENDED)


def end_role(cast: Cast) -> None:
    Member.objects.unscoped("the test").filter(user=cast.admin_a).update(role=Role.SELLER)


def end_token(cast: Cast) -> None:
    client = ApiClient.objects.unscoped("the test").get(partner=cast.partner_a)
    revoke_api_client(actor=portal_actor(), api_client=client, now=timezone.now())


@pytest.mark.parametrize("by_token", [True, False])
@pytest.mark.parametrize("end", [end_person, end_session, end_partner, end_role, end_token])
def test_who_is_shut_out_while_a_feed_waits_is_told_nothing_more(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, end: Callable[[Cast], None], by_token: bool
) -> None:
    own, person = bearer(cast, "partner_a"), Client()
    person.force_login(cast.admin_a)
    concerned = {True: {end_partner, end_token}, False: {end_person, end_session, end_partner, end_role}}
    Waiting(monkeypatch, lambda: (end(cast), tell(cast, "deal.late"), seal()))
    asked = {"types": "deal.late", "wait": "5"}
    answer = Client().get("/api/v1/events/", asked, headers=own) if by_token else person.get("/api/v1/events/", asked)
    shut_out = answer.status_code in {401, 403}
    assert shut_out == (end in concerned[by_token]), answer.content
    assert ("deal.late" in answer.content.decode()) == (not shut_out)
