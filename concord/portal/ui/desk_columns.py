"""Columns of the desk's lists for what every list has: moments, and yes or no."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from wagtail.admin.ui.tables import Column


class MomentColumn(Column):
    """A day, or a moment in the reader's zone, and how far off it is.

    Wagtail's own column of dates calls everything that is still to come "just now".
    """

    cell_template_name = "portal/desk/moment_cell.html"

    def __init__(self, name: str, *, with_time: bool = False, with_distance: bool = True, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.style = "datetime" if with_time else "date"
        self.with_distance = with_distance

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        """A plain day is not counted in hours."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        context["with_distance"] = self.with_distance and isinstance(context["value"], datetime)
        return context


class YesNoColumn(Column):
    """Yes or no, as icon and word."""

    cell_template_name = "portal/desk/yes_no_cell.html"


def column_for(field: models.Field[Any, Any] | None) -> type[Column]:
    """The column that shows a field of a model."""
    if isinstance(field, models.BooleanField):
        return YesNoColumn
    if isinstance(field, models.DateField):
        return MomentColumn
    plain: type[Column] = Column
    return plain
