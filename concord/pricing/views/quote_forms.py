"""Beginning and changing a quote."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from concord.partners.models import EndCustomer
from concord.portal.doors import extranet_page
from concord.portal.middleware import actor_of
from concord.portal.periods import local_date
from concord.portal.refusals import Conflict, InvalidInput, Refusal, WrongState
from concord.pricing.access import QuoteOrigin, access_quote, origin_of_customer, origin_of_story
from concord.pricing.actions.quotes import QuoteTexts, draft_quote, edit_draft
from concord.pricing.actions.shown_prices import PricesChanged, lines_shown, read_token
from concord.pricing.enums import QuoteStatus
from concord.pricing.forms.quotes import QuoteForm, last_day, text_of_lines
from concord.pricing.price_tokens import ShownPrices
from concord.pricing.queries.quote_pricing import QuoteLineInput
from concord.pricing.rules.quotes import can_quote_for, sees_quotes
from concord.pricing.views.once import once
from concord.pricing.views.quote_refusals import change_text

#: customers offered for a choice; with more, one comes from the deal
OFFERED = 200


@require_http_methods(["GET", "POST"])
@extranet_page(sees_quotes)
def quote_new(request: HttpRequest) -> HttpResponse:
    """Begin a quote: from a deal (``?story=deal:…``), for a known customer (``?customer=…``), with pasted lines."""
    actor = actor_of(request)
    origin = _origin(request)
    if origin is None:
        customers = (
            EndCustomer.objects.visible_to(actor).alive().order_by("sort_key")[:OFFERED] if actor.is_partner else []
        )
        lines = request.POST.get("lines", "") or request.GET.get("lines", "")
        context = {"customers": customers, "lines": lines[:200_000], "price_token": _token(request)}
        return render(request, "pricing/quote_start.html", context)
    if not can_quote_for(actor=actor, partner_id=origin.partner.pk):
        raise PermissionDenied
    if request.method == "GET" or "customer_name" not in request.POST:
        return _form_page(request, QuoteForm(initial=_initial(request, origin)), origin)
    form = QuoteForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, origin, status=422)

    def act() -> HttpResponse:
        data = form.cleaned_data
        quote = draft_quote(
            actor=actor,
            partner_id=origin.partner.pk,
            seller_id=actor.user_id if actor.is_partner else None,
            end_customer_id=origin.customer.pk,
            currency=data["currency"],
            valid_until=data["valid_until"],
            lines=data["lines"],
            story=origin.story,
            shown=_shown(request, origin, data),
            now=timezone.now(),
            **_texts(data),
        )
        return HttpResponseRedirect(reverse("pricing:quote-detail", args=[quote.uuid]))

    try:
        return once(request, form.cleaned_data["idempotency_key"], act)
    except InvalidInput as refusal:
        form.take_refusal(refusal)
        return _form_page(request, form, origin, status=422)
    except PricesChanged as refusal:
        # Told with both amounts, once: who sends the form again has seen the new ones.
        form.add_error(None, [str(refusal), *(change_text(one) for one in refusal.details["changes"])])
        return _form_page(request, form, origin, status=409, is_told=True)


@require_http_methods(["GET", "POST"])
@extranet_page(sees_quotes)
def quote_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a draft."""
    actor = actor_of(request)
    quote = access_quote(actor, uuid)
    if not can_quote_for(actor=actor, partner_id=quote.partner_id):
        raise PermissionDenied
    back = reverse("pricing:quote-detail", args=[quote.uuid])
    if quote.status != QuoteStatus.DRAFT:
        messages.warning(request, gettext("Only drafts can be changed. Begin a revision instead."))
        return HttpResponseRedirect(back)
    lines = [QuoteLineInput(line.sku, line.quantity, line.requested_unit_price) for line in quote.lines.all()]
    initial = {
        "customer_name": quote.customer_name,
        "customer_address": quote.customer_address,
        "contact_email": quote.contact_email,
        "currency": quote.currency,
        "valid_until": quote.valid_until,
        "language": quote.language,
        "is_bilingual": quote.is_bilingual,
        "note": quote.note,
        "lines": text_of_lines(lines),
    }
    form = QuoteForm(request.POST or None, initial=initial, is_draft=True)
    # What was typed over a draft that changed meanwhile may be sent again, knowing that.
    seen = quote.updated_at.isoformat()
    context = {"quote": quote, "cancel_url": back, "seen": seen}
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 422
        return render(request, "pricing/quote_form.html", {"form": form, **context}, status=status)
    data = form.cleaned_data
    try:
        edit_draft(
            actor=actor,
            quote_uuid=quote.uuid,
            lines=data["lines"],
            valid_until=data["valid_until"],
            texts=QuoteTexts(**_texts(data)),
            seen=request.POST.get("seen", ""),
            now=timezone.now(),
        )
    except InvalidInput as refusal:
        form.take_refusal(refusal)
        return render(request, "pricing/quote_form.html", {"form": form, **context}, status=refusal.status)
    except WrongState as refusal:
        messages.warning(request, str(refusal))
    except Conflict as refusal:
        form.add_error(None, str(refusal))
        return render(request, "pricing/quote_form.html", {"form": form, **context}, status=refusal.status)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return HttpResponseRedirect(back)


def _origin(request: HttpRequest) -> QuoteOrigin | None:
    actor = actor_of(request)
    story = request.POST.get("story") or request.GET.get("story")
    if story:
        return origin_of_story(actor, story)
    customer = request.POST.get("customer") or request.GET.get("customer")
    if customer:
        return origin_of_customer(actor, _uuid(customer), partner_code=request.GET.get("partner", ""))
    return None


def _uuid(text: str) -> UUID:
    from concord.portal.refusals import NotThere

    try:
        return UUID(text)
    except ValueError as error:
        raise NotThere from error


def _initial(request: HttpRequest, origin: QuoteOrigin) -> dict[str, Any]:
    today = local_date(timezone.now(), origin.partner.time_zone)
    of_story = "".join(f"{sku}\t{quantity}\n" for sku, quantity in origin.lines)
    return {
        "customer_name": origin.customer_name,
        "contact_email": origin.contact_email,
        "currency": origin.currency or origin.partner.currency,
        "valid_until": last_day(today),
        "language": "zh-hans" if origin.customer.country in {"CN", "TW", "HK", "MO"} else origin.partner.language,
        "lines": (request.POST.get("lines") or request.GET.get("lines") or of_story)[:200_000],
    }


_TEXTS = ("customer_name", "customer_address", "contact_email", "note", "language", "is_bilingual")


def _texts(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in _TEXTS}


def _token(request: HttpRequest) -> str:
    return request.POST.get("price_token", "")[:200_000]


def _shown(request: HttpRequest, origin: QuoteOrigin, data: dict[str, Any]) -> ShownPrices | None:
    """The price check that the lines come from, while they are still its lines."""
    if not _token(request):
        return None
    try:
        shown = read_token(_token(request), partner_id=origin.partner.pk, end_customer_id=origin.customer.pk)
    except InvalidInput:
        return None
    is_same = shown.currency == data["currency"] and lines_shown(shown) == data["lines"]
    return shown if is_same else None


def _form_page(
    request: HttpRequest, form: QuoteForm, origin: QuoteOrigin, *, status: int = 200, is_told: bool = False
) -> HttpResponse:
    story = f"{origin.story.type}:{origin.story.uuid}" if origin.story else ""
    context = {
        "form": form,
        "origin": origin,
        "story": story,
        "customer": "" if story else str(origin.customer.uuid),
        "cancel_url": reverse("pricing:quote-list"),
        "price_token": "" if is_told else _token(request),
        "idempotency": form.data.get("idempotency_key", "") if form.is_bound else "",
    }
    return render(request, "pricing/quote_form.html", context, status=status)
