"""Cells of the desk's lists: clocks and states as icon and word, never a colour alone."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from concord.deals.queries.workbench import urgency

CLOCKS: dict[str, tuple[str, str, Promise]] = {
    "overdue": ("bad", "alarm", _("Overdue")),
    "due_soon": ("warn", "hourglass-low", _("Due soon")),
    "in_time": ("ok", "clock-check", _("In time")),
}


class ClockColumn(Column):
    """How the clock of an answer stands, and when it is due."""

    cell_template_name = "deals/desk/clock_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> Any:
        """The urgency beside the row."""
        context = super().get_cell_context_data(instance, parent_context)
        context["urgency"] = urgency(instance.answer_due_at, now=timezone.now())
        if context["urgency"]:
            context["tone"], context["icon"], context["word"] = CLOCKS[context["urgency"].state]
        return context


class StateColumn(Column):
    """The deal's state as icon and word."""

    cell_template_name = "deals/desk/state_cell.html"


class ReadinessColumn(Column):
    """Whether somebody else could take the deal over; below the line its protection is not extended."""

    cell_template_name = "deals/desk/readiness_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> Any:
        """What the list has read for all rows of the page; nothing beside a deal that nobody works on."""
        context = super().get_cell_context_data(instance, parent_context)
        context["readiness"] = getattr(instance, "readiness", None)
        return context


class TwinsColumn(Column):
    """How many likely twins there are and how like the likeliest is."""

    cell_template_name = "deals/desk/twins_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> Any:
        """The score in whole points of 100, rounded down."""
        context = super().get_cell_context_data(instance, parent_context)
        context["points"] = int((instance.twin_score or 0) * 100)
        return context


class ChooseColumn(Column):
    """A box that puts the row into the form of the bulk decision."""

    cell_template_name = "deals/desk/choose_cell.html"
