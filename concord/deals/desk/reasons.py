"""The reason codes with how often they were given, and the report by reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column

from concord.deals.models import ReasonCode
from concord.deals.queries.reason_report import reasons_given, times_given
from concord.portal.desk import DeskPage, ScopedIndexView, ScopedModelViewSet
from concord.portal.enums import Role

_PERIODS = (30, 90, 365)


class _TimesColumn(Column):
    """How often a reason was given since the beginning."""

    def get_value(self, instance: ReasonCode) -> int:
        """The number, of all decisions."""
        given: dict[tuple[str, str], int] = getattr(instance, "_given", {})
        return given.get((instance.kind, instance.code), 0)


class ReasonCodeIndexView(ScopedIndexView):
    """The list with counts; they are read once for the page."""

    @cached_property
    def given(self) -> dict[tuple[str, str], int]:
        """All uses."""
        return times_given()

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Hand the counts to the rows."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        for row in context["object_list"]:
            row._given = self.given
        return context


class ReasonCodeViewSet(ScopedModelViewSet):
    """The reason codes on offer; channel managers add to them and retire them."""

    model = ReasonCode
    name = "reason_codes"
    icon = "tag"
    menu_label = gettext_lazy("Reason codes")
    index_view_class = ReasonCodeIndexView
    form_fields = ["kind", "code", "name", "name_zh", "is_active"]
    list_display = ["name", "kind", "code", "is_active", _TimesColumn("times", label=gettext_lazy("Times given"))]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "name_zh", "code"]
    copy_view_enabled = False


class ReasonReportView(DeskPage):
    """How often each reason was given in a time, by kind of decision."""

    roles = (Role.CHANNEL_MANAGER,)
    template_name = "deals/desk/reasons.html"
    header_icon = "tag"
    above = (("registrations:queue", gettext_lazy("Registrations")),)

    def get_page_title(self) -> str:
        """What the page is about."""
        return _("Decisions by reason")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The rows of the chosen time."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        asked = self.request.GET.get("days", "")
        days = next((one for one in _PERIODS if str(one) == asked), _PERIODS[1])
        uses = reasons_given(since=timezone.now() - timedelta(days=days))
        context.update(
            uses=[use for use in uses if use.times],
            never_given=[use for use in uses if not use.times and use.reason.is_active],
            days=days,
            periods=_PERIODS,
        )
        return context
