"""What is another's answers exactly as what is not there: same status, same words."""

from __future__ import annotations

import pytest

from tests.permissions.addresses import UnknownParameter, address, has_owner
from tests.permissions.routes import all_routes
from tests.permissions.visits import verdict, visit, without_what_changes
from tests.permissions.world import OF_A

FOREIGN = ("anonymous", "stranger", "suspended", "seller_b", "client_b")


def owned():
    for route in all_routes():
        if route.is_desk:
            continue
        try:
            if has_owner(route):
                yield route
        except UnknownParameter:
            continue  # test_table.py says so


OWNED = list(owned())


@pytest.mark.parametrize("route", OWNED, ids=lambda route: route.pattern)
def test_foreign_and_absent_are_told_alike(world, route):
    foreign, absent = address(route, world, "a"), address(route, world, "absent")
    for who in FOREIGN:
        for method in route.methods:
            answers = [visit(world, who, method, path) for path in (foreign, absent)]
            assert verdict(answers[0]) == verdict(answers[1]), (who, method)
            assert answers[0].status_code != 200, (who, method)
            bodies = [
                without_what_changes(answer, path) for answer, path in zip(answers, (foreign, absent), strict=True)
            ]
            assert bodies[0] == bodies[1], (who, method)


@pytest.mark.parametrize("route", [one for one in OWNED if "GET" in one.methods], ids=lambda route: route.pattern)
def test_its_owner_gets_an_answer(world, route):
    """Else the test above would prove nothing."""
    path = address(route, world, "a")
    if "/special-price/" in route.pattern:
        path += f"?sku={world.product.sku}"
    answers = {who: verdict(visit(world, who, "GET", path)) for who in sorted(OF_A | {"vendor_manager"})}
    assert "200" in answers.values() or "302" in answers.values(), answers
