"""May this actor do that, and if not, why not."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from concord.partners.models import Member
from concord.portal.actor import Actor
from concord.portal.enums import Role
from concord.portal.refusals import Allowed, Answer, Denied


def can_edit_partners(actor: Actor) -> Answer:
    """Partners, tiers and end customers are the channel managers' business."""
    if actor.has_role(Role.CHANNEL_MANAGER):
        return Allowed()
    return Denied("partners", _("Only a channel manager may do this."))


def can_edit_families(actor: Actor) -> Answer:
    """Families carry protections and prices: both kinds of managers keep them."""
    if actor.has_role(Role.CHANNEL_MANAGER, Role.PRICING_MANAGER):
        return Allowed()
    return Denied("families", _("Only a channel or pricing manager may do this."))


def can_leave_role(*, actor: Actor, member: Member, other_administrators: int) -> Answer:
    """Whether a colleague may lose role or access: nobody does that to himself, and one administrator stays."""
    if actor.user_id == member.user_id:
        return Denied("yourself", _("You cannot do this to yourself; ask a colleague or the vendor."))
    is_last = member.role == Role.PARTNER_ADMINISTRATOR and other_administrators == 0
    if is_last and not actor.is_vendor:
        return Denied("last_administrator", _("Somebody has to remain the company's administrator."))
    return Allowed()


def can_manage_members(*, actor: Actor, partner_id: int | None) -> Answer:
    """The vendor's channel managers manage everybody, a partner's administrator its own colleagues."""
    if actor.has_role(Role.CHANNEL_MANAGER):
        return Allowed()
    if partner_id is not None and actor.partner_id == partner_id and actor.has_role(Role.PARTNER_ADMINISTRATOR):
        return Allowed()
    return Denied("members", _("Only the company's administrator may do this."))


def can_merge_customers(actor: Actor) -> Answer:
    """Which records are one company is decided by channel managers, and by the vendor's own systems."""
    if actor.has_role(Role.CHANNEL_MANAGER) or actor.has_role(Role.VENDOR_SYSTEM):
        return Allowed()
    return Denied("merge_customers", _("Only a channel manager may merge customers."))
