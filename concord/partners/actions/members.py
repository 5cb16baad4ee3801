"""Giving people a role, and with it what they may reach in the desk."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from concord.partners.models import Member, Partner
from concord.partners.rules import can_manage_members
from concord.portal.actor import Actor
from concord.portal.enums import PARTNER_ROLES, VENDOR_ROLES, Role
from concord.portal.events import Subject, record
from concord.portal.models import User
from concord.portal.refusals import InvalidInput
from concord.portal.work import action, register_constraint

#: the desk's permission group of each role that works there
DESK_GROUPS = {
    Role.CHANNEL_MANAGER: "Channel managers",
    Role.PRICING_MANAGER: "Pricing managers",
    Role.CONTENT_EDITOR: "Editors",
}


def _taken() -> InvalidInput:
    return InvalidInput.at("/email", "taken", _("This address is in use already."))


register_constraint("user_email_once", _taken)
register_constraint("portal_user_email_key", _taken)


@action
def create_member(
    *,
    actor: Actor,
    email: str,
    name: str,
    role: Role,
    partner: Partner | None = None,
    password: str | None = None,
    language: str = "en",
    time_zone: str = "UTC",
) -> Member:
    """Create a person with a role at a partner, or at the vendor without one.

    Checks that the actor may manage members there and that role and side fit. Writes the user with a verified address
    (whoever invites vouches for it), the membership and the desk's group. Records ``member.created``. Raises
    ``NotAllowed`` and ``InvalidInput``.
    """
    partner_id = partner.pk if partner else None
    can_manage_members(actor=actor, partner_id=partner_id).enforce()
    allowed = PARTNER_ROLES if partner else VENDOR_ROLES
    if role not in allowed:
        raise InvalidInput.at("/role", "role_does_not_fit", _("This role does not exist on this side."))
    user = User.objects.create_user(
        email,
        password,
        name=name,
        language=language,
        time_zone=time_zone,
        is_staff=role in DESK_GROUPS,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    member = Member.objects.create(user=user, partner=partner, role=role)
    if role in DESK_GROUPS:
        group, _created = Group.objects.get_or_create(name=DESK_GROUPS[role])
        user.groups.set([group])
    record(
        "member.created",
        actor=actor,
        subject=Subject("member", member.uuid, partner_id),
        payload={"name": name, "role": role},
    )
    return member
