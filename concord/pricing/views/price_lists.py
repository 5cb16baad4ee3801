"""The price lists that the reader buys by, and what stands in one of them as of a day."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concord.portal.doors import TABLE_FORMATS, extranet_page, table_file
from concord.portal.middleware import actor_of
from concord.portal.refusals import NotThere
from concord.pricing.enums import VersionStatus
from concord.pricing.forms.price_check import PriceListFilterForm
from concord.pricing.models import Price, PriceList
from concord.pricing.queries.price_lists import news_of_lists, prices_as_of, prices_before, seen_price_lists
from concord.pricing.views.price_check import sees_prices

PER_PAGE, IN_ONE_STATEMENT = 50, 1_000


@require_safe
@extranet_page(sees_prices)
def price_list_index(request: HttpRequest) -> HttpResponse:
    """The lists of the reader's market with their versions in force."""
    actor, now = actor_of(request), timezone.now()
    lists = [
        (one, next((held for held in one.versions.all() if held.status == VersionStatus.IN_FORCE), None))
        for one in seen_price_lists(actor)
    ]
    return render(request, "pricing/price_lists.html", {"lists": lists, "news": news_of_lists(actor, now=now)})


@require_safe
@extranet_page(sees_prices)
def price_list_page(request: HttpRequest, list_uuid: UUID) -> HttpResponseBase:
    """The prices of one list as of the end of a day, without and with tax as given; also as a file."""
    actor, now = actor_of(request), timezone.now()
    price_list = seen_price_lists(actor).filter(uuid=list_uuid).first()
    if price_list is None:
        raise NotThere
    form = PriceListFilterForm(request.GET, sees_future=actor.is_vendor, now=now)
    moment, search = (form.moment(), form.cleaned_data["q"]) if form.is_valid() else (now, "")
    prices = prices_as_of(price_list, moment, search=search)
    ending = request.GET.get("_export", "")
    if ending in TABLE_FORMATS and form.is_valid():
        return _file(price_list, prices, moment, ending)
    page = Paginator(prices, PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    before = prices_before(rows)
    context: dict[str, Any] = {
        "price_list": price_list,
        "form": form,
        "page": page,
        "rows": [(one, before.get(one.pk)) for one in rows],
        "has_gross": any(one.gross_unit_price is not None for one in rows),
        "moment": moment,
        "version": rows[0].version if rows else None,
        "is_filtered": bool(search),
    }
    return render(request, "pricing/price_list.html", context, status=200 if form.is_valid() else 422)


def _file(price_list: PriceList, prices: QuerySet[Price], moment: datetime, ending: str) -> HttpResponseBase:
    headers = [_("SKU"), _("Product"), _("from quantity"), price_list.get_kind_display(), _("Unit price with tax")]
    headers += [_("Price before"), _("Currency"), _("Version"), _("Valid from")]
    name = f"{price_list.code}-{moment:%Y-%m-%d}"
    return table_file(ending, name=name, headers=headers, rows=_lines(price_list, prices))


def _lines(price_list: PriceList, prices: QuerySet[Price]) -> Iterator[list[Any]]:
    held = prices.iterator(chunk_size=IN_ONE_STATEMENT)
    while batch := list(itertools.islice(held, IN_ONE_STATEMENT)):
        before = prices_before(batch)
        for one in batch:
            yield [
                one.product.sku,
                one.product.display_name,
                one.minimum_quantity,
                one.unit_price,
                one.gross_unit_price,
                before.get(one.pk),
                price_list.currency,
                one.version.number,
                one.validity.lower.date(),
            ]
