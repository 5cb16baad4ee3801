"""Asking for a special price, from the quote that needs it."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from concord.portal.doors import extranet_page
from concord.portal.middleware import actor_of
from concord.portal.refusals import InvalidInput
from concord.pricing.access import access_quote
from concord.pricing.actions.special_prices import request_special_price
from concord.pricing.forms.quotes import SpecialPriceForm
from concord.pricing.queries.approvals import chain_for
from concord.pricing.rules.quotes import can_quote_for, sees_quotes
from concord.pricing.views.once import once


@require_http_methods(["GET", "POST"])
@extranet_page(sees_quotes)
def special_price_new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask for a special price of one product of a quote (``?sku=``), for the quote's customer."""
    actor = actor_of(request)
    quote = access_quote(actor, uuid)
    if not can_quote_for(actor=actor, partner_id=quote.partner_id):
        raise PermissionDenied
    line = quote.lines.filter(sku=request.GET.get("sku", "")[:64].replace("\0", "")).first()
    if line is None:
        raise Http404
    back = reverse("pricing:quote-detail", args=[quote.uuid])
    wanted = line.requested_unit_price or line.customer_unit_price
    initial = {
        "unit_price": Decimal(wanted).normalize(),
        "quantity": line.quantity,
        "valid_until": quote.valid_until,
    }
    form = SpecialPriceForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data

            def act() -> HttpResponse:
                request_special_price(
                    actor=actor,
                    partner_id=quote.partner_id,
                    end_customer_id=quote.end_customer_id,
                    sku=line.sku,
                    currency=quote.currency,
                    unit_price=data["unit_price"],
                    quantity=data["quantity"],
                    valid_until=data["valid_until"],
                    reason=data["reason"],
                    competitor=data["competitor"],
                    quantity_cap=data["quantity_cap"],
                    now=timezone.now(),
                )
                return HttpResponseRedirect(back)

            try:
                response = once(request, data["idempotency_key"], act)
            except InvalidInput as refusal:
                form.take_refusal(refusal)
            else:
                messages.success(request, gettext("The special price is asked for. The vendor decides."))
                return response
    price = form.cleaned_data.get("unit_price") if form.is_bound else None
    chain = chain_for(
        partner_id=quote.partner_id,
        sku=line.sku,
        currency=quote.currency,
        unit_price=price or Decimal(wanted),
        quantity=line.quantity,
        now=timezone.now(),
    )
    context = {
        "chain": [role.label for role in chain.roles],
        "hours": chain.hours,
        "form": form,
        "quote": quote,
        "line": line,
        "cancel_url": back,
    }
    return render(request, "pricing/special_price_form.html", context, status=status)
