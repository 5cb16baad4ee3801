"""Panels of the desk's home: what the pricing manager and the editor should look at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.ui.components import Component

from concord.cms.queries.desk import last_imports, library_state, stock_feeds
from concord.cms.queries.pages import recent_drafts
from concord.documents.queries.library import most_wanted
from concord.portal.actor import Actor
from concord.portal.desk import desk_actor
from concord.portal.enums import Role
from concord.portal.invariants import invariants, last_checks
from concord.portal.models import User

_LATELY = timedelta(days=30)
_MOST_FINDINGS = 8


def actor_at_desk(request: HttpRequest) -> Actor:
    """Who sits at the desk."""
    assert isinstance(request.user, User)
    return desk_actor(request.user)


class FeedsPanel(Component):
    """Stock feeds and imports, for those who answer for prices and stock."""

    order = 60
    template_name = "cms/desk/feeds_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Two statements."""
        actor = actor_at_desk(parent_context["request"])
        if not actor.has_role(Role.PRICING_MANAGER, Role.CHANNEL_MANAGER):
            return {"is_shown": False}
        return {"is_shown": True, "feeds": stock_feeds(now=timezone.now()), "imports": last_imports(actor=actor)}


class ChecksPanel(Component):
    """What the nightly checks of rules and prices found; whatever is wrong stands above everything else."""

    order = 40
    template_name = "cms/desk/checks_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """One statement."""
        actor = actor_at_desk(parent_context["request"])
        if not actor.has_role(Role.PRICING_MANAGER, Role.CHANNEL_MANAGER):
            return {"is_shown": False}
        return {"is_shown": True, "checks": [(run, _named(run.listed)) for run in last_checks()]}


def _named(listed: list[dict[str, str]]) -> list[tuple[str, dict[str, str]]]:
    """The first findings, each with the name of the rule that it breaks."""
    shown = listed[:_MOST_FINDINGS]
    return [(str(invariants[one["rule"]].label) if one["rule"] in invariants else "", one) for one in shown]


class LibraryPanel(Component):
    """The library's loose ends and what is fetched most, for editors."""

    order = 70
    template_name = "cms/desk/library_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Two statements."""
        actor, now = actor_at_desk(parent_context["request"]), timezone.now()
        if not actor.has_role(Role.CONTENT_EDITOR):
            return {"is_shown": False}
        wanted = most_wanted(actor=actor, since=now - _LATELY)
        return {"is_shown": True, "state": library_state(now=now), "wanted": wanted}


class DraftsPanel(Component):
    """Pages with changes that nobody sees yet, for editors."""

    order = 80
    template_name = "cms/desk/drafts_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """One statement."""
        actor = actor_at_desk(parent_context["request"])
        if not actor.has_role(Role.CONTENT_EDITOR):
            return {"is_shown": False}
        return {"is_shown": True, "drafts": recent_drafts()}
