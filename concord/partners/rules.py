"""May this actor do that, and if not, why not."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from concord.portal.actor import Actor
from concord.portal.enums import Role
from concord.portal.refusals import Allowed, Answer, Denied


def can_manage_members(*, actor: Actor, partner_id: int | None) -> Answer:
    """The vendor's channel managers manage everybody, a partner's administrator its own colleagues."""
    if actor.has_role(Role.CHANNEL_MANAGER):
        return Allowed()
    if partner_id is not None and actor.partner_id == partner_id and actor.has_role(Role.PARTNER_ADMINISTRATOR):
        return Allowed()
    return Denied("members", _("Only the company's administrator may do this."))
