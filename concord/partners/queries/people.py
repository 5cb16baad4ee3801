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
    membership = _known_membership(user) if user.is_read_whole else _membership_of(user)
    if membership is None:
        return stranger(door)
    role, partner_id, status = membership
    if partner_id is not None and status != PartnerStatus.ACTIVE:
        return stranger(door)
    return Actor(
        door=door,
        roles=frozenset({Role(role)}),
        user_id=user.pk,
        partner_id=partner_id,
        name=user.get_full_name(),
    )


#: role, partner and the partner's status
_Membership = tuple[str, int | None, str | None]


def _known_membership(user: User) -> _Membership | None:
    member: Member | None = getattr(user, "member", None)
    if member is None:
        return None
    return member.role, member.partner_id, member.partner.status if member.partner else None


def _membership_of(user: User) -> _Membership | None:
    rows = Member.objects.unscoped("finding out who the actor is").filter(user_id=user.pk).order_by()
    return rows.values_list("role", "partner_id", "partner__status").first()
