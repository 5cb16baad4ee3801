"""Asking for an extension, for the clock to stand still, and appealing: one page each, and the precedents."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from concord.deals.access import access_deal
from concord.deals.actions.appeals import file_appeal
from concord.deals.actions.extensions import request_extension
from concord.deals.actions.holds import hold_protection
from concord.deals.actions.locked import as_read_at
from concord.deals.forms.protection import AppealForm, ExtensionForm, HoldForm
from concord.deals.models import Deal
from concord.deals.protection_rules import can_appeal, can_ask
from concord.deals.queries.appeals import precedents
from concord.deals.queries.protection_life import protection_view
from concord.deals.rules import can_read_deals
from concord.deals.tables import detail_url
from concord.portal.actor import Actor
from concord.portal.doors import extranet_page, refuse_form
from concord.portal.middleware import actor_of
from concord.portal.refusals import Answer, NotAllowed, NotThere, Refusal

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class _Request:
    """What can be asked for: its form and action, who may, and what the page says."""

    form: type[Any]
    action: Callable[..., Any]
    allowed: Callable[[Actor, Deal], Answer]
    title: _StrPromise
    button: _StrPromise
    done: _StrPromise


_REQUESTS = {
    "extension": _Request(
        ExtensionForm,
        request_extension,
        can_ask,
        gettext_lazy("Ask for an extension"),
        gettext_lazy("Ask for it"),
        gettext_lazy("Asked for. The customer stays protected until the vendor has answered."),
    ),
    "hold": _Request(
        HoldForm,
        hold_protection,
        can_ask,
        gettext_lazy("Ask to stop the clock"),
        gettext_lazy("Ask for it"),
        gettext_lazy("Asked for. The clock runs on until the vendor has answered."),
    ),
    "appeal": _Request(
        AppealForm,
        file_appeal,
        can_appeal,
        gettext_lazy("Appeal against the decision"),
        gettext_lazy("Appeal"),
        gettext_lazy("Your appeal is filed. Somebody who did not decide before will judge it."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@extranet_page(can_read_deals)
def ask(request: HttpRequest, deal_uuid: uuid.UUID, what: str) -> HttpResponse:
    """The form of a request; refused, it comes back with the reason and what was typed."""
    actor = actor_of(request)
    deal = access_deal(actor, deal_uuid)
    asked = _REQUESTS.get(what)
    if asked is None:
        raise Http404
    asked.allowed(actor, deal).enforce()
    form = _form(asked, deal, request)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                asked.action(
                    actor=actor,
                    deal_uuid=deal.uuid,
                    now=timezone.now(),
                    expect=as_read_at(form.cleaned_data["version"]),
                    **form.values(),
                )
            except (NotThere, NotAllowed):
                raise
            except Refusal as refusal:
                refuse_form(form, refusal)
                status = refusal.status
            else:
                messages.success(request, str(asked.done))
                return redirect(detail_url(deal))
    context = {
        "deal": deal,
        "form": form,
        "what": what,
        "title": asked.title,
        "submit_label": asked.button,
        "cancel_url": detail_url(deal),
        "protection": protection_view(deal, now=timezone.now()) if what != "appeal" else None,
    }
    return render(request, "deals/ask.html", context, status=status)


def _form(asked: _Request, deal: Deal, request: HttpRequest) -> Any:
    initial = {"version": deal.updated_at.isoformat()}
    zone = {"time_zone": deal.partner.time_zone} if asked.form is HoldForm else {}
    if request.method == "POST":
        return asked.form(request.POST, request.FILES, initial=initial, **zone)
    return asked.form(initial=initial, **zone)


@require_safe
@extranet_page()
def precedent_list(request: HttpRequest) -> HttpResponse:
    """What appeals have decided, without names; searched in both languages."""
    text = request.GET.get("q", "").strip()[:200]
    page = Paginator(precedents(text), 20).get_page(request.GET.get("page"))
    return render(request, "deals/precedents.html", {"page": page, "q": text, "title": _("Precedents")})
