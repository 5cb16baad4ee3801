"""Lists come in cursor pages of a stable order: ``{"next", "previous", "results"}``, ``?limit=`` up to 200."""

from __future__ import annotations

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """A page of a list, newest first unless the view says otherwise (``ordering`` of the view)."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering = "-id"

    def get_ordering(self, request, queryset, view):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
        """The view's ``cursor_ordering``, else newest first."""
        ordering = getattr(view, "cursor_ordering", None) or self.ordering
        return (ordering,) if isinstance(ordering, str) else tuple(ordering)
