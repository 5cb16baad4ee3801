"""Who may quote, change a quote, and reprice a customer."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.translation import gettext_lazy as _

from concord.portal.actor import Actor
from concord.portal.enums import Role
from concord.portal.refusals import Allowed, Answer, Denied, WrongState
from concord.pricing.enums import QUOTE_DEED_STATES, QuoteStatus

_SELLING = (Role.SELLER, Role.PARTNER_ADMINISTRATOR, Role.PARTNER_SYSTEM)
_FOR_THE_VENDOR = (Role.CHANNEL_MANAGER, Role.PRICING_MANAGER, Role.VENDOR_SYSTEM)


def sees_quotes(actor: Actor) -> bool:
    """Everybody who sells or looks after those who do."""
    return actor.sees_business


def can_quote_for(*, actor: Actor, partner_id: int) -> Answer:
    """A partner's people and systems quote for their own company, the vendor's managers and systems for any."""
    if actor.has_role(*_FOR_THE_VENDOR):
        return Allowed()
    if actor.partner_id == partner_id and actor.has_role(*_SELLING):
        return Allowed()
    return Denied("quoting", _("Quotes are made by the partner's sellers and the vendor's managers."))


def can_reprice(*, actor: Actor, partner_ids: Iterable[int], has_relation: bool) -> Answer:
    """The vendor's managers do; a partner does where it has a relation and all live quotes are its own."""
    if actor.has_role(*_FOR_THE_VENDOR):
        return Allowed()
    if not has_relation:
        return Denied("registration_needed", _("Register the deal first: only then may its prices be changed."))
    if set(partner_ids) <= {actor.partner_id}:
        return Allowed()
    return Denied("vendor_reprices", _("The price is promised elsewhere too. Please ask the vendor to reprice it."))


def can_honour(*, actor: Actor) -> Answer:
    """Whether an expired quote is honoured is the vendor's pricing managers' to say."""
    if actor.has_role(Role.PRICING_MANAGER):
        return Allowed()
    return Denied("pricing_managers", _("Expired quotes are honoured by the vendor's pricing managers."))


def can_close_price_exception(*, actor: Actor) -> Answer:
    """The queue of conflicts is worked off by the vendor's managers."""
    if actor.has_role(Role.PRICING_MANAGER, Role.CHANNEL_MANAGER):
        return Allowed()
    return Denied("managers", _("Price conflicts are closed by the vendor's managers."))


def can_decide_special_price(
    *, actor: Actor, role: Role, requested_by_user: int | None, deciders: Collection[int | None] = ()
) -> Answer:
    """Whoever has the role that is next in the chain; never who asked for it, and nobody twice."""
    roles = (Role.PRICING_MANAGER, Role.VENDOR_SYSTEM) if role == Role.PRICING_MANAGER else (role,)
    if not actor.has_role(*roles):
        if role == Role.CHANNEL_MANAGER:
            return Denied("channel_managers", _("This special price is decided by the vendor's channel managers."))
        return Denied("pricing_managers", _("Special prices are decided by the vendor's pricing managers."))
    if actor.user_id is not None and actor.user_id == requested_by_user:
        return Denied("four_eyes", _("A special price is approved by somebody else than who asked for it."))
    if actor.user_id is not None and actor.user_id in deciders:
        return Denied("four_eyes", _("You approved it already; the next approval is somebody else's."))
    return Allowed()


def not_in_state(deed: str, state: QuoteStatus) -> WrongState:
    """The refusal of a deed that a quote's state does not allow: it names the state and those that would."""
    return WrongState(state=state, allowed=sorted(QUOTE_DEED_STATES[deed]))
