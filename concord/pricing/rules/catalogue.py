"""Who keeps catalogue, prices and stock."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from concord.portal.actor import Actor
from concord.portal.enums import Role
from concord.portal.refusals import Allowed, Answer, Denied

#: feeds of products, prices and stock
KEEPERS = frozenset({Role.PRICING_MANAGER, Role.VENDOR_SYSTEM})


def can_keep_prices(*, actor: Actor) -> Answer:
    """Price lists, discounts and promotions are the pricing managers' and the vendor's systems'."""
    if actor.has_role(*KEEPERS):
        return Allowed()
    return Denied("pricing_managers_only", _("Prices are kept by the vendor's pricing managers."))


def can_keep_catalogue(*, actor: Actor) -> Answer:
    """So are products and stock."""
    if actor.has_role(*KEEPERS):
        return Allowed()
    return Denied("pricing_managers_only", _("Products and stock are kept by the vendor's pricing managers."))


def can_see_prices(*, actor: Actor, partner_id: int | None) -> Answer:
    """A partner's net is for the partner itself and for the vendor's people who deal with prices."""
    if actor.has_role(Role.CHANNEL_MANAGER, Role.PRICING_MANAGER, Role.VENDOR_SYSTEM):
        return Allowed()
    if actor.is_partner and partner_id == actor.partner_id:
        return Allowed()
    return Denied("own_prices_only", _("Prices are shown to the partner itself and to the vendor."))
