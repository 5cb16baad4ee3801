"""The feed that other systems follow."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction
from django.test import Client

from concord.partners.actions.api_clients import create_api_client
from concord.portal.actor import portal_actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.events.sealing import seal
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
