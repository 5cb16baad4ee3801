"""Merging and its way back through the API and by the desk's buttons."""

from __future__ import annotations

import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from concord.partners.actions.api_clients import create_api_client
from concord.partners.models import CustomerMerge, EndCustomer
from concord.portal.actor import portal_actor
from concord.portal.api import scopes
from concord.portal.enums import Role
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


def again(customer: EndCustomer) -> EndCustomer:
    return EndCustomer.objects.unscoped("look").get(pk=customer.pk)


@pytest.fixture
def api(cast):
    client, secret = create_api_client(
        actor=portal_actor(), name=str(uuid.uuid4()), partner=None, scopes=scopes.OF_ROLE[Role.VENDOR_SYSTEM]
    )
    grant = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": secret}
    bearer = f"Bearer {Client().post('/api/oauth/token', grant).json()['access_token']}"

    def send(method: str, customer: EndCustomer, path: str = "", body: object = None, **headers: str):
        return Client().generic(
            method,
            f"/api/v1/customers/{customer.uuid}/{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"authorization": bearer, **headers},
        )

    return send


@pytest.fixture
def desk(cast):
    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(cast.people[who])
        return client

    return sign_in


@pytest.fixture
def pair(cast):
    return make_customer("Alpha Werke AG"), make_customer("Zeppelin Motoren AG")


def test_a_system_merges_what_it_has_read_and_takes_it_back(api, pair):
    survivor, absorbed = pair
    wanted = {"absorb": [str(absorbed.uuid)], "reason": "one register entry"}
    tag = api("GET", survivor)["ETag"]

    done = api("POST", survivor, "merge/", wanted, if_match=tag)

    assert done.status_code == 200, done.content
    (merge,) = done.json()["merges"]
    assert (merge["absorbed"], merge["undone_at"], merge["obstacles"]) == (str(absorbed.uuid), None, [])
    assert again(absorbed).merged_into_id == survivor.pk
    assert done["ETag"] == api("GET", survivor)["ETag"] != tag

    back = api("POST", survivor, "unmerge/", {"merge": merge["merge"]}, if_match=done["ETag"])

    assert back.status_code == 200, back.content
    assert back.json()["merges"][0]["undone_at"]
    assert again(absorbed).merged_into_id is None


@pytest.mark.parametrize(("headers", "status"), [({}, 428), ({"if_match": '"read-long-ago"'}, 412)])
def test_a_merge_needs_the_version_that_was_read(api, pair, headers, status):
    survivor, absorbed = pair
    answer = api("POST", survivor, "merge/", {"absorb": [str(absorbed.uuid)]}, **headers)
    assert answer.status_code == status, answer.content
    assert again(absorbed).merged_into_id is None
    assert not CustomerMerge.objects.exists()


def test_a_retry_with_the_same_key_merges_once(api, pair):
    survivor, absorbed = pair
    wanted = {"absorb": [str(absorbed.uuid)]}
    headers = {"if_match": api("GET", survivor)["ETag"], "idempotency_key": str(uuid.uuid4())}
    first, second = (api("POST", survivor, "merge/", wanted, **headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200), second.content
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert CustomerMerge.objects.count() == 1
    other = api("POST", survivor, "merge/", {"absorb": [str(uuid.uuid4())]}, **headers)
    assert other.status_code == 422


def test_a_dry_run_changes_nothing(api, pair):
    survivor, absorbed = pair
    answer = api("POST", survivor, "merge/", {"absorb": [str(absorbed.uuid)], "dry_run": True})
    assert answer.status_code == 200, answer.content
    assert answer.json()["merges"][0]["merge"] is None
    assert again(absorbed).merged_into_id is None


def test_the_desk_merges_and_undoes_by_its_buttons(pair, desk):
    survivor, absorbed = pair
    manager = desk("vendor_manager")
    address = reverse("customers:merge", args=[survivor.uuid, absorbed.uuid])
    shown = manager.get(address).content.decode()
    assert "Alpha Werke AG" in shown
    assert "Zeppelin Motoren AG" in shown
    answer = manager.post(address, {"reason": "the register says so"})
    assert answer["Location"] == reverse("customers:inspect", args=[survivor.pk])
    assert again(absorbed).merged_into_id == survivor.pk
    undo = reverse("customers:undo-merge", args=[CustomerMerge.objects.get().uuid])
    assert undo in manager.get(answer["Location"]).content.decode()

    assert manager.post(undo)["Location"] == answer["Location"]
    assert again(absorbed).merged_into_id is None
    assert "Undone" in manager.get(answer["Location"]).content.decode()
    assert manager.post(undo, follow=True).status_code == 200  # said, not done twice
    assert CustomerMerge.objects.count() == 1


def test_the_desk_keeps_a_group_apart_and_takes_it_apart(pair, desk):
    top, daughter = pair
    manager = desk("vendor_manager")
    answer = manager.post(reverse("customers:group", args=[daughter.uuid, top.uuid, "subsidiary"]))
    assert answer["Location"] == reverse("customers:inspect", args=[daughter.pk])
    assert again(daughter).parent_id == top.pk
    refused = manager.post(reverse("customers:merge", args=[top.uuid, daughter.uuid]), {"reason": ""})
    assert refused.status_code == 409
    assert again(daughter).merged_into_id is None
    manager.post(reverse("customers:group", args=[daughter.uuid, top.uuid, "apart"]))
    assert again(daughter).parent_id is None


@pytest.mark.parametrize("who", ["pricing_manager", "editor", "seller_a"])
def test_others_press_none_of_them(pair, desk, who):
    survivor, absorbed = pair
    desk(who).post(reverse("customers:merge", args=[survivor.uuid, absorbed.uuid]), {"reason": ""})
    desk(who).post(reverse("customers:group", args=[survivor.uuid, absorbed.uuid, "subsidiary"]))
    assert again(absorbed).merged_into_id is None
    assert again(survivor).parent_id is None


def test_only_who_may_merge_looks_at_what_a_merge_would_do(cast, pair):
    survivor, absorbed = pair
    answers = {}
    for who in ("vendor_manager", "pricing_manager", "seller_a"):
        client = Client()
        client.force_login(cast.people[who])
        answers[who] = client.post(
            f"/api/v1/customers/{survivor.uuid}/merge/",
            json.dumps({"absorb": [str(absorbed.uuid)], "dry_run": True}),
            content_type="application/json",
        )
    assert {who: answer.status_code for who, answer in answers.items()} == {
        "vendor_manager": 200,
        "pricing_manager": 403,
        "seller_a": 403,
    }
    assert b"moves" not in answers["pricing_manager"].content


def test_a_merge_is_taken_back_at_its_own_customer_alone(api, pair):
    survivor, absorbed = pair
    bystander = make_customer("Quellwerke GmbH")
    done = api("POST", survivor, "merge/", {"absorb": [str(absorbed.uuid)]}, if_match="*")
    merge = {"merge": done.json()["merges"][0]["merge"]}
    assert api("POST", bystander, "unmerge/", merge, if_match="*").status_code == 404
    assert again(absorbed).merged_into_id == survivor.pk
    assert api("POST", absorbed, "unmerge/", merge, if_match="*").status_code == 200
    assert again(absorbed).merged_into_id is None
