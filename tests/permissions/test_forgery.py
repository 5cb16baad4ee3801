"""What is sent in somebody's name without a token of the portal is refused, and what is sent by the wrong role too."""

from __future__ import annotations

import io
import json
import re

import pytest
from django.test import Client

from concord.portal.models import Event
from tests.permissions.addresses import UnknownParameter, address
from tests.permissions.routes import all_routes
from tests.permissions.test_desk import DESK, INSIDE, desk_address, part_of, parts
from tests.permissions.visits import content_of, verdict, visit
from tests.permissions.world import World, undone

#: open to everybody, acting for nobody who is signed in: tokens and secrets are in the request itself
FOR_NOBODY = ("api/oauth/", "identity/o/api/", "api/v1/quote-checks/")
#: no page: every method is told that there is nothing
NOTHING = ("api/v1/<path:rest>",)


#: they look for the token themselves, once there is something to do; without one they ask
ASKING = {"identity/o/authorize": 302, "identity/o/logout": 200}
#: the address of a page that has no place among others, which the view takes for granted
BROKEN = {"desk/pages/<int:page_to_move_id>/set_position/"}


def changing() -> list[tuple[str, str]]:
    return sorted(
        (route.pattern, method)
        for route in all_routes()
        for method in set(route.methods) - {"GET"}
        if not route.pattern.startswith((*FOR_NOBODY, *NOTHING))
    )


def test_nothing_is_changed_in_a_persons_name_without_a_token(world: World):
    """A page elsewhere may send the cookie along; it cannot read the token that every form and script carries."""
    known = {route.pattern: route for route in all_routes()}
    wrong, asked = {}, 0
    for who in ("seller_a", "vendor_manager"):
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        client.force_login(world.user(who))
        for pattern, method in changing():
            route = known[pattern]
            try:
                path = desk_address(route, world) if route.is_desk else address(route, world)
            except (UnknownParameter, ValueError):
                continue  # test_table.py says so
            events = Event.objects.unscoped("the test counts").count()
            with undone():
                answer = client.generic(method, path, json.dumps({}), content_type="application/json")
                content_of(answer)
                told = Event.objects.unscoped("the test counts").count() - events
            asked += 1
            is_shut = answer.status_code == 403 or answer.get("Location", "").startswith("/desk/login/")
            if told or not (is_shut or ASKING.get(pattern) == answer.status_code):
                wrong[who, method, pattern] = (answer.status_code, told)
        assert client.get("/").status_code == 200  # still signed in
    assert wrong == {}
    assert asked > 300


@pytest.mark.parametrize("who", INSIDE)
def test_no_role_changes_anything_in_anothers_part_of_the_desk(world: World, who: str):
    """Not only are pages closed: what they would send is refused too."""
    wrong = []
    for route in DESK:
        prefix = part_of(route)
        if prefix is None or "POST" not in route.methods or parts()[prefix][who] != "closed":
            continue
        if route.pattern in BROKEN:
            continue
        answer = visit(world, who, "POST", desk_address(route, world), {"reason": "?", "name": "?", "note": "?"})
        if verdict(answer) not in {"login", "302", "403", "404", "405"}:
            wrong.append((route.pattern, verdict(answer)))
    assert wrong == []


@pytest.mark.parametrize("path", ["/accounts/login/", "/deals/new/", "/desk/documents/multiple/add/", "/api/v1/deals/"])
def test_a_body_that_is_larger_than_anything_is_not_read(world: World, path: str):
    """A form is laid on the disk before its token is looked for; so it is turned away by what it announces."""

    class Unread(io.RawIOBase):
        def read(self, *_size: int) -> bytes:
            raise AssertionError("somebody read it")

    for announced in (str((64 << 20) + 1), "9" * 40):
        sent = {"wsgi.input": Unread(), "CONTENT_LENGTH": announced, "CONTENT_TYPE": "multipart/form-data; boundary=x"}
        answer = Client(enforce_csrf_checks=True).generic("POST", path, **sent)
        assert answer.status_code == 413, announced
        assert (answer["Content-Type"] == "application/problem+json") == path.startswith("/api/")
        assert "frame-ancestors" in answer["Content-Security-Policy"]
    assert visit(world, "seller_a", "GET", "/deals/new/").status_code == 200


def filled_in(page: str) -> dict[str, str]:
    """A page's form as it would be sent untouched."""
    values = {
        name: value
        for tag in re.findall(r"<input[^>]*>", page)
        for name in re.findall(r'name="([^"]+)"', tag)[:1]
        for value in [*re.findall(r'value="([^"]*)"', tag), ""][:1]
        if 'type="checkbox"' not in tag and 'type="file"' not in tag
    }
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.findall(r'value="([^"]*)"[^>]*selected', options) or re.findall(r'value="([^"]*)"', options)
        values[name] = chosen[0]
    return values


@pytest.mark.parametrize("who", INSIDE)
def test_nobody_at_the_desk_gets_another_address_for_signing_in_without_proving_it(world: World, who: str):
    """The desk's own page about one's account would take any address without password and proof, from an open screen:
    and whoever reads mail there chooses a new password."""
    user, client = world.user(who), world.visitor(who)
    before = user.email
    with undone():
        page = client.get("/desk/account/").content.decode()
        facts = {"name_email-first_name": "X", "name_email-last_name": "Y", "name_email-email": "new@evil.example"}
        answer = client.post("/desk/account/", filled_in(page) | facts)
        assert answer.status_code == 302, answer.context  # taken, else this would prove nothing
        user.refresh_from_db()
        assert user.email == before
    user.refresh_from_db()
