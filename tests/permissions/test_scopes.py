"""A token opens what its scopes name, and nothing of what another scope guards, by no address."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.test import Client

from concord.partners.actions.api_clients import create_api_client
from concord.portal.actor import portal_actor
from concord.portal.api import scopes
from concord.portal.enums import Door, Role
from concord.portal.imports import import_kinds
from concord.portal.models import ImportRun
from tests.permissions.visits import content_of
from tests.permissions.world import CANARIES, World, undone

#: what stands in the world, by the scopes of which one at least has to be carried to read it
GUARDED = {
    "special price": {"quotes:read", "prices:read", "prices:write", "prices:decide"},
    "quote's note": {"quotes:read"},
    "activity": {"deals:read", "history:read"},
    "person": {"deals:read"},
    "promise": {"deals:read"},
    "objection": {"deals:read"},
    "lead's contact": {"deals:read"},
    "handover note": {"history:read"},
    "customer's name": {"customers:read", "deals:read", "quotes:read", "history:read"},
    "special price's reason": {"quotes:read"},
}


def carrying(partner: object, *wanted: str) -> Client:
    """A client whose token has these scopes alone."""
    api_client, secret = create_api_client(
        actor=portal_actor(Door.SHELL), name=" ".join(wanted), partner=partner, scopes=wanted
    )
    answer = Client().post(
        "/api/oauth/token",
        {"grant_type": "client_credentials", "client_id": api_client.client_id, "client_secret": secret},
    )
    bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
    return Client(raise_request_exception=False, headers=bearer)


def pages(world: World) -> Iterator[str]:
    deal, quote = f"/api/v1/deals/{world.deal.uuid}/", f"/api/v1/quotes/{world.quote.uuid}/"
    yield from ("/api/v1/" + one for one in ("customers/", "deals/", "events/", "imports/", "leads/", "partners/"))
    yield from ("/api/v1/" + one for one in ("price-lists/", "products/", "quotes/", "special-prices/", "stock/"))
    yield from (deal + one for one in ("", "activities/", "brief/", "contacts/", "evidence/", "history/", "promises/"))
    yield from (deal + "protection/", quote, quote + "checks/", quote + "pdf/")
    yield from (f"/api/v1/customers/{world.customer.uuid}/", f"/api/v1/leads/{world.lead.uuid}/")
    yield from (f"/api/v1/imports/{world.run.uuid}/{rest}" for rest in ("", "rejected/", "mapping/"))


@pytest.mark.parametrize("side", ["partner", "vendor"])
def test_one_scope_opens_its_own_part_alone(world: World, side: str):
    partner = world.cast.partner_a if side == "partner" else None
    role = Role.PARTNER_SYSTEM if partner else Role.VENDOR_SYSTEM
    wrong, met = {}, set()
    with undone():
        for scope in sorted(scopes.OF_ROLE[role]):
            client = carrying(partner, scope)
            for path in pages(world):
                answer = client.get(path)
                if answer.status_code != 200:
                    continue
                text = content_of(answer).decode(errors="replace")
                seen = {name for name, guards in GUARDED.items() if CANARIES[name] in text}
                met |= seen
                if any(scope not in GUARDED[name] for name in seen):
                    wrong[scope, path] = seen
    assert wrong == {}
    assert len(met) > 6


def test_the_brief_is_for_whoever_may_read_all_of_it(world: World):
    parts = {"deals:read", "history:read", "quotes:read", "stock:read"}
    path = f"/api/v1/deals/{world.deal.uuid}/brief/"
    with undone():
        assert carrying(world.cast.partner_a, *sorted(parts)).get(path).status_code == 200
        for missing in parts:
            client = carrying(world.cast.partner_a, *sorted(parts - {missing}))
            for accept in ("application/json", "application/pdf"):
                assert client.get(path, headers={"accept": accept}).status_code == 403, (missing, accept)


def test_a_system_sees_imports_of_those_kinds_alone_that_it_may_import(world: World):
    """Rejected rows say what was in them: prices, customers, deals."""
    with undone():
        rejections = world.run.rejections.name
        runs = {
            kind: ImportRun.objects.create(
                kind=kind, file_name="f.csv", rejections=rejections, mapping=world.run.mapping
            )
            for kind in import_kinds
        }
        for scope in sorted({kind.scope for kind in import_kinds.values()}):
            client = carrying(None, scope)
            own = {code for code, kind in import_kinds.items() if kind.scope == scope}
            listed = {one["kind"] for one in client.get("/api/v1/imports/?limit=200").json()["results"]}
            assert listed - {world.run.kind} == own - {world.run.kind}, scope
            for code, run in runs.items():
                for rest in ("", "rejected/", "mapping/"):
                    answer = client.get(f"/api/v1/imports/{run.uuid}/{rest}")
                    content_of(answer)
                    assert answer.status_code == (200 if code in own else 404), (scope, code, rest)


def test_what_the_vendor_decides_needs_the_scope_of_deciding(world: World):
    """A partner asks with the scope of writing; from the vendor's side the same request would be a decision."""
    decisions = {
        f"/api/v1/deals/{world.deal.uuid}/hold/": ("deals:write", "deals:decide"),
        f"/api/v1/quotes/{world.quote.uuid}/reprice/": ("quotes:write", "prices:decide"),
    }
    body = json.dumps({"cause": "customer_paused", "until": "2099-01-01T00:00:00Z"})
    with undone():
        for path, (write, decide) in decisions.items():
            told = {}
            for wanted in ((write,), (decide,), (write, decide)):
                client = carrying(None, *wanted)
                answer = client.post(path, body, content_type="application/json", headers={"if-match": '"stale"'})
                told[wanted] = answer.status_code
            assert told == {(write,): 403, (decide,): 403, (write, decide): told[write, decide]}, path
            assert told[write, decide] in {412, 422}, path
            asks = carrying(world.cast.partner_a, write)
            answer = asks.post(path, body, content_type="application/json", headers={"if-match": '"stale"'})
            assert answer.status_code in {412, 422}, path
