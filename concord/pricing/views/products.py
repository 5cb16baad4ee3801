"""A product's page: what it is, what it costs, whether it can be had, and what stands in for it."""

from __future__ import annotations

import uuid

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concord.documents.files import KINDS
from concord.portal.doors import extranet_page
from concord.portal.middleware import actor_of
from concord.portal.refusals import NotThere
from concord.pricing.access import partner_asking
from concord.pricing.queries.availability_text import answer_for
from concord.pricing.queries.price_lists import currencies_of_market
from concord.pricing.queries.product_page import picture_of, product_named, product_page
from concord.pricing.views.price_check import sees_prices

#: shown in the page; anything else is only ever downloaded
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@require_safe
@extranet_page(sees_prices)
def product_detail(request: HttpRequest, product_uuid: uuid.UUID) -> HttpResponse:
    """One product, priced for the reader's own company in a currency of its market."""
    actor, now = actor_of(request), timezone.now()
    product, partner = product_named(product_uuid), partner_asking(actor)
    currencies = currencies_of_market(partner.country if partner else None) or ["USD"]
    wanted = request.GET.get("currency", partner.currency if partner else "")
    currency = wanted if wanted in currencies else currencies[0]
    page = product_page(actor=actor, product=product, partner=partner, currency=currency, now=now)
    context = {
        "page": page,
        "product": product,
        "answer": answer_for(page.stock, product.minimum_order_quantity),
        "currency": currency,
        "currencies": currencies,
        "crumbs": [(_("Prices & stock"), reverse("pricing:check"))],
    }
    return render(request, "pricing/product_detail.html", context)


@require_safe
@extranet_page(sees_prices)
def product_picture(request: HttpRequest, product_uuid: uuid.UUID) -> HttpResponseBase:
    """The product's picture, for whoever is entitled to it in the library; a look is not counted as a download."""
    document = picture_of(actor=actor_of(request), product=product_named(product_uuid), now=timezone.now())
    kind = KINDS.get(document.file_extension.casefold())
    if kind is None or kind.mime not in PICTURES or not document.file.storage.exists(document.file.name):
        raise NotThere
    response = FileResponse(document.file.open("rb"), content_type=kind.mime)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response
