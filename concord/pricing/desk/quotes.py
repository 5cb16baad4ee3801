"""Special prices at the desk: what waits for a decision, what it would mean, and the two buttons."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from concord.portal.desk import desk_actor, needs_role, page_header
from concord.portal.doors import TABLE_FORMATS, table_file
from concord.portal.enums import Role
from concord.portal.money import plain
from concord.portal.refusals import NotAllowed, Refusal
from concord.pricing.actions.special_prices import approve_special_price, may_decide, reject_special_price
from concord.pricing.enums import SpecialPriceStatus
from concord.pricing.models import SpecialPrice
from concord.pricing.queries.special_prices import (
    decision_clock,
    is_below_floor,
    price_without_it,
    special_prices_of,
    taken_of,
)

PER_PAGE = 50


class _ForPricingManagers(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return desk_actor(request.user).has_role(Role.PRICING_MANAGER, Role.CHANNEL_MANAGER)  # type: ignore[arg-type]


@require_safe
@needs_role(Role.PRICING_MANAGER, Role.CHANNEL_MANAGER)
def special_price_queue(request: HttpRequest) -> HttpResponseBase:
    """Requests, those that wait first; or as a file."""
    status = request.GET.get("status", SpecialPriceStatus.REQUESTED.value)
    found = special_prices_of(desk_actor(request.user))  # type: ignore[arg-type]
    if status in SpecialPriceStatus.values:
        found = found.filter(status=status)
    if request.GET.get("export") in TABLE_FORMATS:
        return _file(found, request.GET["export"])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
    context = {
        "page": page,
        "requests": [(one, decision_clock(one, now=timezone.now())) for one in page.object_list],
        "status": status,
        "statuses": SpecialPriceStatus.choices,
        **page_header(_("Special prices"), "tag"),
    }
    return render(request, "pricing/desk/special_prices.html", context)


def _file(found: QuerySet[SpecialPrice], ending: str) -> HttpResponseBase:
    headers = [_("SKU"), _("Customer"), _("Partner"), _("Currency"), _("Wanted unit price"), _("From quantity")]
    headers += [_("At most"), _("Until"), _("Status"), _("Decide by"), _("Reason"), _("Competitor")]
    headers += [_("Note on the decision")]
    rows = (
        (
            one.product.sku,
            one.end_customer.legal_name,
            one.requested_by.name if one.requested_by else "",
            one.currency,
            plain(one.unit_price, one.currency, unit_price=True),
            one.quantity.lower,
            one.quantity_cap,
            one.valid_until,
            str(one.get_status_display()),
            one.decide_by.isoformat(timespec="minutes") if one.decide_by else "",
            one.reason,
            one.competitor,
            one.decision_note,
        )
        for one in found.iterator(chunk_size=1_000)
    )
    return table_file(ending, name="special-prices", headers=headers, rows=rows)


@require_http_methods(["GET", "POST"])
@needs_role(Role.PRICING_MANAGER, Role.CHANNEL_MANAGER)
def special_price_decision(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One request beside the price in force and the floor; approve it or refuse it with a reason."""
    actor = desk_actor(request.user)  # type: ignore[arg-type]
    now = timezone.now()
    asked = special_prices_of(actor).filter(uuid=uuid).first()
    if asked is None:
        raise Http404
    refused, status = "", 200
    if request.method == "POST":
        act = approve_special_price if request.POST.get("decision") == "approve" else reject_special_price
        try:
            act(actor=actor, special_price_uuid=uuid, note=request.POST.get("note", ""), now=now)
        except Refusal as refusal:
            errors = getattr(refusal, "errors", ())
            status = 403 if isinstance(refusal, NotAllowed) else 409
            refused = " ".join(str(error.message) for error in errors) or str(refusal)
        else:
            messages.success(request, gettext("The decision is kept, and who asked will see it."))
            return HttpResponseRedirect(reverse("special_prices:queue"))
    below = is_below_floor(asked, now=now)
    listed = price_without_it(asked, now=now)
    context: dict[str, Any] = {
        "asked": asked,
        "listed": listed,
        "less_percent": None if not listed else (listed - asked.unit_price) * 100 / listed,
        "below_floor": below,
        "is_open": asked.status == SpecialPriceStatus.REQUESTED,
        "answer": may_decide(actor, asked),
        "steps": asked.steps.order_by("place"),
        "taken": taken_of(asked, now=now),
        "clock": decision_clock(asked, now=now),
        "refused": refused,
        "note": request.POST.get("note", ""),
        **page_header(asked.product.sku, "tag", ("special_prices:queue", _("Special prices"))),
    }
    return render(request, "pricing/desk/special_price.html", context, status=status)


@hooks.register("register_admin_urls")
def special_price_urls() -> list[Any]:
    """Addresses at the desk."""
    patterns: list[URLPattern] = [
        path("", special_price_queue, name="queue"),
        path("<uuid:uuid>/", special_price_decision, name="decide"),
    ]
    return [path("special-prices/", _included(patterns))]


def _included(patterns: list[URLPattern]) -> Any:
    from django.urls import include

    return include((patterns, "special_prices"), namespace="special_prices")


@hooks.register("register_admin_menu_item")
def special_price_entry() -> MenuItem:
    """Special prices in the menu of whoever decides them."""
    return _ForPricingManagers(
        _("Special prices"), reverse("special_prices:queue"), name="special-prices", icon_name="tag", order=210
    )
