"""Who somebody is here."""

from __future__ import annotations

from concord.partners.enums import PartnerStatus
from concord.partners.models import Member
from concord.portal.actor import Actor, stranger
from concord.portal.enums import Door, Role
from concord.portal.models import User


def resolve_user(user: User, door: Door) -> Actor:
    """The actor of a signed-in user. Without a membership, or with a partner that may not work, a stranger.

    One query, none when the account was read for this request. Superusers are operators and belong to the vendor.
    """
    if user.is_superuser:
        return Actor(door=door, user_id=user.pk, name=user.get_full_name(), is_superuser=True)
    member = getattr(user, "member", None) if user.is_read_whole else _member_of(user)
    if member is None:
        return stranger(door)
    if member.partner is not None and member.partner.status != PartnerStatus.ACTIVE:
        return stranger(door)
    return Actor(
        door=door,
        roles=frozenset({Role(member.role)}),
        user_id=user.pk,
        partner_id=member.partner_id,
        name=user.get_full_name(),
    )


def _member_of(user: User) -> Member | None:
    rows = Member.objects.unscoped("finding out who the actor is").select_related("partner")
    return rows.only("role", "partner__status").filter(user_id=user.pk).first()
