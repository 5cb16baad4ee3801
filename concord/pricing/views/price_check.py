"""Prices & stock: a pasted list answered line by line, with receipts, breaks, stock and export."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.partners.models import Partner
from concord.portal.actor import Actor
from concord.portal.doors import extranet_page, refuse_form
from concord.portal.enums import Role
from concord.portal.middleware import actor_of
from concord.portal.money import plain
from concord.portal.refusals import InvalidInput, NotThere
from concord.portal.tabular import Value, write_csv, write_xlsx
from concord.pricing.access import customer_asked_for, partner_asking
from concord.pricing.actions.stock import record_unmet_demand
from concord.pricing.engine import LegCode, waterfall
from concord.pricing.engine.labels import label_of
from concord.pricing.forms.price_check import BillForm, PriceCheckForm, ProductLookupForm
from concord.pricing.queries.availability_text import answer_for
from concord.pricing.queries.catalogue import search_products
from concord.pricing.queries.price_check import AskedLine, PriceCheck, check_prices, named_lines, token_of, unmet_in
from concord.pricing.queries.price_check_offers import offers_of
from concord.pricing.queries.price_lists import currencies_of_market
from concord.pricing.queries.rulebook import facts_of

SUGGESTED = 12
#: receipts are asked for within the working day of the list that they belong to
RECEIPT_AGE = timedelta(hours=24)


def sees_prices(actor: Actor) -> bool:
    """Everybody who sells or sets prices; content editors do neither."""
    return actor.is_known and not actor.roles <= {Role.CONTENT_EDITOR}


@require_http_methods(["GET", "POST"])
@extranet_page(sees_prices)
def price_check(request: HttpRequest) -> HttpResponse:
    """Ask by pasting a list, or by an address such as ``?list=C430881 10``."""
    asked = request.method == "POST" or "list" in request.GET
    data = _settled(request.POST) if request.method == "POST" else request.GET
    context: dict[str, Any] = {"lookup": ProductLookupForm(request.GET or None), "bill_form": BillForm()}
    form, check = _answer(request, data, asked=asked)
    context |= {"form": form, "check": check}
    if check is not None:
        context |= _shown(request, form, check)
    status = 422 if asked and check is None else 200
    part = "pricing/parts/price_results.html" if _wants_part(request) else "pricing/price_check.html"
    if "q" in request.GET and not asked:
        context["found"] = search_products(request.GET["q"][:200], limit=50)
    return render(request, part, context, status=status)


def answer_list(request: HttpRequest, text: str) -> HttpResponse:
    """The whole page with this list asked and answered, in the currency of the reader's market."""
    data = QueryDict(mutable=True)
    data["list"] = text
    own = partner_asking(actor_of(request))
    data["currency"] = own.currency if own else PriceCheckForm(actor=actor_of(request), own=own)["currency"].initial
    form, check = _answer(request, data, asked=True)
    context: dict[str, Any] = {"lookup": ProductLookupForm(), "bill_form": BillForm(), "form": form, "check": check}
    if check is not None:
        context |= _shown(request, form, check)
    return render(request, "pricing/price_check.html", context, status=422 if check is None else 200)


def refuse_bill(request: HttpRequest, bill: BillForm) -> HttpResponse:
    """The page with what is wrong with the file."""
    form = PriceCheckForm(actor=actor_of(request), own=partner_asking(actor_of(request)))
    context = {"lookup": ProductLookupForm(), "bill_form": bill, "form": form, "check": None}
    return render(request, "pricing/price_check.html", context, status=422)


@require_safe
@extranet_page(sees_prices)
def product_lookup(request: HttpRequest) -> HttpResponse:
    """Products for what is being typed; each adds itself to the list."""
    text = request.GET.get("q", "")[:200]
    found = search_products(text, limit=SUGGESTED)
    return render(request, "pricing/parts/product_suggestions.html", {"found": found, "text": text.strip()})


@require_safe
@extranet_page(sees_prices)
def price_receipt(request: HttpRequest) -> HttpResponse:
    """Why a line costs what it costs: its receipt as waterfalls, as of the moment of the list."""
    actor, now = actor_of(request), timezone.now()
    moment, quantity = _moment(request.GET, now), request.GET.get("quantity", "")
    if not quantity.isdecimal() or len(quantity) > 12:
        raise NotThere
    try:
        check = _check(
            request.GET,
            actor=actor,
            currency=request.GET.get("currency", "")[:3],
            moment=moment,
            now=now,
            lines=[AskedLine(1, request.GET.get("sku", ""), request.GET.get("sku", ""), int(quantity))],
        )
    except InvalidInput as refusal:
        raise NotThere from refusal
    (line,) = check.lines
    if line.result is None or line.result.receipt is None:
        raise NotThere
    receipt = line.result.receipt
    legs = [(_("Customer price"), _steps(receipt, LegCode.CUSTOMER))]
    if receipt.partner is not None:
        legs.append((_("Own net"), _steps(receipt, LegCode.PARTNER)))
    template = "pricing/parts/receipt.html" if _wants_part(request) else "pricing/price_receipt.html"
    context = {"line": line, "legs": legs, "currency": check.basket.currency, "moment": moment}
    return render(request, template, context)


@require_POST
@extranet_page(sees_prices)
def price_export(request: HttpRequest) -> HttpResponse:
    """The answer as a table, CSV or XLSX."""
    form, check = _answer(request, request.POST, asked=True)
    if check is None:
        context = {"form": form, "lookup": ProductLookupForm(), "bill_form": BillForm()}
        return render(request, "pricing/price_check.html", context, status=422)
    target = io.BytesIO()
    if request.POST.get("format") == "xlsx":
        write_xlsx(target, headers=_headings(check), rows=_rows(check), sheet=_("Prices"))
        kind, ending = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"
    else:
        write_csv(target, headers=_headings(check), rows=_rows(check))
        kind, ending = "text/csv; charset=utf-8", "csv"
    name = f"prices-{check.basket.moment:%Y-%m-%d}.{ending}"
    return HttpResponse(
        target.getvalue(), content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _settled(data: QueryDict) -> QueryDict:
    """The list with the product that was chosen for a line in the place of the number that several have."""
    number, _tab, choice = data.get("choose", "").partition("\t")
    sku, _tab, text = choice.partition("\t")
    lines = data.get("list", "").splitlines()
    if not (number.isascii() and number.isdecimal() and len(number) < 6 and sku and text):
        return data
    place = int(number) - 1
    if not 0 <= place < len(lines) or text not in lines[place]:
        return data
    lines[place] = lines[place].replace(text, sku, 1)
    settled = data.copy()
    settled["list"] = "\n".join(lines)
    return settled


def _wants_part(request: HttpRequest) -> bool:
    return bool(request.htmx) and not request.htmx.boosted  # type: ignore[attr-defined]


def _answer(request: HttpRequest, data: QueryDict, *, asked: bool) -> tuple[PriceCheckForm, PriceCheck | None]:
    """The form, and the answer when it could be given; what was asked and is not in stock is kept as demand."""
    actor, now = actor_of(request), timezone.now()
    own = partner_asking(actor)
    form = PriceCheckForm(_with_defaults(data, own) if asked else None, actor=actor, own=own)
    if not asked or not form.is_valid():
        return form, None
    try:
        check = _check(
            form.cleaned_data,
            actor=actor,
            currency=form.cleaned_data["currency"],
            moment=now,
            now=now,
            lines=named_lines(form.pasted),
            own=own,
        )
    except InvalidInput as refusal:
        refuse_form(form, refusal)
        return form, None
    if request.method == "POST" and own is not None and actor.is_partner:
        record_unmet_demand(actor=actor, partner_id=own.pk, asked=unmet_in(check), asked_on=now.date())
    return form, check


def _with_defaults(data: QueryDict, own: Partner | None) -> QueryDict:
    """An address without a currency is asked in the partner's own, or in the first that there are prices in."""
    if data.get("currency"):
        return data
    currency = own.currency if own else next(iter(currencies_of_market(None)), "USD")
    data = data.copy()
    data["currency"] = currency
    return data


def _check(
    data: Any,
    *,
    actor: Actor,
    currency: str,
    moment: datetime,
    now: datetime,
    lines: list[AskedLine],
    own: Partner | None = None,
) -> PriceCheck:
    """``own`` is the reader's own partner where it is known already."""
    partner = partner_asking(actor, data.get("partner", "")) if actor.is_vendor else own or partner_asking(actor)
    customer = customer_asked_for(actor, data.get("customer", ""))
    return check_prices(
        actor=actor,
        partner_id=partner.pk if partner else None,
        partner=facts_of(partner) if partner else None,
        end_customer_id=customer.pk if customer else None,
        currency=currency,
        moment=moment,
        now=now,
        lines=lines,
    )


def _moment(data: QueryDict, now: datetime) -> datetime:
    """The moment of a list that was answered today; anything else would show prices of other times."""
    try:
        moment = parse_datetime(data.get("as_of", ""))
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment) or not now - RECEIPT_AGE <= moment <= now:
        raise NotThere
    return moment


def _steps(receipt: Any, leg: LegCode) -> list[dict[str, Any]]:
    return [
        {
            "label": label_of(bar.label),
            "amount": bar.end if bar.is_total else bar.delta,
            "kind": "total" if bar.is_total else "",
        }
        for bar in waterfall(receipt, leg)
    ]


def _shown(request: HttpRequest, form: PriceCheckForm, check: PriceCheck) -> dict[str, Any]:
    """What the results need besides the answer: addresses of the receipts, and the list as it will be handed on."""
    chosen = {name: form.cleaned_data.get(name) or "" for name in ("customer", "partner", "currency")}
    base = QueryDict(mutable=True)
    base.update({**{k: v for k, v in chosen.items() if v}, "as_of": check.basket.moment.isoformat()})
    offers = offers_of(check, actor=actor_of(request))
    rows = []
    for line in check.lines:
        address = ""
        if line.result is not None and line.result.receipt is not None:
            query = base.copy()
            query.update({"sku": line.result.sku, "quantity": str(line.result.sku_quantity)})
            address = f"{reverse('pricing:receipt')}?{query.urlencode()}"
        rows.append(
            {
                "line": line,
                "receipt_url": address,
                "answer": answer_for(line.availability, line.wanted) if line.missing and line.availability else None,
                "offers": offers.get(line.product.pk, ()) if line.product else (),
                "offered_quantity": line.asked.quantity or 1,
            }
        )
    priced = [line for line in check.lines if not line.error]
    return {
        "rows": rows,
        "chosen": chosen,
        "has_net": check.totals.partner is not None,
        "has_choices": any(line.asked.candidates for line in check.lines),
        "raw_list": form.data.get("list", ""),
        "quotable": "\n".join(f"{line.asked.sku}\t{line.asked.quantity}" for line in priced),
        "may_quote": bool(priced) and actor_of(request).is_partner,
        "price_token": token_of(check, now=timezone.now()) or "",
    }


def _headings(check: PriceCheck) -> list[str]:
    currency = check.basket.currency
    return [
        _("Line"),
        _("SKU"),
        _("Manufacturer part number"),
        _("Product"),
        _("Quantity"),
        _("Unit"),
        f"{_('Customer price')} ({currency})",
        f"{_('Amount')} ({currency})",
        f"{_('Own net')} ({currency})",
        f"{_('Net amount')} ({currency})",
        _("Break from"),
        _("Next break from"),
        f"{_('Next price')} ({currency})",
        _("In stock"),
        _("Availability"),
        _("Counted at"),
        _("Old count"),
        _("Remark"),
    ]


def _rows(check: PriceCheck) -> Iterator[list[Value]]:
    currency = check.basket.currency

    def unit(amount: Any) -> Any:
        return None if amount is None else plain(amount, currency, unit_price=True)

    for line in check.lines:
        result, product, stock = line.result, line.product, line.availability
        following = result.next_break if result else None
        yield [
            line.asked.number,
            line.asked.sku or line.asked.text,
            product.manufacturer_part_number if product else "",
            product.display_name if product else "",
            line.asked.quantity,
            product.unit if product else "",
            unit(result.customer_unit_price) if result else None,
            result.customer_total if result else None,
            unit(result.partner_unit_net) if result else None,
            result.partner_total if result else None,
            result.quantity_break.quantity_from if result and result.quantity_break else None,
            following.quantity if following else None,
            unit(following.unit_price) if following else None,
            stock.available if stock and stock.is_known else None,
            answer_for(stock, line.wanted).text if stock and line.wanted else "",
            stock.as_of.isoformat(timespec="minutes") if stock and stock.as_of else "",
            _("yes") if stock and stock.is_stale else "",
            line.error,
        ]
