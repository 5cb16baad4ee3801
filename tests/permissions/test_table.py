"""Every address × every method × everybody: the answer stands in `table.txt`, and what is missing there fails here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.permissions.addresses import address
from tests.permissions.routes import Route, all_routes
from tests.permissions.table import FILE, row_text, table
from tests.permissions.visits import verdict, visit
from tests.permissions.world import PEOPLE, World

DRAFT = Path(__file__).parents[2] / "test-artefacts" / "permissions-missing.txt"
ROUTES = {route.pattern: route for route in all_routes() if not route.is_desk}
EXPECTED = sorted({(route.pattern, method) for route in ROUTES.values() for method in route.methods})


def observed(world: World, route: Route, method: str) -> dict[str, str]:
    path = address(route, world)
    return {who: verdict(visit(world, who, method, path)) for who in PEOPLE}


def test_the_table_knows_every_address_and_method(world):
    missing = [key for key in EXPECTED if key not in table()]
    drafts = [row_text(pattern, method, observed(world, ROUTES[pattern], method)) for pattern, method in missing]
    if drafts:
        DRAFT.parent.mkdir(exist_ok=True)
        DRAFT.write_text("\n".join(drafts) + "\n")
    assert not missing, f"Think about who may, then add these rows to {FILE.name}; {DRAFT} has today's answers"


def test_the_table_knows_nothing_that_is_gone():
    assert [key for key in table() if key not in EXPECTED] == []


@pytest.mark.parametrize(("pattern", "method"), [key for key in EXPECTED if key in table()])
def test_everybody_is_answered_as_the_table_says(world, pattern, method):
    assert observed(world, ROUTES[pattern], method) == table()[pattern, method]
