"""Turning a route into an address of something real: of partner A, of its rival, or of nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.permissions.routes import Route
from tests.permissions.world import ABSENT, World

#: what a parameter means, by the beginning of the route; the longest beginning wins
MEANING: dict[tuple[str, str], str] = {
    ("desk/registrations/", "deal_uuid"): "deal",
    ("desk/registrations/", "customer_uuid"): "customer",
    ("desk/registrations/", "deed"): "deed",
    ("accounts/", "key"): "text",
    ("accounts/", "uidb36"): "text",
    ("accounts/2fa/webauthn/", "pk"): "number",
    ("_util/", "page_id"): "number",
    ("_util/", "page_view_restriction_id"): "number",
}
#: these say nothing of anybody: the same value for everyone
COMMON = frozenset({"deed", "text", "number", "product", "format", "open_collateral", "root"})


class UnknownParameter(LookupError):
    """A route takes something that nobody has explained here yet."""


def meaning(route: Route, parameter: str) -> str:
    found = [prefix for prefix, name in MEANING if name == parameter and route.pattern.startswith(prefix)]
    if not found:
        raise UnknownParameter(f"{route.pattern}: say in {__name__} what {parameter!r} is")
    return MEANING[max(found, key=len), parameter]


def things(world: World, whose: str) -> Mapping[str, Any]:
    """Values by meaning: of ``a``, of ``b``, or ``absent`` ones of the same shape."""
    common = {"deed": "approve", "text": "nothing", "number": 999_999, "product": world.product.sku}
    own: dict[str, Any]
    if whose == "a":
        own = {
            "customer": world.customer.uuid,
            "deal": world.deal.uuid,
            "quote": world.quote.uuid,
            "quote_draft": world.quote_draft.uuid,
        }
    elif whose == "b":
        own = {"deal": world.rival_deal.uuid, "quote": world.rival_quote.uuid, "quote_draft": world.rival_quote.uuid}
    else:
        own = dict.fromkeys(("customer", "deal", "quote", "quote_draft"), ABSENT)
    return common | own


def address(route: Route, world: World, whose: str = "a") -> str:
    known = things(world, whose)
    values = {name: known[meaning(route, name)] for name in route.parameters}
    return fill(route.pattern, values)


def has_owner(route: Route) -> bool:
    return any(meaning(route, name) not in COMMON for name in route.parameters)


def fill(pattern: str, values: Mapping[str, Any]) -> str:
    """Put values into a route, whether it is written with converters or as a regular expression."""
    converters = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", pattern)
    filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), converters)
    plain = re.sub(r"\(\(\?:.*\)\*\)|\\Z|[\^$\\]", "", filled)
    if re.search(r"[<>()?*\[\]]", plain):
        raise ValueError(f"{pattern} is written in a way that is not understood here")
    return "/" + plain
