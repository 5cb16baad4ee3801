"""The desk's addresses for leads."""

from __future__ import annotations

from typing import Any

from django.urls import path
from wagtail.admin.viewsets.base import ViewSet

from concord.deals.desk.lead_sources import SourceReportView
from concord.deals.desk.leads import ChangeLeadView, LeadDeedView, LeadFormView, LeadPage, LeadsView


class LeadsViewSet(ViewSet):
    """The list, one lead, entering and changing, and the report on sources."""

    name = "leads"
    icon = "user"

    def get_urlpatterns(self) -> list[Any]:
        """The list comes first: it is what the menu opens."""
        return [
            path("", LeadsView.as_view(), name="index"),
            path("results/", LeadsView.as_view(results_only=True), name="index_results"),
            path("new/", LeadFormView.as_view(), name="new"),
            path("report/", SourceReportView.as_view(), name="report"),
            path("<uuid:lead_uuid>/", LeadPage.as_view(), name="lead"),
            path("<uuid:lead_uuid>/change/", ChangeLeadView.as_view(), name="change"),
            path("<uuid:lead_uuid>/do/<slug:desk_deed>/", LeadDeedView.as_view(), name="do"),
        ]
