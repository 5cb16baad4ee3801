"""The desk's home: what protections wait for, and the answers that were escalated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.ui.components import Component

from concord.deals.queries.protection_life import protection_figures
from concord.deals.rules import can_read_desk
from concord.portal.desk import desk_actor
from concord.portal.models import User


class ProtectionPanel(Component):
    """Counts of the queues; those of the reader's own stand first."""

    order = 20
    template_name = "deals/desk/protection_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """The figures."""
        request: HttpRequest = parent_context["request"]
        assert isinstance(request.user, User)
        actor = desk_actor(request.user)
        if not can_read_desk(actor):
            return {"is_shown": False}
        return {"is_shown": True, "figures": protection_figures(actor, now=timezone.now())}
