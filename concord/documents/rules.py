"""May this actor do that, and if not, why not."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from concord.portal.actor import Actor
from concord.portal.enums import Role
from concord.portal.refusals import Allowed, Answer, Denied


def can_use_library(*, actor: Actor) -> Answer:
    """Whoever belongs to somebody; what he finds there is another question."""
    if actor.is_known:
        return Allowed()
    return Denied("no_membership", _("Your account does not belong to a company that works here."))


def can_edit_library(*, actor: Actor) -> Answer:
    """Editors keep the library."""
    if actor.has_role(Role.CONTENT_EDITOR):
        return Allowed()
    return Denied("editors_only", _("Only content editors may change the library."))
