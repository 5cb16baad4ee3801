"""Registrations in every state, made through the actions themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from concord.deals.actions.closing import lose_deal, win_deal, withdraw_registration
from concord.deals.actions.decisions import (
    approve_registration,
    decide_duplicate,
    reject_registration,
    return_for_completion,
)
from concord.deals.actions.drafts import Registration, WantedLine, create_registration
from concord.deals.actions.submission import submit_registration
from concord.deals.models import Deal
from concord.portal.models import User
from concord.pricing.models import Product
from tests.cast import Cast
from tests.factories import make_product


def now() -> datetime:
    return datetime.now(UTC)


def registration(name: str = "Nordwind Antriebe GmbH", *products: Product, **facts: Any) -> Registration:
    facts.setdefault("customer_country", "DE")
    facts.setdefault("customer_city", "Hamburg")
    return Registration(customer_name=name, lines=tuple(WantedLine(one.sku, 10) for one in products), **facts)


def draft(cast: Cast, user: User | None = None, name: str = "Nordwind Antriebe GmbH", **facts: Any) -> Deal:
    products = facts.pop("products", None) or [make_product(cast.family)]
    return create_registration(
        actor=cast.actor(user or cast.seller_a), registration=registration(name, *products, **facts), now=now()
    )


def submitted(cast: Cast, user: User | None = None, name: str = "Nordwind Antriebe GmbH", **facts: Any) -> Deal:
    deal = draft(cast, user, name, **facts)
    return submit_registration(actor=cast.actor(user or cast.seller_a), deal_uuid=deal.uuid, now=now())


def approved(cast: Cast, user: User | None = None, name: str = "Nordwind Antriebe GmbH", **facts: Any) -> Deal:
    deal = submitted(cast, user, name, **facts)
    return approve_registration(actor=cast.actor(cast.vendor_manager), deal_uuid=deal.uuid, now=now())


def in_state(cast: Cast, state: str) -> Deal:
    """A registration of seller A that stands in the state, by the way that leads there."""
    seller, manager = cast.actor(cast.seller_a), cast.actor(cast.vendor_manager)
    if state == "draft":
        return draft(cast)
    if state in {"approved", "won", "lost", "withdrawn"}:
        deal = approved(cast)
        if state == "won":
            return win_deal(actor=seller, deal_uuid=deal.uuid, now=now())
        if state == "lost":
            return lose_deal(actor=seller, deal_uuid=deal.uuid, reason="price", now=now())
        if state == "withdrawn":
            return withdraw_registration(actor=seller, deal_uuid=deal.uuid, now=now())
        return deal
    if state == "imported":
        deal = draft(cast)
        deal.review_status = state
        deal.save()
        return deal
    deal = submitted(cast)
    same = {"actor": manager, "deal_uuid": deal.uuid, "now": now()}
    if state == "returned":
        return return_for_completion(**same, reason="contact_missing", fields=["contact_name"])
    if state == "rejected":
        return reject_registration(**same, reason="no_opportunity")
    if state == "duplicate":
        return decide_duplicate(**same, reason="already_protected", protected_until_month=now().date())
    return deal
