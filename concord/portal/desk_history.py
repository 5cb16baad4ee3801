"""The history of the site that Wagtail shows, over models whose rows are scoped."""

from __future__ import annotations

from typing import Any

from wagtail.admin.views.reports.audit_logging import LogEntriesView

from concord.portal.scoping import beyond_scope


class SiteHistoryView(LogEntriesView):
    """Wagtail's report. It narrows the entries to those of models that the reader may look after, and then looks up
    their rows to link to them: of the operator's alone are there entries of partners' rows."""

    def decorate_paginated_queryset(self, queryset: Any) -> Any:
        """The entries of one page, each with the address of what it is about."""
        with beyond_scope("Wagtail's log was narrowed to what its reader looks after"):
            return super().decorate_paginated_queryset(queryset)
