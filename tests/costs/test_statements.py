"""What each address costs: as many statements for long lists as for short ones, and few of them.

Every address of the resolver is asked for by somebody who may, so a new page is covered by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.costs.copies import Copies
from tests.permissions.addresses import address, fill
from tests.permissions.routes import Route, all_routes
from tests.permissions.table import table
from tests.permissions.test_desk import DESK, INSIDE, desk_address
from tests.permissions.visits import verdict, visit
from tests.permissions.world import World

FEW, MANY = 3, 30
#: any page and any answer of the API: session, person and frame included
MOST = 12
#: pages that lay everything about one thing side by side
ALLOWED: dict[str, int] = {
    "deals/<uuid:deal_uuid>/": 14,
    "quotes/<uuid:uuid>/": 14,
    "desk/customers/inspect/<int:pk>/": 13,
    "desk/protections/<uuid:deal_uuid>/": 13,
    "desk/registrations/<uuid:deal_uuid>/": 26,
}
#: with copies of prices, two would be in force for one product, and no price is told
NOT_ASKED = {"prices/products/<uuid:product_uuid>/"}
#: Wagtail's own, filled with what our packages put there
FILLED = {"desk/"}
ASKING = ("seller_a", "admin_a", "vendor_manager", "pricing_manager", "client_vendor", "client_a", "editor")
_NOT_OURS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO")


@dataclass
class Cost:
    """Who asked, and what was sent with few rows and with many."""

    who: str
    path: str
    sent: dict[int, list[str]] = field(default_factory=dict)
    answers: set[str] = field(default_factory=set)

    @property
    def most(self) -> int:
        return max(map(len, self.sent.values()))

    def more(self) -> str:
        """What came more often with many rows."""
        if len(self.sent[MANY]) <= len(self.sent[FEW]):
            return ""
        surplus = Counter(map(shape, self.sent[MANY])) - Counter(map(shape, self.sent[FEW]))
        return "; ".join(f"{times} × {text}" for text, times in surplus.most_common(3))


def shape(statement: str) -> str:
    """A statement without its values."""
    plain = re.sub(r"'[^']*'|\b\d+\b", "?", statement)
    return plain[:60] + " … " + plain[plain.find(" FROM ") :][:160]


def is_ours(route: Route) -> bool:
    """Whether a view of our own answers, or one of Wagtail's that shows a table of ours or what we put there."""
    if route.pattern in FILLED:
        return True
    view = route.entry.callback
    shown = getattr(view, "view_initkwargs", {}).get("model")
    places = (view, getattr(view, "view_class", view), getattr(view, "cls", view), shown or view)
    return any(getattr(one, "__module__", "").startswith("concord.") for one in places)


def path_of(route: Route, world: World) -> str:
    """An address with something real behind it; of the desk's tables the first row."""
    if not route.is_desk:
        return address(route, world)
    model = getattr(route.entry.callback, "view_initkwargs", {}).get("model")
    if model is None or route.parameters != ("pk",):
        return desk_address(route, world)
    first = model._base_manager.order_by("pk").first()
    return fill(route.pattern, {"pk": first.pk if first else 0})


def who_may(route: Route, world: World) -> Iterator[str]:
    if route.is_desk:
        yield from INSIDE
    else:
        row = table().get((route.pattern, "GET"), {})
        yield from (who for who in ASKING if row.get(who) == "200")


def sent(world: World, cost: Cost) -> list[str]:
    with CaptureQueriesContext(connection) as caught:
        answer = visit(world, cost.who, "GET", cost.path)
    failure = getattr(answer, "exc_info", None)
    cost.answers.add(f"{verdict(answer)} {failure[1]!r}" if failure else verdict(answer))
    return [one["sql"] for one in caught if not one["sql"].startswith(_NOT_OURS)]


@pytest.fixture(scope="module")
def costs(world) -> dict[str, Cost]:
    found: dict[str, Cost] = {}
    for route in (*(one for one in all_routes() if not one.is_desk), *DESK):
        if "GET" not in route.methods or not is_ours(route) or route.pattern in NOT_ASKED:
            continue
        path = path_of(route, world)
        for who in who_may(route, world):
            if verdict(visit(world, who, "GET", path)) == "200":
                found[route.pattern] = Cost(who, path)
                break
    copies = Copies()
    for number in (FEW, MANY):
        copies.grow(number)
        for cost in found.values():
            cost.sent[number] = sent(world, cost)
    return found


def test_every_address_answers_however_many_rows_there_are(costs):
    assert {pattern: cost.answers for pattern, cost in costs.items() if cost.answers != {"200"}} == {}


def test_no_address_sends_more_statements_for_more_rows(costs):
    assert {pattern: cost.more() for pattern, cost in costs.items() if cost.more()} == {}


def test_every_address_takes_few_statements(costs):
    too_many = {p: cost.most for p, cost in costs.items() if cost.most > ALLOWED.get(p, MOST)}
    assert too_many == {}


def test_nothing_is_allowed_more_than_it_takes(costs):
    assert {p: costs[p].most for p, most in ALLOWED.items() if costs[p].most < most} == {}
