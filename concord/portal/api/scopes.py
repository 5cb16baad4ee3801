"""The scopes of the API. A token carries some of them; a signed-in person has those of the role."""

from __future__ import annotations

from concord.portal.enums import Role

ALL = frozenset(
    {
        "catalogue:read",
        "catalogue:write",
        "prices:read",
        "prices:write",
        "prices:decide",
        "stock:read",
        "stock:write",
        "quotes:read",
        "quotes:write",
        "deals:read",
        "deals:write",
        "deals:decide",
        "history:read",
        "customers:read",
        "customers:write",
        "partners:read",
        "partners:write",
        "webhooks:manage",
    },
)

#: what a scope holds besides itself: whoever keeps prices may decide about single ones, not the other way round
IMPLIED = {"prices:write": "prices:decide"}

_SELLING = frozenset(
    {
        "catalogue:read",
        "prices:read",
        "stock:read",
        "quotes:read",
        "quotes:write",
        "deals:read",
        "deals:write",
        "history:read",
        "customers:read",
    },
)

#: what a signed-in person may do through the API without a token
OF_ROLE: dict[Role, frozenset[str]] = {
    Role.SELLER: _SELLING,
    Role.PARTNER_ADMINISTRATOR: _SELLING | {"partners:read", "webhooks:manage"},
    Role.PARTNER_SYSTEM: _SELLING | {"partners:read", "webhooks:manage"},
    Role.CHANNEL_MANAGER: ALL - {"catalogue:write", "prices:write", "stock:write"},
    Role.PRICING_MANAGER: ALL - {"deals:write", "deals:decide", "customers:write", "partners:write"},
    Role.CONTENT_EDITOR: frozenset({"catalogue:read"}),
    Role.VENDOR_SYSTEM: ALL,
}
