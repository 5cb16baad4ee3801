"""Pages of quotes: the list, one quote with all that is known of it, and its document."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from concord.portal import registry
from concord.portal.doors import extranet_page
from concord.portal.limits import TooMany
from concord.portal.middleware import actor_of
from concord.portal.money import plain
from concord.portal.tabular.writing import write_csv, write_xlsx
from concord.portal.ui.tables import Column, LeadColumn, MomentColumn, MoneyColumn, NumberColumn, StatusColumn, Table
from concord.pricing.access import access_quote
from concord.pricing.actions.quote_documents import render_again
from concord.pricing.actions.shown_prices import shown_of
from concord.pricing.codes import grouped
from concord.pricing.engine import LegCode, Receipt, ReceiptPart
from concord.pricing.engine.labels import label_of
from concord.pricing.engine.waterfall import waterfall
from concord.pricing.enums import QuoteStatus
from concord.pricing.forms.quotes import QuoteFilterForm
from concord.pricing.models import Quote, QuoteLine
from concord.pricing.price_tokens import seal
from concord.pricing.queries.quote_document import check_address
from concord.pricing.queries.quote_document_state import document_state, newest_document
from concord.pricing.queries.quote_stock import quote_stock
from concord.pricing.queries.quotes import history_of, quotes_listed, revisions_of, status_now, totals_by_currency
from concord.pricing.queries.rival_notices import rival_notices
from concord.pricing.queries.wanted_prices import compared_prices
from concord.pricing.rules.quotes import can_honour, can_quote_for, sees_quotes


class QuoteTable(Table):
    """The list of quotes."""

    number = LeadColumn(linkify=lambda record: reverse("pricing:quote-detail", args=[record.uuid]))
    revision = NumberColumn(verbose_name=_("Revision"))
    customer_name = Column(verbose_name=_("Customer"))
    status = StatusColumn(kind="quote", verbose_name=_("Status"))
    customer_total = MoneyColumn(currency="currency", verbose_name=_("Total"))
    line_count = NumberColumn(verbose_name=_("Lines"))
    valid_until = MomentColumn(verbose_name=_("Valid until"), style="date")
    seller = Column(verbose_name=_("Seller"), order_by=("seller__name",))

    class Meta(Table.Meta):
        sequence = (
            "number",
            "revision",
            "customer_name",
            "status",
            "customer_total",
            "line_count",
            "valid_until",
            "seller",
        )


def quote_tabs(active: str) -> list[dict[str, Any]]:
    """Quotes, and the special prices asked for."""
    pages = [("quotes", _("Quotes"), "quote-list"), ("special-prices", _("Special prices"), "special-price-list")]
    return [
        {"label": label, "url": reverse(f"pricing:{address}"), "active": name == active}
        for name, label, address in pages
    ]


@require_GET
@extranet_page(sees_quotes)
def quote_list(request: HttpRequest) -> HttpResponse:
    """The actor's quotes, with filters in the address and downloads."""
    actor = actor_of(request)
    now = timezone.now()
    form = QuoteFilterForm(request.GET, statuses=QuoteStatus.choices)
    form.is_valid()
    chosen = form.cleaned_data
    found = quotes_listed(
        actor,
        search=chosen.get("q", ""),
        status=chosen.get("status", ""),
        customer=chosen.get("customer", ""),
        ends_from=chosen.get("ends_from"),
        ends_to=chosen.get("ends_to"),
        now=now,
    )
    table = QuoteTable([_as_seen(quote, now) for quote in found[:1_000]])
    tables.RequestConfig(request, paginate={"per_page": 25}).configure(table)
    export = request.GET.get("_export", "")
    if export in {"csv", "xlsx"}:
        return _download(found, export, now)
    context = {
        "table": table,
        "form": form,
        "export_formats": ["csv", "xlsx"],
        "can_quote": actor.is_partner,
        "is_filtered": any(form.cleaned_data.values()),
        "sums": totals_by_currency(found),
        "tabs": quote_tabs("quotes"),
    }
    return render(request, "pricing/quote_list.html", context)


_EXPORTS: dict[str, tuple[Callable[..., int], str]] = {
    "csv": (write_csv, "text/csv; charset=utf-8"),
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def _download(found: QuerySet[Quote], kind: str, now: datetime) -> HttpResponse:
    """The list as a file; text stays text in every spreadsheet program."""
    write, content_type = _EXPORTS[kind]
    headers = [_("Number"), _("Revision"), _("Customer"), _("Status"), _("Currency"), _("Total"), _("Own net")]
    headers += [_("Valid until"), _("Seller")]
    rows = (
        (
            quote.number,
            quote.revision,
            quote.customer_name,
            str(status_now(quote, now=now).label),
            quote.currency,
            plain(quote.customer_total, quote.currency),
            plain(quote.partner_total, quote.currency),
            quote.valid_until,
            str(quote.seller or ""),
        )
        for quote in found.iterator(chunk_size=1_000)
    )
    file = io.BytesIO()
    write(file, headers=[str(header) for header in headers], rows=rows)
    response = HttpResponse(file.getvalue(), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="quotes.{kind}"'
    return response


def _as_seen(quote: Quote, now: datetime) -> Quote:
    quote.status = status_now(quote, now=now)
    return quote


@require_GET
@extranet_page(sees_quotes)
def quote_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One quote."""
    return render_quote_page(request, access_quote(actor_of(request), uuid))


def render_quote_page(
    request: HttpRequest, quote: Quote, *, refusal: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The page of a quote, with a refusal and its ways out above it where an action was refused."""
    actor = actor_of(request)
    now = timezone.now()
    lines = list(quote.lines.select_related("product"))
    state = status_now(quote, now=now)
    notices = rival_notices(
        actor=actor,
        partner_id=quote.partner_id,
        end_customer_id=quote.end_customer_id,
        currency=quote.currency,
        lines=compared_prices(
            partner_id=quote.partner_id,
            end_customer_id=quote.end_customer_id,
            lines=[
                (line.product_id, line.quantity, line.requested_unit_price, line.customer_unit_price) for line in lines
            ],
        ),
        moment=now,
    )
    may_act = bool(can_quote_for(actor=actor, partner_id=quote.partner_id))
    is_open = state in {QuoteStatus.DRAFT, QuoteStatus.ISSUED}
    stock = quote_stock(quote, lines, actor=actor, now=now) if is_open else {}
    context = {
        "quote": quote,
        "state": state,
        "lines": [
            _line(line, quote.currency, full=actor.is_vendor)
            | {"notice": notices.get(place), "stock": stock.get(line.product_id)}
            for place, line in enumerate(lines)
        ],
        "refusal": refusal,
        "may_act": may_act,
        "is_draft": state == QuoteStatus.DRAFT,
        "price_token": seal(shown_of(quote, lines, now=now)) if may_act and state == QuoteStatus.DRAFT else "",
        "is_live": state == QuoteStatus.ISSUED,
        "may_revise": may_act and state in {QuoteStatus.ISSUED, QuoteStatus.EXPIRED, QuoteStatus.DECLINED},
        "may_honour": state == QuoteStatus.EXPIRED and bool(can_honour(actor=actor)),
        "code": grouped(quote.check_code) if quote.check_code else "",
        "address": check_address(quote.check_code) if quote.check_code else "",
        "document": document_state(quote) if quote.check_code else None,
        "checks": quote.checks.order_by("-at")[:20] if quote.check_code else [],
        "check_count": quote.checks.count() if quote.check_code else 0,
        "revisions": [(one, status_now(one, now=now)) for one in revisions_of(actor, quote)],
        "entries": _timeline(request, quote),
        "story_url": _story_url(quote),
        "crumbs": [(gettext("Quotes"), reverse("pricing:quote-list"))],
        "title": f"{quote.number} · {quote.customer_name}",
    }
    return render(request, "pricing/quote_detail.html", context, status=status)


@require_http_methods(["GET", "POST"])
@extranet_page(sees_quotes)
def quote_document_state(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Whether the document is there yet: a fragment that asks again until it is; sent, it is tried again at once."""
    quote = access_quote(actor_of(request), uuid)
    if request.method == "POST":
        try:
            render_again(actor=actor_of(request), quote_uuid=uuid, now=timezone.now())
        except TooMany as refused:
            messages.warning(request, str(refused))
        return HttpResponseRedirect(reverse("pricing:quote-detail", args=[quote.uuid]))
    context = {"quote": quote, "document": document_state(quote)}
    return render(request, "pricing/parts/quote_document.html", context)


@require_GET
@extranet_page(sees_quotes)
def quote_pdf(request: HttpRequest, uuid: UUID) -> HttpResponse | FileResponse:
    """The document, for whoever may see the quote; kept by nobody on the way."""
    return pdf_response(access_quote(actor_of(request), uuid))


def pdf_response(quote: Quote) -> FileResponse:
    """The stored document as an attachment of the quote's number; 404 while there is none."""
    if not quote.pdf_hash or not quote.pdf:
        raise Http404
    response = FileResponse(
        newest_document(quote).open("rb"),
        as_attachment=True,
        filename=f"{quote.number}-r{quote.revision}.pdf",
        content_type="application/pdf",
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _line(line: QuoteLine, currency: str, *, full: bool) -> dict[str, Any]:
    """A line with its receipt as waterfalls; a partner sees its part of the receipt."""
    receipt = Receipt.from_json(line.receipt)
    if not full:
        receipt = receipt.part_for(ReceiptPart.PARTNER)
    return {
        "row": line,
        "currency": currency,
        "customer_steps": _steps(receipt, LegCode.CUSTOMER),
        "partner_steps": _steps(receipt, LegCode.PARTNER) if receipt.partner else [],
    }


def _steps(receipt: Receipt, leg: LegCode) -> list[dict[str, Any]]:
    return [
        {
            "label": label_of(bar.label),
            "amount": bar.end if bar.is_total else bar.delta,
            "kind": "total" if bar.is_total else "",
        }
        for bar in waterfall(receipt, leg)
    ]


def _timeline(request: HttpRequest, quote: Quote) -> Sequence[dict[str, Any]]:
    actor = actor_of(request)
    events = history_of(actor, quote)
    return [
        {
            "at": event.at,
            "title": _label(event.verb),
            "who": event.actor_name,
            "door": event.get_door_display(),
            "icon": _ICONS.get(event.verb, "point"),
        }
        for event in reversed(events)
    ]


def _label(verb: str) -> str | Promise:
    return registry.event_labels.get(verb, verb)


def _story_url(quote: Quote) -> str:
    address = registry.subject_urls.get(quote.story_type)
    return address(str(quote.story_uuid)) if address and quote.story_uuid else ""


_ICONS = {
    "quote.drafted": "pencil",
    "quote.edited": "pencil",
    "quote.discarded": "trash",
    "quote.issued": "send",
    "quote.document_ready": "file-check",
    "quote.document_stamped": "file-check",
    "quote.accepted": "circle-check",
    "quote.honoured": "circle-check",
    "quote.shortened": "calendar",
    "quote.declined": "circle-x",
    "quote.withdrawn": "arrow-back",
    "quote.superseded": "replace",
    "quote.expired": "clock-x",
    "quote.repriced": "refresh",
}
