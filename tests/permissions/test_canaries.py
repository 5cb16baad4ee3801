"""Partner A's texts and prices are looked for in everything that its rival, a stranger and nobody can ask for."""

from __future__ import annotations

import copy
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from concord.partners.actions.customers import relate
from concord.portal.models import Event
from concord.portal.periods import period
from concord.pricing.actions.quotes import QuoteLineInput, draft_quote
from concord.pricing.models import RegistrationBenefit
from tests.permissions.addresses import UnknownParameter, address
from tests.permissions.planting import VENDORS_FILE
from tests.permissions.routes import all_routes
from tests.permissions.test_desk import NO_PAGES, desk_address
from tests.permissions.visits import content_of, verdict, visit
from tests.permissions.world import CANARIES, VENDORS_OWN, World, undone

OTHERS = ("anonymous", "stranger", "suspended", "seller_b", "client_b")
#: words out of A's texts, none of them a whole canary: what is asked comes back in the answer
HUNTED = ("Murmeltier", "Zirbelkiefer", "Quetzal", "Alpensegler", "Schneehuhn", "Kreuzotter", "Auerhenne")
#: whatever a page calls its search box, and every way of asking for a file, each in one go
QUESTIONS = tuple(
    "?" + "&".join(f"{name}={word}" for name in ("search", "q", "customer", "customer_name", "number"))
    for word in HUNTED
)
#: what not even A itself meets
OF_THE_VENDOR = {"vendor's own": VENDORS_OWN, "vendor's file": VENDORS_FILE}
EXPORTS = tuple(f"?export={kind}&_export={kind}&format={kind}" for kind in ("csv", "xlsx"))


def addresses(world: World) -> Iterator[str]:
    for route in all_routes():
        if route.is_desk or "GET" not in route.methods:
            continue
        if not route.parameters:
            path = address(route, world)
            yield path
            if not path.startswith(("/accounts/", "/identity/", "/health/", "/brand", "/.well-known/", "/_util/")):
                yield from (path + more for more in (*QUESTIONS, *EXPORTS))
            continue
        try:
            yield from {address(route, world, whose) for whose in ("a", "b", "absent")}
        except UnknownParameter:
            continue  # test_table.py says so
    for deal in (world.appealed, world.rival_deal):
        yield from (f"/deals/{deal.uuid}/{page}" for page in ("", "history/", "brief/"))
        yield from (f"/api/v1/deals/{deal.uuid}/{part}" for part in ("", "history/", "evidence/"))


def readable(content: bytes) -> str:
    """The text of an answer, also of a spreadsheet; JSON without its escapes."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    text = content.decode("utf-8", errors="replace")
    if text.startswith(("{", "[")):
        text = json.dumps(json.loads(text), ensure_ascii=False)
    return text


#: the difference of two numbers of rows is how many the others have made in between
A_ROW = re.compile(r"(?<![\w.])73100\d{5}(?!\w)")


def sightings(world: World, who: str) -> dict[str, list[str]]:
    """Which canaries somebody meets, and where."""
    seen: dict[str, list[str]] = {}
    for path in addresses(world):
        answer = visit(world, who, "GET", path)
        text = readable(content_of(answer)).replace(path, "")
        if A_ROW.search(text + " ".join(answer.headers.values())):
            seen.setdefault("number of a row", []).append(path)
        if path.startswith(("/check/", "/api/v1/quote-checks/")):
            # Whoever holds the code holds the document, and its number with the partner's code in it.
            text = text.replace(world.quote.number, "")
        for name, canary in {**CANARIES, **OF_THE_VENDOR}.items():
            if canary in text:
                seen.setdefault(name, []).append(path)
    return seen


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_meets_a_canary(world, who):
    assert sightings(world, who) == {}


def test_its_owners_meet_them(world):
    """The hunt above would have found them."""
    feed = readable(content_of(visit(world, "client_a", "GET", "/api/v1/events/")))
    assert CANARIES["handover note"] in feed
    seen = sightings(world, "seller_a") | sightings(world, "admin_a") | sightings(world, "client_a")
    assert not {"number of a row", *OF_THE_VENDOR} & set(seen)
    assert set(CANARIES) - set(seen) == NOT_SHOWN_TO_ITS_OWNER


#: what even its owner does not read back on any page today
NOT_SHOWN_TO_ITS_OWNER = {"grounds of the appeal"}


@pytest.mark.parametrize("who", ["seller_a", "admin_a", "vendor_manager"])
def test_looking_changes_nothing(world, who):
    """No GET records an event, except that a download is counted, as the library's readers are told."""
    pages = [path for path in addresses(world) if "?" not in path and not path.endswith("/download/")]
    written = [path for path in pages if events_of_visit(world, who, path)]
    assert written == []


def events_of_visit(world: World, who: str, path: str) -> int:
    events = Event.objects.unscoped("the test counts")
    before = events.count()
    visitor = world.visitor(who)
    cookies = copy.deepcopy(visitor.cookies)
    try:
        with undone():
            content_of(visitor.get(path))
            return events.count() - before
    finally:
        visitor.cookies = cookies  # a session that was renewed on the way is undone with the visit


def test_foreign_and_absent_searches_are_told_alike(world):
    """A search for a rival's customer says as much as a search for nothing."""
    wrong = []
    for route in all_routes():
        if route.is_desk or route.parameters or "GET" not in route.methods:
            continue
        for name in ("search", "q"):
            bodies = {}
            for word in ("Murmeltier", "Xurmeltiex"):
                answer = visit(world, "seller_b", "GET", f"{address(route, world)}?{name}={word}")
                bodies[word] = (verdict(answer), readable(content_of(answer)).replace(word, ""))
            if bodies["Murmeltier"][0] != bodies["Xurmeltiex"][0]:
                wrong.append(route.pattern)
    assert wrong == []


#: of the library and of those who use it an editor knows
OF_THE_LIBRARY = frozenset(
    {
        "partner's name",
        "partner's code",
        "seller's name",
        "seller's address",
        "administrator's name",
        "restricted collateral",
        "restricted file",
    }
)


def test_an_editor_meets_no_business_at_the_desk(world):
    """Reports, histories, choosers and searches of the desk tell who writes its pages nothing of deals and prices."""
    hidden = {name: text for name, text in {**CANARIES, **OF_THE_VENDOR}.items() if name not in OF_THE_LIBRARY}
    seen = {}
    for route in all_routes():
        if not route.is_desk or "GET" not in route.methods or route.pattern in NO_PAGES:
            continue
        path = desk_address(route, world)
        for more in ("", "?q=Murmeltier", *EXPORTS):
            if more and "<" in route.pattern:
                continue
            text = readable(content_of(visit(world, "editor", "GET", path + more)))
            for name, canary in hidden.items():
                if canary in text:
                    seen.setdefault(name, []).append(path + more)
    assert seen == {}


@pytest.mark.parametrize("who", ["seller_b", "client_b"])
def test_a_customer_in_common_tells_nothing_of_the_other_partner(world, who):
    """B is registered for another family and has a draft at A's own customer: it meets the company's name alone."""
    with undone():
        relate(partner_id=world.cast.partner_b.pk, end_customer_id=world.customer.pk, now=datetime.now(UTC))
        RegistrationBenefit.objects.create(
            partner=world.cast.partner_b,
            end_customer=world.customer,
            family=world.cast.other_family,
            period=period(datetime.now(UTC) - timedelta(hours=1), None),
            granted_by_type="deal",
            granted_by_uuid=world.rival_deal.uuid,
        )
        draft = draft_quote(
            actor=world.cast.actor(world.cast.seller_b),
            partner_id=world.cast.partner_b.pk,
            seller_id=world.cast.seller_b.pk,
            end_customer_id=world.customer.pk,
            customer_name="Our own name for them",
            currency="USD",
            valid_until=(datetime.now(UTC) + timedelta(days=9)).date(),
            lines=[QuoteLineInput(world.product.sku, 10)],
        )
        common = sightings(replace(world, rival_quote=draft), who)
    # What is granted to a customer holds through every partner, and who is related is shown the price in force.
    assert set(common) <= {"customer's name", "special price"}
    assert "customer's name" in common or who == "seller_b"
