"""Turning a route into an address of something real: of partner A, of its rival, or of nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.permissions.routes import Route
from tests.permissions.world import ABSENT, World

#: what a parameter means, by the beginning of the route; the longest beginning wins
MEANING: dict[tuple[str, str], str] = {
    ("api/v1/", "rest"): "text",
    ("api/v1/customers/", "customer_uuid"): "customer",
    ("api/v1/deals/", "deal_uuid"): "deal",
    ("api/v1/deals/", "evidence_uuid"): "evidence",
    ("api/v1/imports/", "run_uuid"): "run",
    ("api/v1/leads/", "lead_uuid"): "lead",
    ("api/v1/partners/", "code"): "partner",
    ("api/v1/price-lists/", "number"): "version",
    ("api/v1/price-lists/", "price_list"): "price_list",
    ("api/v1/products/", "sku"): "product",
    ("api/v1/quote-checks/", "code"): "check_code",
    ("api/v1/quotes/", "uuid"): "quote",
    ("api/v1/special-prices/", "uuid"): "special_price",
    ("check/", "code"): "check_code",
    ("company/api-clients/", "client_uuid"): "api_client",
    ("company/people/", "member_uuid"): "member",
    ("deals/", "activity_uuid"): "activity",
    ("deals/", "deal_uuid"): "deal",
    ("deals/", "sort"): "sort",
    ("deals/<uuid:deal_uuid>/break-glass/", "deal_uuid"): "closed_draft",
    ("deals/", "state"): "promise_state",
    ("deals/<uuid:deal_uuid>/story/", "item_uuid"): "contact",
    ("deals/<uuid:deal_uuid>/contacts/", "item_uuid"): "contact",
    ("deals/<uuid:deal_uuid>/promises/", "item_uuid"): "promise",
    ("handover/", "member_uuid"): "member",
    ("calendar/", "secret"): "text",
    ("deals/", "evidence_uuid"): "evidence",
    ("deals/", "deed"): "deed_of_seller",
    ("desk/api_clients/", "client_uuid"): "api_client",
    ("desk/customers/", "customer_uuid"): "customer",
    ("desk/customers/", "merge_uuid"): "customer",
    ("desk/customers/", "other_uuid"): "customer",
    ("desk/customers/", "relation"): "verdict",
    ("desk/customers/", "verdict"): "verdict",
    ("desk/people/", "member_uuid"): "member",
    ("desk/leads/", "desk_deed"): "desk_deed",
    ("desk/leads/", "lead_uuid"): "lead",
    ("enquire/", "slug"): "text",
    ("library/", "public_id"): "collateral",
    ("prices/lists/", "list_uuid"): "price_list_uuid",
    ("prices/products/", "product_uuid"): "product_id",
    ("pool/", "deed"): "lead_deed",
    ("pool/", "lead_uuid"): "lead",
    ("quotes/", "uuid"): "quote",
    ("quotes/<uuid:uuid>/discard/", "uuid"): "quote_draft",
    ("quotes/<uuid:uuid>/edit/", "uuid"): "quote_draft",
    ("quotes/<uuid:uuid>/issue/", "uuid"): "quote_draft",
    ("deals/", "what"): "what_is_asked",
    ("desk/protections/", "deal_uuid"): "deal",
    ("desk/protections/", "deed"): "deed_of_protection",
    ("desk/registrations/", "deal_uuid"): "deal",
    ("desk/registrations/", "customer_uuid"): "customer",
    ("desk/registrations/", "deed"): "deed",
    ("desk/registrations/", "filter_uuid"): "absent",
    ("media/images/", "name"): "text",
    ("accounts/", "key"): "text",
    ("accounts/", "uidb36"): "text",
    ("accounts/2fa/webauthn/", "pk"): "number",
}
#: these say nothing of anybody, or are a secret of their own: the same value for everyone
COMMON = frozenset(
    {
        "absent",
        "check_code",
        "deed",
        "deed_of_protection",
        "deed_of_seller",
        "number",
        "price_list",
        "price_list_uuid",
        "product",
        "product_id",
        "desk_deed",
        "lead_deed",
        "text",
        "verdict",
        "version",
        "what_is_asked",
    }
)


class UnknownParameter(LookupError):
    """A route takes something that nobody has explained here yet."""


def meaning(route: Route, parameter: str) -> str:
    found = [prefix for prefix, name in MEANING if name == parameter and route.pattern.startswith(prefix)]
    if not found:
        raise UnknownParameter(f"{route.pattern}: say in {__name__} what {parameter!r} is")
    return MEANING[max(found, key=len), parameter]


def things(world: World, whose: str) -> Mapping[str, Any]:
    """Values by meaning: of ``a``, of ``b``, or ``absent`` ones of the same shape."""
    common: dict[str, Any] = {
        "check_code": world.quote.check_code,
        "absent": ABSENT,
        "deed": "approve",
        "deed_of_protection": "hold",
        "deed_of_seller": "withdraw",
        "desk_deed": "withdraw",
        "lead_deed": "release",
        "number": 999_999,
        "price_list": world.price_list.code,
        "price_list_uuid": str(world.price_list.uuid),
        "product": world.product.sku,
        "promise_state": "kept",
        "sort": "contacts",
        "product_id": world.product.uuid,
        "text": "nothing",
        "verdict": "different",
        "version": 1,
        "what_is_asked": "extension",
    }
    cast = world.cast
    own: dict[str, Any] = {
        "activity": world.activity.uuid,
        "closed_draft": world.draft.uuid,
        "contact": world.contact.uuid,
        "promise": world.promise.uuid,
        "api_client": world.client_of(cast.partner_a),
        "collateral": world.collateral.uuid,
        "customer": world.customer.uuid,
        "deal": world.deal.uuid,
        "lead": world.lead.uuid,
        "evidence": world.evidence.uuid,
        "member": world.member_of(cast.seller_a2),
        "partner": cast.partner_a.code,
        "quote": world.quote.uuid,
        "quote_draft": world.quote_draft.uuid,
        "run": world.run.uuid,
        "special_price": world.special_price.uuid,
    }
    if whose == "b":
        own |= {
            "api_client": world.client_of(cast.partner_b),
            "collateral": world.open_collateral.uuid,
            "customer": world.rival_deal.end_customer.uuid,
            "deal": world.rival_deal.uuid,
            "lead": world.rival_lead.uuid,
            "member": world.member_of(cast.seller_b),
            "partner": cast.partner_b.code,
            "quote": world.rival_quote.uuid,
            "quote_draft": world.rival_quote.uuid,
        }
    if whose == "absent":
        own = dict.fromkeys(own, ABSENT) | {"partner": "NOBODY"}
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
