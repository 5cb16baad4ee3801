"""The desk's addresses for registrations, and their place in its menu."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from concord.deals.desk.bench import DecideView, JudgeTwinView, WorkbenchView
from concord.deals.desk.bulk import BulkView
from concord.deals.desk.checks import ChecksView
from concord.deals.desk.filters import RemoveFilterView, SaveFilterView
from concord.deals.desk.lists import AllDealsView, QueueView
from concord.deals.desk.reasons import ReasonReportView
from concord.deals.desk.vendor_accounts import SetVendorAccountView, VendorAccountsView
from concord.deals.models import KindOfActivity
from concord.deals.rules import can_read_desk
from concord.portal.desk import ScopedModelViewSet, desk_actor
from concord.portal.models import User


class ForDealReaders(MenuItem):
    """A menu entry for channel and pricing managers alone."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the person reads deals in the desk."""
        return isinstance(request.user, User) and bool(can_read_desk(desk_actor(request.user)))


class RegistrationsViewSet(ViewSet):
    """The queue, all deals, the workbench, and who asks how often."""

    name = "registrations"
    icon = "tasks"

    def get_urlpatterns(self) -> list[Any]:
        """The queue comes first: it is what the menu opens."""
        return [
            path("", QueueView.as_view(), name="queue"),
            path("results/", QueueView.as_view(results_only=True), name="queue_results"),
            path("all/", AllDealsView.as_view(), name="all"),
            path("all/results/", AllDealsView.as_view(results_only=True), name="all_results"),
            path("bulk/", BulkView.as_view(), name="bulk"),
            path("bulk/<slug:deed>/", BulkView.as_view(), name="bulk_decide"),
            path("filters/", SaveFilterView.as_view(), name="save_filter"),
            path("filters/<uuid:filter_uuid>/remove/", RemoveFilterView.as_view(), name="remove_filter"),
            path("reasons/", ReasonReportView.as_view(), name="reasons"),
            path("vendor-accounts/", VendorAccountsView.as_view(), name="vendor_accounts"),
            path(
                "vendor-accounts/results/",
                VendorAccountsView.as_view(results_only=True),
                name="vendor_accounts_results",
            ),
            path("vendor-accounts/<uuid:customer_uuid>/", SetVendorAccountView.as_view(), name="set_vendor_account"),
            path("checks/", ChecksView.as_view(), name="checks"),
            path("<uuid:deal_uuid>/", WorkbenchView.as_view(), name="bench"),
            path("<uuid:deal_uuid>/decide/<slug:deed>/", DecideView.as_view(), name="decide"),
            path("<uuid:deal_uuid>/twin/<uuid:customer_uuid>/", JudgeTwinView.as_view(), name="judge"),
        ]


class KindOfActivityViewSet(ScopedModelViewSet):
    """What can be noted, and what of it counts; channel managers add kinds and retire them."""

    model = KindOfActivity
    name = "kinds_of_activity"
    icon = "tag"
    menu_label = _("Kinds of activity")
    form_fields = ["code", "name", "name_zh", "is_qualified", "is_appointment", "is_active"]
    list_display = ["name", "code", "is_qualified", "is_appointment", "is_active"]
    list_filter = ["is_qualified", "is_active"]
    search_fields = ["name", "name_zh", "code"]
    copy_view_enabled = False
