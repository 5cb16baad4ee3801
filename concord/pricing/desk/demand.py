"""The vendor's report of what end users want and could not have."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from concord.partners.models import ProductFamily
from concord.portal.desk import desk_actor, needs_role, page_header
from concord.portal.enums import Role
from concord.portal.tabular import Value, write_csv, write_xlsx
from concord.portal.ui.formats import format_moment
from concord.pricing.enums import DemandSource
from concord.pricing.queries.demand import (
    WEEKS,
    DemandRow,
    countries_in_demand,
    demand_by_week,
    missing_by_week,
    unmet_demand,
)

SHOWN = 200
EXPORTED = 50_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _ForManagers(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return desk_actor(request.user).has_role(Role.CHANNEL_MANAGER, Role.PRICING_MANAGER)  # type: ignore[arg-type]


@require_safe
@needs_role(Role.CHANNEL_MANAGER, Role.PRICING_MANAGER)
def demand_report(request: HttpRequest) -> HttpResponse:
    """By week, territory and product, with a chart; or as a file."""
    actor, today, chosen = desk_actor(request.user), timezone.localdate(), _chosen(request)  # type: ignore[arg-type]
    rows = unmet_demand(actor=actor, today=today, **chosen)
    if request.GET.get("export") in {"csv", "xlsx"}:
        return _file(demand_by_week(rows, limit=EXPORTED), request.GET["export"])
    weeks = missing_by_week(rows)
    context: dict[str, Any] = {
        "rows": demand_by_week(rows, limit=SHOWN),
        "shown": SHOWN,
        "chosen": chosen,
        "weeks": WEEKS,
        "sources": DemandSource.choices,
        "families": ProductFamily.objects.order_by("name"),
        "countries": countries_in_demand(unmet_demand(actor=actor, today=today, weeks=WEEKS[-1])),
        "missing": [(format_moment(week, "date"), count) for week, count in weeks],
        "most": max((count for _week, count in weeks), default=0),
        **page_header(_("Unmet demand"), "warning"),
    }
    return render(request, "pricing/desk/demand.html", context)


def _chosen(request: HttpRequest) -> dict[str, Any]:
    weeks = request.GET.get("weeks", "")
    source = request.GET.get("source", "")
    return {
        "weeks": int(weeks) if weeks.isdecimal() and int(weeks) in WEEKS else 13,
        "country": request.GET.get("country", "")[:2],
        "family": request.GET.get("family", "")[:64],
        "source": source if source in DemandSource.values else "",
        "text": request.GET.get("q", "")[:100].replace("\0", ""),
    }


def _file(rows: list[DemandRow], kind: str) -> HttpResponse:
    headers = [
        gettext("Week of"),
        gettext("Territory"),
        gettext("SKU"),
        gettext("Product"),
        gettext("Product family"),
        gettext("Partners"),
        gettext("Asked for"),
        gettext("Missing"),
        gettext("Unit"),
    ]
    table: Iterator[list[Value]] = (
        [
            row.week.isoformat(),
            row.country,
            row.product.sku,
            row.product.display_name,
            row.product.family.display_name,
            row.partners,
            row.asked,
            row.missing,
            row.product.unit,
        ]
        for row in rows
    )
    target = io.BytesIO()
    if kind == "xlsx":
        write_xlsx(target, headers=headers, rows=table, sheet=gettext("Unmet demand"))
    else:
        write_csv(target, headers=headers, rows=table)
    return HttpResponse(
        target.getvalue(),
        content_type=_XLSX if kind == "xlsx" else "text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="unmet-demand.{kind}"'},
    )


@hooks.register("register_admin_urls")
def demand_urls() -> list[Any]:
    """Its address at the desk."""
    return [path("unmet-demand/", demand_report, name="unmet_demand")]


@hooks.register("register_reports_menu_item")
def demand_entry() -> MenuItem:
    """Among the reports."""
    return _ForManagers(_("Unmet demand"), reverse("unmet_demand"), name="unmet-demand", icon_name="warning", order=700)
