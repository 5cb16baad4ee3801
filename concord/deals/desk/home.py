"""The desk's home: how the queue stands, and what is due first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.ui.components import Component

from concord.deals.desk.columns import CLOCKS
from concord.deals.queries.deals import queue_figures, waiting_for_an_answer
from concord.deals.queries.workbench import urgency
from concord.deals.rules import can_read_desk
from concord.portal.desk import desk_actor
from concord.portal.models import User

_SHOWN = 6


class QueuePanel(Component):
    """The registrations that are due first, with their clocks."""

    order = 10
    template_name = "deals/desk/home_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Figures and the first rows; two statements."""
        request: HttpRequest = parent_context["request"]
        assert isinstance(request.user, User)
        actor, now = desk_actor(request.user), timezone.now()
        if not can_read_desk(actor):
            return {"is_shown": False}
        rows = []
        for deal in waiting_for_an_answer(actor)[:_SHOWN]:
            clock = urgency(deal.answer_due_at, now=now)
            rows.append({"deal": deal, "clock": clock, "look": CLOCKS[clock.state] if clock else None})
        return {"is_shown": True, "figures": queue_figures(actor, now=now), "rows": rows}
