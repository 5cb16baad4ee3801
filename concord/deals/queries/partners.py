"""The partner behind an actor."""

from __future__ import annotations

from concord.partners.models import Partner
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
