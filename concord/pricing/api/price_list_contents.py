"""What stands in a price list as of a moment, and what publishing a version would change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.portal.api.authentication import api_actor
from concord.portal.api.pagination import CursorPages
from concord.portal.refusals import InvalidInput, NotThere
from concord.pricing.api.money import MoneySerializer, money
from concord.pricing.api.price_checks import CLOCK_TOLERANCE
from concord.pricing.api.price_lists import price_list_named, version_of
from concord.pricing.enums import PriceKind
from concord.pricing.models import Price, PriceListVersion, Product, Quote
from concord.pricing.queries.impact import (
    VERDICTS,
    ChangedPrice,
    Impact,
    changed_products,
    impact_of,
    price_changes,
    touched_quotes,
)
from concord.pricing.queries.price_lists import prices_as_of, seen_price_lists
from concord.pricing.rules.catalogue import can_keep_prices


class ListedPriceSerializer(serializers.Serializer[Price]):
    """A price from a quantity on, without and, where the list gives it, with tax; and how long it holds."""

    sku = serializers.CharField()
    minimum_quantity = serializers.IntegerField()
    price_kind = serializers.ChoiceField(choices=PriceKind.choices)
    unit_price = MoneySerializer()
    gross_unit_price = MoneySerializer(allow_null=True)
    version = serializers.IntegerField()
    valid_from = serializers.DateTimeField()
    valid_until = serializers.DateTimeField(allow_null=True)


class ChangedBreakSerializer(serializers.Serializer[Any]):
    """One quantity of a ladder, before and after."""

    minimum_quantity = serializers.IntegerField()
    was = MoneySerializer(allow_null=True)
    becomes = MoneySerializer(allow_null=True)
    percent = serializers.CharField(allow_null=True)


class ChangedPriceSerializer(serializers.Serializer[Any]):
    """A product whose price changes; ``was`` and ``becomes`` are those of its first break."""

    sku = serializers.CharField()
    change = serializers.ChoiceField(choices=[(one, one) for one in VERDICTS])
    was = MoneySerializer(allow_null=True)
    becomes = MoneySerializer(allow_null=True)
    percent = serializers.CharField(allow_null=True)
    breaks = ChangedBreakSerializer(many=True)


class ImpactSerializer(serializers.Serializer[Any]):
    """What publishing would change: products dearer, cheaper, mixed, new and gone; live quotes with such products.

    ``value_*`` is what the quoted quantities cost by the list before and after, ``margin_*`` what of it stays with the
    partners; null when no live quote has a product whose price changes.
    """

    at = serializers.DateTimeField()
    up = serializers.IntegerField()
    down = serializers.IntegerField()
    mixed = serializers.IntegerField()
    new = serializers.IntegerField()
    gone = serializers.IntegerField()
    same = serializers.IntegerField()
    live_quotes = serializers.IntegerField()
    partners = serializers.IntegerField()
    value_was = MoneySerializer(allow_null=True)
    value_becomes = MoneySerializer(allow_null=True)
    value_moved = MoneySerializer(allow_null=True)
    margin_was = MoneySerializer(allow_null=True)
    margin_becomes = MoneySerializer(allow_null=True)
    margin_moved = MoneySerializer(allow_null=True)
    largest = ChangedPriceSerializer(many=True)


class TouchedQuoteSerializer(serializers.Serializer[Quote]):
    """A live quote in which a price would be another one. It keeps its prices."""

    id = serializers.UUIDField(source="uuid")
    number = serializers.CharField()
    revision = serializers.IntegerField()
    partner_code = serializers.CharField(source="partner.code")
    valid_until = serializers.DateField()
    customer_total = MoneySerializer()


_AT = OpenApiParameter("at", datetime, description="Compare with what is in force then; now if left out.")
_SEARCH = OpenApiParameter("search", str, description="Part of a number or name.")


class PricesView(APIView):
    """``/price-lists/{id}/prices/``."""

    required_scopes = "prices:read"
    cursor_ordering = ("sku", "minimum_quantity")

    @extend_schema(
        parameters=[OpenApiParameter("as_of", datetime, description="Now if left out."), _SEARCH],
        responses=ListedPriceSerializer(many=True),
    )
    def get(self, request: Request, price_list: str) -> Response:
        """The prices of a list as of a moment, by SKU and quantity; the future is the vendor's."""
        actor, now = api_actor(request), timezone.now()
        moment = _moment(request, "as_of") or now
        found = price_list_named(price_list)
        if not seen_price_lists(actor).filter(pk=found.pk).exists():
            raise NotThere
        if moment > now + CLOCK_TOLERANCE and not actor.is_vendor:
            raise InvalidInput.at("/as_of", "in_the_future", _("Prices of the future are not published yet."))
        pages = CursorPages()
        held = prices_as_of(found, moment, search=request.query_params.get("search", ""))
        page: list[Price] = pages.paginate_queryset(held, request, view=self) or []
        return pages.get_paginated_response([_price_document(one, found.currency, found.kind) for one in page])


class ImpactView(APIView):
    """``/price-lists/{id}/versions/{v}/impact/``."""

    required_scopes = "prices:write"

    @extend_schema(parameters=[_AT], responses=ImpactSerializer)
    def get(self, request: Request, price_list: str, number: int) -> Response:
        """What publishing the version would change."""
        version, at = _looked_at(request, price_list, number)
        return Response(_impact_document(impact_of(version, at=at), version.price_list.currency))


class ImpactProductsView(APIView):
    """``/price-lists/{id}/versions/{v}/impact/products/``."""

    required_scopes = "prices:write"
    cursor_ordering = "sku"

    @extend_schema(
        parameters=[_AT, _SEARCH, OpenApiParameter("change", str, enum=VERDICTS, description="All but the same.")],
        responses=ChangedPriceSerializer(many=True),
    )
    def get(self, request: Request, price_list: str, number: int) -> Response:
        """Every product behind the counts, with its ladder before and after, by SKU."""
        version, at = _looked_at(request, price_list, number)
        change = request.query_params.get("change", "")
        if change and change not in VERDICTS:
            raise InvalidInput.at("/change", "unknown_choice", ", ".join(VERDICTS))
        found = changed_products(
            version,
            at=at,
            verdicts=[change] if change else VERDICTS[:-1],
            search=request.query_params.get("search", ""),
        )
        pages = CursorPages()
        page: list[Product] = pages.paginate_queryset(found, request, view=self) or []
        currency = version.price_list.currency
        changes = price_changes(version, page, at=at)
        return pages.get_paginated_response([_change_document(one, currency) for one in changes])


class ImpactQuotesView(APIView):
    """``/price-lists/{id}/versions/{v}/impact/quotes/``."""

    required_scopes = "prices:write"

    @extend_schema(parameters=[_AT], responses=TouchedQuoteSerializer(many=True))
    def get(self, request: Request, price_list: str, number: int) -> Response:
        """The live quotes in which a price would be another one, newest first."""
        version, at = _looked_at(request, price_list, number)
        pages = CursorPages()
        page: list[Quote] = pages.paginate_queryset(touched_quotes(version, at=at), request, view=self) or []
        return pages.get_paginated_response([_quote_document(one) for one in page])


def _looked_at(request: Request, price_list: str, number: int) -> tuple[PriceListVersion, datetime]:
    can_keep_prices(actor=api_actor(request)).enforce()
    version = version_of(price_list_named(price_list), number)
    return version, _moment(request, "at") or timezone.now()


def _moment(request: Request, name: str) -> datetime | None:
    """A moment among the query's parameters. Raises ``InvalidInput``."""
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        moment: datetime = serializers.DateTimeField().to_internal_value(text)
    except serializers.ValidationError:
        raise InvalidInput.at(
            f"/{name}", "not_a_moment", _("Date and time are written with their offset: 2026-03-31T08:00:00Z.")
        ) from None
    return moment


def _price_document(price: Price, currency: str, kind: str) -> dict[str, Any]:
    return {
        "sku": price.product.sku,
        "minimum_quantity": price.minimum_quantity,
        "price_kind": kind,
        "unit_price": money(price.unit_price, currency, unit_price=True),
        "gross_unit_price": money(price.gross_unit_price, currency, unit_price=True),
        "version": price.version.number,
        "valid_from": price.validity.lower,
        "valid_until": price.validity.upper,
    }


def _impact_document(impact: Impact, currency: str) -> dict[str, Any]:
    counts = ("at", *VERDICTS, "live_quotes", "partners")
    amounts = ("value_was", "value_becomes", "value_moved", "margin_was", "margin_becomes", "margin_moved")
    return {
        **{name: getattr(impact, name) for name in counts},
        **{name: money(getattr(impact, name), currency) for name in amounts},
        "largest": [_change_document(one, currency) for one in impact.largest],
    }


def _change_document(change: ChangedPrice, currency: str) -> dict[str, Any]:
    return {
        "sku": change.sku,
        "change": change.verdict,
        "was": money(change.was, currency, unit_price=True),
        "becomes": money(change.becomes, currency, unit_price=True),
        "percent": None if change.percent is None else str(change.percent),
        "breaks": [
            {
                "minimum_quantity": one.minimum_quantity,
                "was": money(one.was, currency, unit_price=True),
                "becomes": money(one.becomes, currency, unit_price=True),
                "percent": None if one.percent is None else str(one.percent),
            }
            for one in change.breaks
        ],
    }


def _quote_document(quote: Quote) -> dict[str, Any]:
    return {
        "id": quote.uuid,
        "number": quote.number,
        "revision": quote.revision,
        "partner_code": quote.partner.code,
        "valid_until": quote.valid_until,
        "customer_total": money(quote.customer_total, quote.currency),
    }
