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

SCOPES = ("deals:read", "deals:write")


@pytest.fixture
def token(client):
    known = {}

    def of(partner, scopes):
        if (partner, scopes) not in known:
            made, secret = create_api_client(
                actor=portal_actor(), name=" ".join(scopes), partner=partner, scopes=list(scopes)
            )
            basic = base64.b64encode(f"{made.client_id}:{secret}".encode()).decode()
            asked = {"grant_type": "client_credentials"}
            answer = client.post("/api/oauth/token", asked, headers={"authorization": f"Basic {basic}"})
            known[partner, scopes] = answer.json()["access_token"]
        return known[partner, scopes]

    return of


@pytest.fixture
def post(client, token):
    def send(deal, what, body, partner=None, scopes=SCOPES, **headers):
        return client.post(
            f"/api/v1/deals/{deal.uuid}/{what}/",
            json.dumps(body),
            content_type="application/json",
            headers={"authorization": f"Bearer {token(partner, scopes)}", **headers},
        )

    return send


@pytest.fixture
def read(client, token):
    def send(deal, what, partner=None, *, scopes=SCOPES, status=200, query=""):
        found = client.get(
            f"/api/v1/deals/{deal.uuid}/{what}/{query}", headers={"authorization": f"Bearer {token(partner, scopes)}"}
        )
        assert found.status_code == status, found.content
        return found.json()

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
    # A system calls nobody: the seller of the deal has it to do.
    assert (activity.responsible_id, promise.responsible_id) == (deal.owner_id, deal.owner_id)
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


def test_the_vendors_system_reads_and_writes_where_a_manager_could(cast, post, read):
    deal = making.approved(cast)
    assert post(deal, "activities", {"kind": "call", "text": "The partner called."}, cast.partner_a).status_code == 201
    kept = {"kind": "call", "text": "Between us.", "is_internal": True}
    assert post(deal, "activities", kept).status_code == 201
    assert post(deal, "contacts", {"name": "Anna Falk", "role": "buyer"}).status_code == 201
    person = read(deal, "contacts")["results"][0]
    assert (person["name"], person["left_at"]) == ("Anna Falk", None)
    promised = {"kind": "date", "text": "In three weeks.", "contact": person["id"]}
    assert post(deal, "promises", promised).status_code == 201
    (promise,) = read(deal, "promises", cast.partner_a)["results"]
    assert (promise["state"], promise["contact"]) == ("open", person["id"])
    texts = [one["text"] for one in read(deal, "activities")["results"]]
    assert texts == ["Between us.", "The partner called."]
    assert [one["text"] for one in read(deal, "activities", cast.partner_a)["results"]] == ["The partner called."]
    told = Event.objects.visible_to(cast.actor(cast.seller_a)).about("deal", deal.uuid)
    assert told.filter(verb="deal.activity_added").count() == 1


def test_a_draft_is_not_there_for_the_vendors_system(cast, post, read):
    deal = making.draft(cast)
    for what in ("activities", "contacts", "promises"):
        assert post(deal, what, {"kind": "call", "text": "Hi.", "name": "Hi"}).status_code == 404
        assert read(deal, what, status=404)
    assert not Activity.objects.exists()


def test_what_only_reads_does_not_write_and_strangers_read_nothing(cast, post, read):
    deal = making.approved(cast)
    for what in ("activities", "contacts", "promises"):
        read(deal, what, cast.partner_b, status=404)
        read(deal, what, scopes=("deals:write",), status=403)
        assert (
            post(deal, what, {"kind": "call", "text": "Hi.", "name": "Hi"}, scopes=("deals:read",)).status_code == 403
        )


def test_long_lists_come_in_pages_of_few_statements(cast, read, django_assert_max_num_queries):
    deal = making.approved(cast)
    for number in range(5):
        Activity.objects.create(deal=deal, kind_id="call", text=str(number), happened_at=making.now(), by=cast.seller_a)
    read(deal, "activities", cast.partner_a)
    with django_assert_max_num_queries(12):
        page = read(deal, "activities", cast.partner_a, query="?limit=2")
    assert [one["text"] for one in page["results"]] == ["4", "3"]
    assert page["next"]
