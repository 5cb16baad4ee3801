"""Activities, people and promises written by other systems: the same rules, once for each key."""

from __future__ import annotations

import base64
import json
import uuid

import pytest

from concord.deals.models import Activity, DealContact, Promise
from concord.partners.actions.api_clients import create_api_client
from concord.portal.actor import portal_actor
from concord.portal.models import Event
from tests.deals import making


@pytest.fixture
def post(client):
    tokens = {}

    def send(deal, what, body, partner=None, **headers):
        if partner not in tokens:
            made, secret = create_api_client(
                actor=portal_actor(), name="CRM", partner=partner, scopes=["deals:read", "deals:write"]
            )
            basic = base64.b64encode(f"{made.client_id}:{secret}".encode()).decode()
            asked = {"grant_type": "client_credentials"}
            answer = client.post("/api/oauth/token", asked, headers={"authorization": f"Basic {basic}"})
            tokens[partner] = answer.json()["access_token"]
        return client.post(
            f"/api/v1/deals/{deal.uuid}/{what}/",
            json.dumps(body),
            content_type="application/json",
            headers={"authorization": f"Bearer {tokens[partner]}", **headers},
        )

    return send


def test_a_partners_system_tells_the_story_once(cast, post):
    deal = making.approved(cast)
    person = post(deal, "contacts", {"name": "Anna Falk", "role": "buyer"}, cast.partner_a)
    assert person.status_code == 201, person.content
    known = DealContact.objects.get()
    assert (person.json(), known.role) == ({"id": known.public_id}, "buyer")
    called = {"kind": "call", "text": "Called.", "contact": known.public_id, "next_step": "Send the offer"}
    promised = {"kind": "date", "text": "In three weeks.", "contact": known.public_id, "until_on": "2030-01-31"}
    for _again in range(2):
        for what, body in (("activities", called), ("promises", promised)):
            answer = post(deal, what, body, cast.partner_a, **{"Idempotency-Key": f"once-{what}"})
            assert answer.status_code == 201, answer.content
    activity, promise = Activity.objects.get(), Promise.objects.get()
    assert (activity.contact_id, activity.next_step) == (known.pk, "Send the offer")
    assert (promise.contact_id, str(promise.until_on)) == (known.pk, "2030-01-31")
    verbs = Event.objects.unscoped("the deal's story").about("deal", deal.uuid).values_list("verb", flat=True)
    assert [one for one in verbs if one in {"deal.contact_added", "deal.activity_added", "deal.promise_made"}] == [
        "deal.contact_added",
        "deal.activity_added",
        "deal.promise_made",
    ]


@pytest.mark.parametrize(
    ("what", "body", "field"),
    [
        ("activities", {"kind": "dance", "text": "Danced."}, "/kind"),
        ("activities", {"kind": "call", "text": "Called.", "contact": str(uuid.uuid4())}, "/contact"),
        ("contacts", {"name": "Anna", "email": "nowhere"}, "/email"),
        ("promises", {"kind": "moon", "text": "The moon."}, "/kind"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(cast, post, what, body, field):
    deal = making.approved(cast)
    answer = post(deal, what, body, cast.partner_a)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [field]
    assert not Activity.objects.exists()
    assert not DealContact.objects.exists()
    assert not Promise.objects.exists()


@pytest.mark.parametrize("what", ["activities", "contacts", "promises"])
def test_another_partners_deal_is_not_there(cast, post, what):
    deal = making.approved(cast)
    assert post(deal, what, {"kind": "call", "text": "Hi.", "name": "Hi"}, cast.partner_b).status_code == 404
