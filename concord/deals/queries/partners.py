"""The partner behind an actor."""

from __future__ import annotations

from concord.partners.models import Member, Partner
from concord.portal.actor import Actor
from concord.portal.refusals import NotThere


def own_partner(actor: Actor) -> Partner:
    """The actor's own partner. Raises ``NotThere`` for actors without one."""
    found = Partner.objects.visible_to(actor).filter(pk=actor.partner_id or 0).first()
    if found is None:
        raise NotThere
    return found


def partner_coded(actor: Actor, code: str) -> Partner | None:
    """A partner that the actor may see, by its code."""
    return Partner.objects.visible_to(actor).filter(code=code).first()


def colleague_id(partner_id: int | None, email: str) -> int | None:
    """The user of that address who works at the partner."""
    found = Member.objects.unscoped("the partner was named by an actor who may see it").filter(
        partner_id=partner_id or 0, user__email=email.lower(), user__is_active=True
    )
    return found.values_list("user_id", flat=True).first()
