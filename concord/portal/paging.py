"""Pages of long lists: cut first, by a query as narrow as it can be, and then read with all that is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

#: adds what is shown of rows (figures, names of what they hang on) to a query
Widen = Callable[[QuerySet[Any]], QuerySet[Any]]


def page_of(cut: QuerySet[Any], widened: Widen) -> QuerySet[Any]:
    """The rows of a cut of a sorted, scoped query in the same order, with what ``widened`` adds; one statement.

    What is added is computed for the rows of the page alone, however many were found.
    """
    page = cut.model._base_manager.filter(pk__in=cut.values("pk"))
    return widened(page).order_by(*cut.query.order_by)
