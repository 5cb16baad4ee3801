"""Sources of leads in the desk, and the report on which of them became money."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.deals.actions.lead_sources import save_source
from concord.deals.models import LeadSource
from concord.deals.queries.lead_sources import SourceRow, source_rows
from concord.deals.views.lists import EXPORTS, export_table
from concord.partners.desk.recorded import RecordedViewSet
from concord.portal.actor import Actor
from concord.portal.desk import DeskPage
from concord.portal.enums import Role


def _write(actor: Actor, source: LeadSource, _form: Any) -> LeadSource:
    return save_source(actor=actor, source=source)


class LeadSourceViewSet(RecordedViewSet):
    """The sources; channel managers add to them and retire them."""

    model = LeadSource
    name = "lead_sources"
    icon = "link"
    menu_label = gettext_lazy("Sources of leads")
    write = staticmethod(_write)
    form_fields = ["code", "name", "name_zh", "kind", "is_routed", "is_active"]
    list_display = ["name", "code", "kind", "quality", "is_routed", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "name_zh", "code"]
    inspect_view_fields = [*form_fields, "quality", "rated_at"]


class PeriodForm(forms.Form):
    """Leads received from one day to another, both included."""

    since = forms.DateField(
        label=gettext_lazy("Received from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("Received to"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class SourceReportView(DeskPage):
    """Which source became money: from received to won, the score, and the value by currency."""

    roles = (Role.CHANNEL_MANAGER, Role.PRICING_MANAGER)
    template_name = "deals/desk/source_report.html"
    header_icon = "list-ul"
    above = (("leads:index", gettext_lazy("Leads")),)

    def get_page_title(self) -> str:
        """What the page is about."""
        return _("Which source became money")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, or its rows as a file."""
        export = request.GET.get("_export", "")
        if export in EXPORTS:
            return export_table(_File(self._rows()), export, name="lead-sources")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The rows and the period."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context.update(rows=self._rows(), form=self._form(), export_formats=list(EXPORTS))
        return context

    def _form(self) -> PeriodForm:
        return PeriodForm(self.request.GET or None)

    def _rows(self) -> list[SourceRow]:
        form = self._form()
        chosen = form.cleaned_data if form.is_valid() else {}
        return source_rows(since=_begin(chosen.get("since")), until=_begin(chosen.get("until"), after=True))


_NOTHING_WON: list[tuple[str, Any]] = [("", None)]


def _begin(day: date | None, *, after: bool = False) -> datetime | None:
    """The first moment of the day (or of the next one) where the reader is."""
    if day is None:
        return None
    first = date.fromordinal(day.toordinal() + 1) if after else day
    return timezone.make_aware(datetime.combine(first, time.min))


class _File:
    """The report as plain rows: one for each source and currency that it won in."""

    def __init__(self, rows: list[SourceRow]) -> None:
        self.rows = rows

    def exported(self) -> list[list[Any]]:
        """Headings and rows."""
        headings = (
            _("Source"), _("Code"), _("Kind"), _("Received"), _("Held"), _("Contacted"), _("Turned into deals"),
            _("Won"), _("Quality"), _("Value won"), _("Currency"), _("Value per lead"),
        )  # fmt: skip
        table: list[list[Any]] = [list(headings)]
        for row in self.rows:
            track = row.track
            facts = [
                row.source.display_name, row.source.code, str(row.source.get_kind_display()), track.received,
                track.held, track.contacted, track.converted, track.won, row.quality.score,
            ]  # fmt: skip
            for currency, amount in row.value or _NOTHING_WON:
                per_lead = row.quality.value_per_lead.get(currency)
                table.append([*facts, amount, currency, round(per_lead, 2) if per_lead is not None else None])
        return table
