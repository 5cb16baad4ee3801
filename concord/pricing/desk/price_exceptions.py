"""The queue of price conflicts and exceptions at the desk: what waits, one entry, closing it, and its panel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import include, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from concord.portal.desk import desk_actor, needs_role, page_header
from concord.portal.doors import TABLE_FORMATS, table_file
from concord.portal.enums import Role
from concord.portal.money import plain
from concord.portal.refusals import NotAllowed, Refusal
from concord.pricing.actions.price_exceptions import close_price_exception
from concord.pricing.enums import ExceptionKind, ExceptionState
from concord.pricing.models import PriceException
from concord.pricing.queries.price_exceptions import counted_by_state, open_by_kind, price_exceptions

PER_PAGE = 50
_ROLES = (Role.PRICING_MANAGER, Role.CHANNEL_MANAGER)


class _ForManagers(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return desk_actor(request.user).has_role(*_ROLES)  # type: ignore[arg-type]


class ExceptionsPanel(Component):
    """How many conflicts wait, by kind; above most others, as somebody's price depends on them."""

    order = 30
    template_name = "pricing/desk/exceptions_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """One statement."""
        actor = desk_actor(parent_context["request"].user)
        if not actor.has_role(*_ROLES):
            return {"is_shown": False}
        counts = open_by_kind(actor)
        kinds = [(kind.value, kind.label, counts[kind.value]) for kind in ExceptionKind if counts.get(kind.value)]
        return {"is_shown": True, "kinds": kinds}


@require_safe
@needs_role(*_ROLES)
def exception_queue(request: HttpRequest) -> HttpResponseBase:
    """Entries with filters in the address, those that are open first; or as a file."""
    actor = desk_actor(request.user)  # type: ignore[arg-type]
    state = request.GET.get("state", ExceptionState.OPEN.value)
    chosen = {"state": state, "kind": request.GET.get("kind", ""), "text": request.GET.get("q", "")[:100]}
    found = price_exceptions(actor, **chosen)
    if request.GET.get("export") in TABLE_FORMATS:
        return _file(found, request.GET["export"])
    counts = counted_by_state(actor)
    context: dict[str, Any] = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("p")),
        "chosen": chosen,
        "states": [(one.value, one.label, counts[one.value]) for one in ExceptionState],
        "kinds": ExceptionKind.choices,
        "is_filtered": bool(chosen["kind"] or chosen["text"]),
        **page_header(_("Price conflicts"), "warning"),
    }
    return render(request, "pricing/desk/price_exceptions.html", context)


def _file(found: QuerySet[PriceException], ending: str) -> HttpResponseBase:
    headers = [_("Kind"), _("State"), _("Customer"), _("Partner"), _("Product"), _("From quantity")]
    headers += [_("Currency"), _("Asked unit price"), _("Times"), _("First"), _("Last"), _("Quote"), _("Finding")]
    headers += [_("By"), _("Closed by"), _("Closed at"), _("Reason")]
    rows = (
        (
            str(one.get_kind_display()),
            str(one.get_state_display()),
            one.end_customer.legal_name if one.end_customer else "",
            one.partner.name if one.partner else "",
            one.product.sku if one.product else "",
            one.quantity,
            one.currency,
            None if one.unit_price is None else plain(one.unit_price, one.currency, unit_price=True),
            one.times,
            one.first_at.isoformat(timespec="seconds"),
            one.last_at.isoformat(timespec="seconds"),
            one.quote.number if one.quote else "",
            one.finding,
            one.opened_by_name,
            one.closed_by_name,
            one.closed_at.isoformat(timespec="seconds") if one.closed_at else "",
            one.reason,
        )
        for one in found.iterator(chunk_size=1_000)
    )
    return table_file(ending, name="price-conflicts", headers=headers, rows=rows)


@require_http_methods(["GET", "POST"])
@needs_role(*_ROLES)
def exception_entry(request: HttpRequest, exception_uuid: UUID) -> HttpResponse:
    """One entry with its links; resolve or dismiss it, with a reason."""
    actor = desk_actor(request.user)  # type: ignore[arg-type]
    entry = price_exceptions(actor).filter(uuid=exception_uuid).first()
    if entry is None:
        raise Http404
    refused, status = "", 200
    if request.method == "POST":
        resolved = request.POST.get("decision") == "resolve"
        state = ExceptionState.RESOLVED if resolved else ExceptionState.DISMISSED
        reason = request.POST.get("reason", "")[:500]
        try:
            close_price_exception(
                actor=actor, exception_uuid=exception_uuid, state=state, reason=reason, now=timezone.now()
            )
        except Refusal as refusal:
            errors = getattr(refusal, "errors", ())
            status = 403 if isinstance(refusal, NotAllowed) else refusal.status
            refused = " ".join(str(error.message) for error in errors) or str(refusal)
        else:
            messages.success(request, gettext("The entry is closed, with your reason."))
            return HttpResponseRedirect(reverse("price_exceptions:queue"))
    context = {
        "entry": entry,
        "is_open": entry.state == ExceptionState.OPEN,
        "refused": refused,
        "reason": request.POST.get("reason", ""),
        **page_header(entry.get_kind_display(), "warning", ("price_exceptions:queue", _("Price conflicts"))),
    }
    return render(request, "pricing/desk/price_exception.html", context, status=status)


@hooks.register("register_admin_urls")
def price_exception_urls() -> list[Any]:
    """Addresses at the desk."""
    patterns = [
        path("", exception_queue, name="queue"),
        path("<uuid:exception_uuid>/", exception_entry, name="entry"),
    ]
    return [path("price-exceptions/", include((patterns, "price_exceptions"), namespace="price_exceptions"))]


@hooks.register("register_admin_menu_item")
def price_exceptions_entry() -> MenuItem:
    """In the menu, beside the special prices."""
    return _ForManagers(
        _("Price conflicts"),
        reverse("price_exceptions:queue"),
        name="price-exceptions",
        icon_name="warning",
        order=215,
    )


@hooks.register("construct_homepage_panels")
def exceptions_on_home(request: HttpRequest, panels: list[Any]) -> None:
    """The counts on the desk's home."""
    panels.append(ExceptionsPanel())
