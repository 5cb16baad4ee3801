"""Every kind of answer carries what keeps browsers and caches from doing harm with it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from concord.deals.actions.calendar import make_calendar_feed
from tests.permissions.addresses import UnknownParameter, address
from tests.permissions.routes import all_routes
from tests.permissions.test_desk import desk_address
from tests.permissions.visits import visit
from tests.permissions.world import World, undone

#: the same for everybody who asks, and kept on purpose
FOR_EVERYBODY = (
    "/static/",
    "/brand",
    "/media/images/",
    "/robots.txt",
    "/manifest",
    "/.well-known/",
    "/favicon",
    "/api/docs",
)
#: what the API says of itself
OF_THE_API = ("/api/v1/", "/api/schema/", "/api/v1/nothing", "/api/v1/nothing/")


def asked(world: World, who: str):
    for route in all_routes():
        if "GET" not in route.methods:
            continue
        try:
            path = desk_address(route, world) if route.is_desk else address(route, world)
        except (UnknownParameter, ValueError):
            continue  # test_table.py says so
        yield path, visit(world, who, "GET", path)
    for path in (
        "/nothing/here/",
        "/api/v1/nothing/",
        "/desk/nothing/",
        "/media/evidence/x.txt",
        "/static/nothing.css",
    ):
        yield path, visit(world, who, "GET", path)
    for path in ("/deals/new/", "/api/v1/deals/", "/check/documents/"):
        yield f"POST {path}", visit(world, who, "POST", path, {"lines": "?"})


@pytest.mark.parametrize("who", ["anonymous", "seller_a", "vendor_manager", "client_a"])
def test_every_answer_says_how_it_is_to_be_taken(world, who):
    wrong = {}
    kinds = set()
    for path, answer in asked(world, who):
        missing = []
        kind = answer.get("Content-Type", "").partition(";")[0]
        kinds.add((kind, answer.status_code // 100))
        if answer.get("X-Content-Type-Options") != "nosniff":
            missing.append("nosniff")
        policy = answer.get("Content-Security-Policy", "")
        if "frame-ancestors" not in policy and answer.get("X-Frame-Options") not in {"DENY", "SAMEORIGIN"}:
            missing.append("framing")
        if answer.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
            missing.append("referrer")
        if not policy and kind == "text/html":
            missing.append("csp")
        if answer.has_header("Server") or answer.has_header("X-Powered-By"):
            missing.append("banner")
        kept = answer.get("Cache-Control", "")
        is_for_all = path.startswith(FOR_EVERYBODY) or path in OF_THE_API
        if who != "anonymous" and not is_for_all and "no-store" not in kept:
            missing.append("cache")
        if "public" in kept and not path.startswith(FOR_EVERYBODY):
            missing.append("public")
        if answer.has_header("ETag") and "/api/" not in path:
            missing.append("tag")
        if missing:
            wrong[path] = (answer.status_code, kind, *missing)
    assert wrong == {}
    assert len(kinds) > 3


def test_files_are_attachments_that_run_nothing(world):
    for who, path in (
        ("seller_a", f"/deals/{world.deal.uuid}/evidence/{world.evidence.uuid}/"),
        ("seller_a", reverse("pricing:quote-pdf", args=[world.quote.uuid])),
        ("client_a", f"/api/v1/deals/{world.deal.uuid}/evidence/{world.evidence.uuid}/"),
        ("client_a", f"/api/v1/quotes/{world.quote.uuid}/pdf/"),
        ("seller_a", f"/library/{world.collateral.uuid}/download/"),
        ("seller_a", "/deals/?_export=csv"),
        ("seller_a", "/quotes/?_export=xlsx"),
    ):
        answer = visit(world, who, "GET", path)
        assert answer.status_code == 200, path
        assert answer["Content-Disposition"].startswith("attachment"), path
        assert "no-store" in answer["Cache-Control"], path
        assert answer["X-Content-Type-Options"] == "nosniff", path
        assert not answer.has_header("ETag"), path
        assert "default-src 'none'" in answer["Content-Security-Policy"], path


def test_a_calendar_is_kept_by_nobody_and_names_its_secret_to_nobody(world):
    with undone():
        secret = make_calendar_feed(actor=world.cast.actor(world.cast.seller_a), now=world.deal.created_at)
        answer = visit(world, "anonymous", "GET", reverse("deals:calendar-feed", args=[secret]))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Content-Type-Options"] == "nosniff"
