"""The list of deals: filters in the address, figures above, export of what is shown."""

from __future__ import annotations

import io
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from concord.deals.enums import OPEN_STAGES, ReviewStatus
from concord.deals.filters import DealFilter
from concord.deals.models import Deal
from concord.deals.queries.deals import counts_by_state, deals_listed, totals_by_currency
from concord.deals.rules import can_read_deals, can_register
from concord.deals.tables import DealTable
from concord.portal.doors import extranet_page
from concord.portal.middleware import actor_of
from concord.portal.tabular.writing import write_csv, write_xlsx
from concord.portal.ui.tables import PagedRows

EXPORTS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
@extranet_page(can_read_deals)
def deal_list(request: HttpRequest) -> HttpResponse:
    """The reader's deals."""
    actor, now = actor_of(request), timezone.now()
    found = DealFilter(request.GET, queryset=Deal.objects.visible_to(actor), request=request)
    if not (actor.sees_whole_partner or actor.is_vendor):
        del found.form.fields["whose"]
    table = DealTable(PagedRows(found.qs, deals_listed(actor, now=now)))
    if not (actor.sees_whole_partner or actor.is_vendor):
        table.exclude = ("owner",)
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    export = request.GET.get("_export", "")
    if export in EXPORTS:
        return export_table(table, export, name="deals")
    counts = counts_by_state(actor)
    context = {
        "table": table,
        "filter": found,
        "is_filtered": any(request.GET.get(name) for name in found.form.fields),
        "export_formats": list(EXPORTS),
        "figures": _figures(counts),
        "has_any": bool(counts),
        "totals": totals_by_currency(actor, _open(found.qs)),
        "can_register": bool(can_register(actor)) and actor.is_partner,
        "title": _("Deals"),
    }
    return render(request, "deals/list.html", context)


def _open(deals: QuerySet[Deal]) -> QuerySet[Deal]:
    return deals.filter(sales_stage__in=OPEN_STAGES)


def _figures(counts: Any) -> list[dict[str, Any]]:
    """The funnel in figures, each leading to the list behind it."""
    shown = (
        (ReviewStatus.DRAFT, _("Drafts"), "pencil", ""),
        (ReviewStatus.SUBMITTED, _("Waiting for an answer"), "clock", ""),
        (ReviewStatus.RETURNED, _("To complete"), "arrow-back-up", "warn"),
        (ReviewStatus.APPROVED, _("Approved"), "shield-check", "ok"),
    )
    figures = [
        {
            "label": label,
            "value": counts.get(state.value, 0),
            "icon": icon,
            "tone": tone if counts.get(state.value) else "",
            "url": f"?review_status={state.value}",
        }
        for state, label, icon, tone in shown
    ]
    won = {"label": _("Won"), "value": counts.get("won", 0), "icon": "trophy", "tone": "", "url": "?sales_stage=won"}
    return [*figures, won]


def export_table(table: Any, kind: str, *, name: str) -> HttpResponse:
    """The rows of a table (its ``exported``) as a file of that kind."""
    headers, *rows = table.exported()
    names = [str(one) for one in headers]
    file = io.BytesIO()
    if kind == "csv":
        write_csv(file, headers=names, rows=rows)
    else:
        write_xlsx(file, headers=names, rows=rows)
    response = HttpResponse(file.getvalue(), content_type=EXPORTS[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
