"""Giving people a role, and with it what they may reach in the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from concord.partners.models import Member, Partner
from concord.partners.rules import can_leave_role, can_manage_members
from concord.portal import registry
from concord.portal.actor import Actor
from concord.portal.enums import PARTNER_ROLES, VENDOR_ROLES, Role
from concord.portal.events import Subject, record
from concord.portal.limits import Limit, spend
from concord.portal.models import User
from concord.portal.refusals import Conflict, InvalidInput, WrongState
from concord.portal.work import action, register_constraint

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: the desk's permission group of each role that works there
DESK_GROUPS = {
    Role.CHANNEL_MANAGER: "Channel managers",
    Role.PRICING_MANAGER: "Pricing managers",
    Role.CONTENT_EDITOR: "Editors",
}

#: of one company: enough for all its people, too little for a list of addresses
INVITATIONS = Limit("invitations", 50, timedelta(days=1))


def _taken() -> InvalidInput:
    return InvalidInput.at("/email", "taken", _("This address is in use already."))


class WorkRemains(Conflict):
    """Somebody still has open work; ``address`` is the page where it is handed over."""

    default_code = "open_work"

    def __init__(self, name: str, remaining: Sequence[tuple[_StrPromise | str, int]], address: str) -> None:
        listed = pgettext("between names in a list", ", ").join(f"{label}: {number}" for label, number in remaining)
        super().__init__(
            _("%(name)s still has open work (%(work)s). Hand it over first.") % {"name": name, "work": listed},
            details={"open_work": {str(label): number for label, number in remaining}, "handover": address},
        )
        self.address = address


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
    if role in {Role.PARTNER_SYSTEM, Role.VENDOR_SYSTEM}:
        raise InvalidInput.at("/role", "role_does_not_fit", _("Systems get an API client, not a sign-in."))
    allowed = PARTNER_ROLES if partner else VENDOR_ROLES
    if role not in allowed:
        raise InvalidInput.at("/role", "role_does_not_fit", _("This role does not exist on this side."))
    name = " ".join(name.split())  # it stands in subjects of mails, which are one line
    user = User.objects.create_user(
        email,
        password,
        name=name,
        language=language,
        time_zone=time_zone,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    member = Member.objects.create(user=user, partner=partner, role=role)
    _open_desk(member)
    record(
        "member.created",
        actor=actor,
        subject=_subject(member),
        payload={"name": name, "role": role},
    )
    return member


@action
def invite_member(
    *, actor: Actor, email: str, name: str, role: Role, partner: Partner | None = None, language: str = "en"
) -> Member:
    """Create a colleague without a password; a mail with a link to choose one follows from the event.

    Checks and raises as ``create_member``; the time zone is the company's. Records ``member.created``
    and ``member.invited``.
    """
    time_zone = partner.time_zone if partner else "UTC"
    member = create_member(
        actor=actor, email=email, name=name, role=role, partner=partner, language=language, time_zone=time_zone
    )
    record("member.invited", actor=actor, subject=_subject(member))
    return member


@action
def meter_invitations(*, actor: Actor) -> None:
    """Count one invitation of a company, refused or not; call it before, in a transaction of its own.

    An address that somebody has already is refused, whoever's it is: nobody is to go through lists of a rival's people,
    and nobody to have the portal write to one stranger again and again. Locks and records nothing. Raises ``TooMany``.
    """
    if actor.partner_id is not None:
        spend(INVITATIONS, str(actor.partner_id))


@action
def invite_again(*, actor: Actor, member: Member) -> None:
    """Send the invitation once more to somebody who never chose a password. Records ``member.invited``."""
    can_manage_members(actor=actor, partner_id=member.partner_id).enforce()
    if member.user.has_usable_password() or not member.user.is_active:
        raise WrongState(
            state="joined", allowed=["invited"], message=_("This person has a password already, or no access any more.")
        )
    record("member.invited", actor=actor, subject=_subject(member))


@action
def change_role(*, actor: Actor, member: Member, role: Role) -> Member:
    """Give a colleague another role of the same side.

    Locks the company, so that of two administrators one remains. Checks the actor, the role and that an administrator
    stays. Writes the role and the desk's group, and ends the sessions, so that the new role holds at once. Records
    ``member.role_changed``. Raises ``NotAllowed`` and ``InvalidInput``.
    """
    can_manage_members(actor=actor, partner_id=member.partner_id).enforce()
    _lock_company(member.partner_id)
    member.refresh_from_db(fields=["role"])
    if role == member.role:
        return member
    allowed = (PARTNER_ROLES if member.partner_id else VENDOR_ROLES) - {Role.PARTNER_SYSTEM, Role.VENDOR_SYSTEM}
    if role not in allowed or member.role in {Role.PARTNER_SYSTEM, Role.VENDOR_SYSTEM}:
        raise InvalidInput.at("/role", "role_does_not_fit", _("This role does not exist on this side."))
    can_leave_role(actor=actor, member=member, other_administrators=_other_administrators(member)).enforce()
    before, member.role = member.role, role
    member.save(update_fields=["role", "updated_at"])
    _open_desk(member)
    end_sessions(member.user)
    record(
        "member.role_changed", actor=actor, subject=_subject(member), payload={"before": before, "role": member.role}
    )
    return member


@action
def deactivate_member(*, actor: Actor, member: Member) -> Member:
    """Take a colleague's access away at once: the sign-in, open sessions and tokens.

    Locks the company, so that of two administrators one remains. Records ``member.deactivated``. Doing it twice
    changes nothing. Open work has to be handed over first. Raises ``NotAllowed`` and ``WorkRemains``.
    """
    can_manage_members(actor=actor, partner_id=member.partner_id).enforce()
    _lock_company(member.partner_id)
    # The row that rows of this person's work point to: those that are being written are waited for, and counted.
    member.user = User.objects.select_for_update().get(pk=member.user_id)
    if not member.user.is_active:
        return member
    can_leave_role(actor=actor, member=member, other_administrators=_other_administrators(member)).enforce()
    _demand_nothing_open(member)
    member.user.is_active = False
    member.user.save(update_fields=["is_active"])
    end_sessions(member.user)
    record("member.deactivated", actor=actor, subject=_subject(member))
    return member


@action
def reactivate_member(*, actor: Actor, member: Member) -> Member:
    """Give a colleague access again, with the password that was. Records ``member.reactivated``."""
    can_manage_members(actor=actor, partner_id=member.partner_id).enforce()
    member.user.refresh_from_db(fields=["is_active"])
    if not member.user.is_active:
        member.user.is_active = True
        member.user.save(update_fields=["is_active"])
        record("member.reactivated", actor=actor, subject=_subject(member))
    return member


def end_sessions(user: User) -> None:
    """End every session and every token of a user, now."""
    for session in UserSession.objects.filter(user=user):
        session.end()
    Token.objects.filter(user=user).delete()


def _demand_nothing_open(member: Member) -> None:
    """Raise ``WorkRemains`` while a person has deals, promises, steps, quotes or leads that nobody would look after."""
    remaining = [pair for ask in registry.open_work for pair in ask(member.user_id)]
    if remaining:
        address = next((found(member.public_id) for found in registry.handover_addresses), "")
        raise WorkRemains(member.user.name, remaining, address)


def _subject(member: Member) -> Subject:
    return Subject("member", member.uuid, member.partner_id)


def _lock_company(partner_id: int | None) -> None:
    if partner_id is not None:
        # The row lock of an update that leaves the key alone: foreign keys may still be checked against it.
        rows = Partner.objects.unscoped("the row that administrators queue up at").select_for_update(no_key=True)
        rows.get(pk=partner_id)


def _other_administrators(member: Member) -> int:
    if member.partner_id is None:
        return 1
    return (
        Member.objects.unscoped("one administrator has to remain")
        .filter(partner_id=member.partner_id, role=Role.PARTNER_ADMINISTRATOR, user__is_active=True)
        .exclude(pk=member.pk)
        .count()
    )


def _open_desk(member: Member) -> None:
    """The desk is open to those whose role works there, with its permissions and no others."""
    user = member.user
    user.is_staff = member.role in DESK_GROUPS
    user.save(update_fields=["is_staff"])
    groups = Group.objects.filter(name=DESK_GROUPS[Role(member.role)]) if user.is_staff else []
    user.groups.set(groups)
