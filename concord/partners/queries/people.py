"""Who somebody is here."""

from __future__ import annotations

from concord.partners.enums import PartnerStatus
from concord.partners.models import Member
from concord.portal.actor import Actor, stranger
from concord.portal.enums import Door, Role
from concord.portal.models import User


def resolve_user(user: User, door: Door) -> Actor:
    """The actor of a signed-in user: one query. Without a membership, or with a partner that may not work, a stranger.

    Superusers are operators and belong to the vendor.
    """
    member = (
        Member.objects.unscoped("finding out who the actor is")
        .select_related("partner")
        .only("role", "partner__status")
        .filter(user_id=user.pk)
        .first()
    )
    if user.is_superuser:
        return Actor(door=door, user_id=user.pk, name=user.get_full_name(), is_superuser=True)
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
