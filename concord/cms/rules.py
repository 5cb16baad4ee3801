"""May this actor do that, and if not, why not."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from concord.portal.actor import Actor
from concord.portal.refusals import Allowed, Answer, Denied


def can_enter(*, actor: Actor) -> Answer:
    """The extranet is for the vendor's people and for people of partners that may work here."""
    if actor.is_known:
        return Allowed()
    return Denied("no_membership", _("Your account does not belong to a company that works here."))
