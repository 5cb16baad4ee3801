"""The desk is the vendor's: nobody else ever gets an answer there, and each role only its own part."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.permissions.addresses import MEANING, UnknownParameter, fill, meaning, things
from tests.permissions.routes import Route, all_routes
from tests.permissions.visits import verdict, visit
from tests.permissions.world import OUTSIDE_THE_DESK, World

FILE = Path(__file__).with_name("desk.txt")
INSIDE = ("vendor_manager", "pricing_manager", "editor")
#: say nothing of anybody: texts and icons of the desk itself
FOR_EVERYBODY = {"desk/jsi18n/", "desk/sprite/"}
#: Wagtail's own addresses for looking at its pages of errors, and what catches all that is not there
NO_PAGES = {"desk/test404/", "desk/failwhale/", "desk/^.*/$"}
DESK = [route for route in all_routes() if route.is_desk and route.pattern not in FOR_EVERYBODY | NO_PAGES]
#: of Wagtail's own parameters: a value that leads as far into the view as one can get without knowing anything
GUESSES = {
    "app_label": "documents",
    "model_name": "collateral",
    "action": "delete",
    "site_pk": "1",
    "language": "en",
    "mode": "",
    "revision_id_a": "earliest",
    "revision_id_b": "latest",
    "embed_block": "x",
}


def desk_address(route: Route, world: World) -> str:
    """With the objects of A where one of our own packages takes one, else with the first of everything."""
    known = things(world, "a")
    values = {}
    for name in route.parameters:
        try:
            values[name] = known[meaning(route, name)]
        except UnknownParameter:
            values[name] = GUESSES.get(name, "1")
    return fill(route.pattern, values)


@cache
def parts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            prefix, *answers = line.split()
            assert len(answers) == len(INSIDE), line
            assert set(answers) <= {"open", "closed", "some"}, line
            found[prefix] = dict(zip(INSIDE, answers, strict=True))
    return found


def part_of(route: Route) -> str | None:
    return max((prefix for prefix in parts() if route.pattern.startswith(prefix)), key=len, default=None)


@pytest.mark.parametrize("who", OUTSIDE_THE_DESK)
def test_nobody_from_outside_ever_gets_an_answer(world, who):
    answered = []
    methods = ("GET", "POST") if who in {"stranger", "seller_a"} else ("GET",)
    for route in DESK:
        for method in methods:
            answer = visit(world, who, method, desk_address(route, world))
            if verdict(answer) not in {"login", "302", "403", "404", "405"}:
                answered.append((method, route.pattern, verdict(answer)))
    assert answered == []


@pytest.mark.parametrize("who", ["seller_a", "stranger"])
def test_whoever_is_signed_in_without_a_part_in_the_desk_is_sent_nowhere_inside(world, who):
    """Redirects lead out of the desk, never deeper into it."""
    deeper = {}
    for route in DESK:
        answer = visit(world, who, "GET", desk_address(route, world))
        place = answer.get("Location", "")
        if place.startswith("/desk/") and not place.startswith(("/desk/login/", "/desk/logout/")):
            deeper[route.pattern] = place
    assert deeper == {}


def test_every_part_of_the_desk_is_somebodys():
    assert sorted({route.pattern for route in DESK if part_of(route) is None}) == []


@pytest.mark.parametrize("who", INSIDE)
def test_each_role_gets_into_its_own_parts_and_no_others(world, who):
    wrong = []
    for route in DESK:
        prefix = part_of(route)
        if prefix is None:
            continue
        expected = parts()[prefix][who]
        answer = verdict(visit(world, who, "GET", desk_address(route, world)))
        if expected == "closed":
            fine = answer in {"login", "302", "403", "404", "405"}
        elif expected == "open" and route.pattern == prefix:
            fine = answer == "200"
        else:
            fine = int(answer) < 500 if answer.isdigit() else False
        if not fine:
            wrong.append((route.pattern, expected, answer))
    assert wrong == []


def test_every_meaning_is_used():
    """An explanation of a parameter whose route is gone would hide the next one of that name."""
    used = {
        key
        for key in MEANING
        for route in all_routes()
        if route.pattern.startswith(key[0]) and key[1] in route.parameters
    }
    assert set(MEANING) - used == set()
