"""Drafts that sellers keep to themselves, and opening one in an emergency."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concord.deals.actions.emergency import break_glass
from concord.deals.forms.emergency import BreakGlassForm
from concord.deals.queries.emergency import closed_drafts, demand_closed_draft
from concord.deals.rules import can_break_glass
from concord.portal.actor import Actor
from concord.portal.doors import extranet_page, refuse_form
from concord.portal.middleware import actor_of
from concord.portal.refusals import NotThere, Refusal


def _may(actor: Actor) -> bool:
    return bool(can_break_glass(actor))


@require_safe
@extranet_page(_may)
def closed(request: HttpRequest) -> HttpResponse:
    """Whose drafts there are, since when; not of which customer."""
    return render(request, "deals/closed.html", {"drafts": closed_drafts(actor_of(request))})


@require_http_methods(["GET", "HEAD", "POST"])
@extranet_page(_may)
def open_one(request: HttpRequest, deal_uuid: uuid.UUID) -> HttpResponse:
    """Give the reason, and read for two hours."""
    actor = actor_of(request)
    demand_closed_draft(actor, deal_uuid)
    form: forms.Form = BreakGlassForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                break_glass(actor=actor, deal_uuid=deal_uuid, reason=form.cleaned_data["reason"], now=timezone.now())
            except NotThere:
                raise
            except Refusal as refusal:
                refuse_form(form, refusal)
                status = refusal.status
            else:
                messages.warning(request, _("Open for two hours. The owner gets a mail with your reason."))
                return redirect("deals:detail", deal_uuid)
    context = {"form": form, "submit_label": _("Open for two hours"), "cancel_url": reverse("deals:closed")}
    return render(request, "deals/break_glass.html", context, status=status)
