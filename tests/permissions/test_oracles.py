"""What is another's cannot be told from what is not there, by no method, header, filter, order or page of a list."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, unquote

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from drf_spectacular.generators import SchemaGenerator

from tests.cast import PASSWORD
from tests.permissions.addresses import UnknownParameter, address, has_owner, things
from tests.permissions.routes import all_routes
from tests.permissions.test_canaries import readable
from tests.permissions.visits import content_of, verdict, visit, without_what_changes
from tests.permissions.world import CANARIES, World, undone

RIVALS = ("seller_b", "client_b")


def owned() -> Iterator[object]:
    for route in all_routes():
        try:
            if not route.is_desk and has_owner(route):
                yield route
        except UnknownParameter:
            continue  # test_table.py says so


OWNED = list(owned())


def told(world: World, who: str, method: str, path: str, **headers: str) -> tuple[str, dict[str, str], bytes]:
    answer = visit(world, who, method, path, **headers)
    kept = {name: value for name, value in answer.items() if name not in {"Content-Length", "X-Request-ID"}}
    kept = {name: re.sub(r"nonce-[^']*", "", value.replace(path, "")) for name, value in kept.items()}
    return verdict(answer), kept, without_what_changes(answer, path)


CONDITIONS = {
    "known tag": {"if_none_match": "*"},
    "known content": {"if_none_match": '"0"', "if_modified_since": "Tue, 01 Jan 2030 00:00:00 GMT"},
    "part": {"range": "bytes=0-10"},
    "unmodified": {"if_unmodified_since": "Tue, 01 Jan 2000 00:00:00 GMT", "if_match": '"0"'},
}


@pytest.mark.parametrize("route", OWNED, ids=lambda route: route.pattern)
def test_no_method_or_condition_tells_foreign_from_absent(world, route):
    foreign, absent = address(route, world, "a"), address(route, world, "absent")
    for who in RIVALS:
        for method in ("HEAD", "OPTIONS"):
            assert told(world, who, method, foreign) == told(world, who, method, absent), (who, method)
        if "GET" in route.methods:
            plain = told(world, who, "GET", absent)
            for name, headers in CONDITIONS.items():
                assert told(world, who, "GET", foreign, **headers) == plain, (who, name)


@pytest.mark.parametrize("route", OWNED, ids=lambda route: route.pattern)
def test_foreign_costs_as_much_as_absent(world, route):
    """As many statements, so that no clock tells what no word tells."""
    paths = [address(route, world, whose) for whose in ("a", "absent")]
    wrong = {}
    for who in RIVALS:
        for method in route.methods:
            visit(world, who, method, paths[1])  # whatever is read once for all is read now
            counts = []
            for path in paths:
                with CaptureQueriesContext(connection) as run:
                    visit(world, who, method, path)
                counts.append(len(run))
            if counts[0] != counts[1]:
                wrong[who, method] = counts
    assert wrong == {}


@pytest.mark.parametrize("override", ["DELETE", "PATCH", "PUT"])
def test_no_header_or_field_makes_another_method_of_a_request(world, override):
    """A form is what its method says: neither frameworks' fields nor their headers change that."""
    deal = f"/api/v1/deals/{world.rival_deal.uuid}/"
    plain = visit(world, "seller_b", "GET", deal)
    for names in ({"x_http_method_override": override}, {"x_method_override": override}, {"x_http_method": override}):
        answer = visit(world, "seller_b", "GET", deal + f"?_method={override}", **names)
        assert (answer.status_code, content_of(answer)) == (plain.status_code, content_of(plain))
        assert visit(world, "seller_b", "POST", deal, {"_method": override}, **names).status_code in {403, 405}


# -- filters, orders and pages of lists ------------------------------------------------------------------------------


def asked_by_schema() -> dict[str, set[str]]:
    """The parameters of each list of the API, as its schema has them."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return {
        path: {one["name"] for one in operations["get"].get("parameters", ()) if one["in"] == "query"}
        for path, operations in paths.items()
        if "get" in operations and "{" not in path
    }


def asked_by_forms(world: World, who: str) -> dict[str, set[str]]:
    """The fields of the filters of each page."""
    found = {}
    for route in all_routes():
        if (
            route.is_desk
            or route.parameters
            or "GET" not in route.methods
            or route.pattern.startswith(("api/", "health/"))
        ):
            continue
        path = address(route, world)
        answer = visit(world, who, "GET", path)
        if answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html"):
            forms = re.findall(r'<form[^>]*method="get".*?</form>', content_of(answer).decode(), re.DOTALL)
            found[path] = {name for form in forms for name in re.findall(r'name="(\w+)"', form)}
    return found


#: whatever takes an id, a code or a name, though no schema says so
ALWAYS = {"customer", "deal", "partner", "quote", "owner", "seller", "product", "story", "lead", "after", "price_list"}
MEANINGS = ("customer", "deal", "lead", "quote", "member", "partner", "special_price", "run", "evidence", "collateral")


def values_of_a(world: World) -> dict[str, tuple[str, str]]:
    """What A has, beside what looks the same and is nobody's."""
    of_a, absent = things(world, "a"), things(world, "absent")
    values = {name: (str(of_a[name]), str(absent[name])) for name in MEANINGS}
    number = world.quote.number
    return values | {
        "number": (number, number[:-1] + "9"),
        "row": (str(world.deal.pk), "999999999"),
        "user": (str(world.cast.seller_a.pk), "999999998"),
        "name": (CANARIES["customer's name"], "Xurmeltierwerke Anlagenbau"),
        "story": (f"deal:{world.deal.uuid}", "deal:00000000-0000-4000-8000-00000000dead"),
        "address": (CANARIES["seller's address"], "sxenja@quetzalin.example"),
    }


def lists_of(world: World, who: str) -> dict[str, set[str]]:
    return asked_by_schema() if who == "client_b" else asked_by_forms(world, who)


@pytest.mark.parametrize("who", RIVALS)
def test_filters_tell_nothing_of_what_is_anothers(world, who):
    """`?customer=` of a rival's customer finds as much, in the same words, as one that is not there."""
    wrong, asked = [], 0
    for path, names in lists_of(world, who).items():
        for kind, (foreign, absent) in values_of_a(world).items():
            for some in ({one for one in names | ALWAYS if one not in {"wait", "limit", "page"}},):
                answers = []
                for value in (foreign, absent):
                    query = "&".join(f"{name}={value}" for name in sorted(some))
                    answer = visit(world, who, "GET", f"{path}?{query}")
                    body = readable(content_of(answer)).encode()
                    answers.append((verdict(answer), without_value(body, value)))
                    asked += 1
                if answers[0] != answers[1]:
                    wrong.append((path, kind, [one[0] for one in answers]))
            for name in sorted(names & ALWAYS):
                pair = [visit(world, who, "GET", f"{path}?{name}={value}") for value in (foreign, absent)]
                bodies = [
                    without_value(content_of(one), value) for one, value in zip(pair, (foreign, absent), strict=True)
                ]
                if (verdict(pair[0]), bodies[0]) != (verdict(pair[1]), bodies[1]):
                    wrong.append((path, name, kind))
    assert sorted({one[0] for one in wrong}) == [], wrong
    assert asked > 200


def without_value(body: bytes, value: str) -> bytes:
    """A body without what was asked for, however the page writes it, and without what changes each time.

    Of a short number, which may stand in any word, no more than the ids of the rows that were found.
    """
    if value.isdecimal():
        return " ".join(
            re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", re.sub(r'name="idempotency_key"[^>]*', "", body.decode()))
        ).encode()
    text = re.sub(rb'(csrfmiddlewaretoken|idempotency_key)" value="[^"]*"|nonce="[^"]*"|X-CSRFToken[^}]*}', b"", body)
    for written in (value, quote(value), quote_plus(value), quote(value, safe=""), html.escape(value)):
        text = re.sub(rb"(?<!\w)" + re.escape(written.encode()) + rb"(?!\w)", b"", text)
    return text


@pytest.mark.parametrize("who", RIVALS)
def test_no_order_is_taken_from_the_reader_over_fields_that_are_hidden(world, who):
    """Sorting by what one may not read tells it bit by bit: such an order changes nothing."""
    hidden = ("end_customer__legal_name", "partner__code", "unit_price", "owner__password", "-owner__password",
              "decision_note", "end_customer__protections__ends_at", "pk", "vendor_delay")  # fmt: skip
    wrong = []
    for path in lists_of(world, who):
        if path.startswith(("/accounts", "/identity", "/api/v1/events")):
            continue
        plain = visit(world, who, "GET", path)
        for name in hidden:
            for parameter in ("ordering", "order", "sort", "o"):
                answer = visit(world, who, "GET", f"{path}?{parameter}={name}")
                if answer.status_code >= 500:
                    wrong.append((path, parameter, name, answer.status_code))
                elif rows_of(answer) != rows_of(plain):
                    wrong.append((path, parameter, name))
    assert wrong == []


def rows_of(answer: HttpResponse) -> list[str]:
    """The ids in an answer, in order."""
    text = re.sub(r'name="idempotency_key"[^>]*', "", content_of(answer).decode(errors="replace"))
    return re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", text)


def test_a_cursor_opens_nothing_and_tells_no_number(world):
    """Cursors hold a place in the order, never a right: A's own cursor gives B what B has there, and reads as noise."""
    met = 0
    for path, names in asked_by_schema().items():
        if "cursor" not in names:
            continue
        mine = visit(world, "client_a", "GET", f"{path}?limit=1")
        following = re.search(r"cursor=([^\"&]+)", content_of(mine).decode())
        if following is None:
            continue
        met += 1
        answer = visit(world, "client_b", "GET", f"{path}?limit=200&cursor={following[1]}")
        text = readable(content_of(answer))
        assert answer.status_code == 200, path
        assert [canary for canary in CANARIES.values() if canary in text] == []
        raw = base64.urlsafe_b64decode(unquote(following[1]) + "====")
        assert b"p=" not in raw, path
        forged = base64.b64encode(b"p=999999").decode()
        assert visit(world, "client_b", "GET", f"{path}?cursor={forged}").status_code == 404, path
    assert met > 2


# -- the way after signing in ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "http:evil.example", "javascript:alert(1)",
     "https:///evil.example", "\t//evil.example", "https://testserver@evil.example/"],
)  # fmt: skip
def test_no_way_leads_out_after_signing_in_or_choosing_a_language(world, target):
    for path, data in (
        ("/accounts/login/", {"login": world.cast.seller_b.email, "password": PASSWORD, "next": target}),
        ("/setlang/", {"language": "zh-hans", "next": target}),
    ):
        with undone():
            answer = Client().post(path, data, headers={"referer": "https://evil.example/"})
        where = answer.get("Location", "")
        assert "evil" not in where.partition("?")[0], (path, where)
        assert not where.startswith("javascript"), (path, where)
    for page in ("/accounts/login/", "/desk/login/", "/accounts/reauthenticate/", "/accounts/logout/"):
        for who in ("anonymous", "seller_b"):
            answer = visit(world, who, "GET", f"{page}?next={target}")
            where = answer.get("Location", "")
            assert "evil" not in where.partition("?")[0], (page, who, where)
            assert f'href="{target}"' not in content_of(answer).decode()
