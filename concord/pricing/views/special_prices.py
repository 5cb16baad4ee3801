"""Asking for a special price, from the quote that needs it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from concord.partners.models import EndCustomer
from concord.portal.doors import TABLE_FORMATS, extranet_page, table_file
from concord.portal.middleware import actor_of
from concord.portal.money import plain
from concord.portal.refusals import InvalidInput
from concord.pricing.access import access_quote
from concord.pricing.actions.special_prices import request_special_price
from concord.pricing.enums import SpecialPriceStatus
from concord.pricing.forms.quotes import SpecialPriceForm
from concord.pricing.models import Quote, QuoteLine, SpecialPrice
from concord.pricing.queries.approvals import chain_for
from concord.pricing.queries.special_prices import decision_clock, special_prices_of
from concord.pricing.rules.quotes import can_quote_for, sees_quotes
from concord.pricing.views.once import once
from concord.pricing.views.quotes import quote_tabs


@require_GET
@extranet_page(sees_quotes)
def special_price_list(request: HttpRequest) -> HttpResponseBase:
    """What the actor's company asked for, with state and clock; the vendor sees all."""
    actor, now = actor_of(request), timezone.now()
    status = request.GET.get("status", "")
    visible = EndCustomer.objects.visible_to(actor).filter(pk=OuterRef("end_customer_id"))
    found = special_prices_of(actor).prefetch_related("steps").annotate(knows_customer=Exists(visible))
    if status in SpecialPriceStatus.values:
        found = found.filter(status=status)
    if request.GET.get("_export") in TABLE_FORMATS:
        return _file(found, request.GET["_export"])
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(one, decision_clock(one, now=now)) for one in page.object_list],
        "status": status,
        "statuses": [("", _("All")), *SpecialPriceStatus.choices],
        "tabs": quote_tabs("special-prices"),
    }
    return render(request, "pricing/special_price_list.html", context)


def _file(found: QuerySet[SpecialPrice], ending: str) -> HttpResponseBase:
    headers = [_("SKU"), _("Customer"), _("Currency"), _("Wanted unit price"), _("From quantity"), _("At most")]
    headers += [_("Until"), _("Status"), _("Decide by"), _("Note on the decision")]
    rows = (
        (
            one.product.sku,
            one.end_customer.legal_name if getattr(one, "knows_customer", False) else "",
            one.currency,
            plain(one.unit_price, one.currency, unit_price=True),
            one.quantity.lower,
            one.quantity_cap,
            one.valid_until,
            str(one.get_status_display()),
            one.decide_by.isoformat() if one.decide_by else "",
            one.decision_note,
        )
        for one in found.iterator(chunk_size=1_000)
    )
    return table_file(ending, name="special-prices", headers=headers, rows=rows)


@require_GET
@extranet_page(sees_quotes)
def special_price_chain(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who would approve the price and quantity that stand in the form now; a fragment."""
    quote = access_quote(actor_of(request), uuid)
    line = _line(request, quote)
    price = SpecialPriceForm.base_fields["unit_price"]
    quantity = SpecialPriceForm.base_fields["quantity"]
    try:
        context = _chain(
            quote, line, price.clean(request.GET.get("unit_price")), quantity.clean(request.GET.get("quantity"))
        )
    except ValidationError:
        context = _chain(quote, line, Decimal(line.requested_unit_price or line.customer_unit_price), line.quantity)
    return render(request, "pricing/parts/approval_chain.html", context)


def _line(request: HttpRequest, quote: Quote) -> QuoteLine:
    line = quote.lines.filter(sku=request.GET.get("sku", "")[:64].replace("\0", "")).first()
    if line is None:
        raise Http404
    return line


def _chain(quote: Quote, line: QuoteLine, price: Decimal, quantity: int) -> dict[str, Any]:
    chain = chain_for(
        partner_id=quote.partner_id,
        sku=line.sku,
        currency=quote.currency,
        unit_price=price,
        quantity=quantity,
        now=timezone.now(),
    )
    return {"chain": [role.label for role in chain.roles], "hours": chain.hours}


@require_http_methods(["GET", "POST"])
@extranet_page(sees_quotes)
def special_price_new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask for a special price of one product of a quote (``?sku=``), for the quote's customer."""
    actor = actor_of(request)
    quote = access_quote(actor, uuid)
    if not can_quote_for(actor=actor, partner_id=quote.partner_id):
        raise PermissionDenied
    line = _line(request, quote)
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
    quantity = form.cleaned_data.get("quantity") if form.is_bound else None
    context = {
        **_chain(quote, line, price or Decimal(wanted), quantity or line.quantity),
        "chain_url": f"{reverse('pricing:special-price-chain', args=[quote.uuid])}?{urlencode({'sku': line.sku})}",
        "form": form,
        "quote": quote,
        "line": line,
        "cancel_url": back,
    }
    return render(request, "pricing/special_price_form.html", context, status=status)
