"""Stock: what can be had, and the feed that says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.portal.api.authentication import api_actor
from concord.portal.api.idempotency import IdempotentMixin
from concord.portal.api.pagination import CursorPages
from concord.portal.imports import MAX_RECORDS
from concord.portal.refusals import InvalidInput
from concord.pricing.actions.stock import StockRow, put_stock
from concord.pricing.models import Product
from concord.pricing.queries.availability import Availability, availability_for
from concord.pricing.queries.availability_text import AvailabilityCode, answer_for
from concord.pricing.queries.substitutes import Offer

LARGEST = 2**31 - 1


class ArrivalSerializer(serializers.Serializer[Any]):
    """What is on its way."""

    quantity = serializers.IntegerField(min_value=1, max_value=LARGEST)
    date = serializers.DateField()


class AvailabilitySerializer(serializers.Serializer[Any]):
    """Stock over all warehouses. ``exact`` false: there is at least that much. ``as_of`` null: never counted."""

    available = serializers.IntegerField()
    exact = serializers.BooleanField()
    as_of = serializers.DateTimeField(allow_null=True)
    is_stale = serializers.BooleanField()
    incoming = ArrivalSerializer(many=True)


class AskedAvailabilitySerializer(AvailabilitySerializer):
    """Stock against an asked quantity: how much now, by when the rest, and the sentence in the reader's language."""

    code = serializers.ChoiceField(choices=[code.value for code in AvailabilityCode])
    missing = serializers.IntegerField()
    complete_on = serializers.DateField(allow_null=True)
    text = serializers.CharField()


class ProductStockSerializer(AvailabilitySerializer):
    """Stock of one product."""

    sku = serializers.CharField()
    on_hand = serializers.IntegerField(required=False, help_text="For the vendor.")
    reserved = serializers.IntegerField(required=False, help_text="For the vendor.")
    kept_for_quotes = serializers.IntegerField(required=False, help_text="For the vendor.")


class StockRowSerializer(serializers.Serializer[Any]):
    """One count of one warehouse. Without ``incoming``, what is known of arrivals stays; an empty list clears it."""

    warehouse = serializers.CharField(max_length=120)
    sku = serializers.CharField(max_length=64)
    on_hand = serializers.IntegerField(min_value=0, max_value=LARGEST)
    reserved = serializers.IntegerField(min_value=0, max_value=LARGEST, required=False, default=0)
    incoming = ArrivalSerializer(many=True, required=False)
    as_of = serializers.DateTimeField(required=False)


class StockResultSerializer(serializers.Serializer[Any]):
    """What became of one row: created, updated, unchanged, older (what is stored is newer) or rejected."""

    index = serializers.IntegerField()
    warehouse = serializers.CharField()
    sku = serializers.CharField()
    outcome = serializers.CharField()
    code = serializers.CharField(required=False)
    detail = serializers.CharField(required=False)


class StockAnswerSerializer(serializers.Serializer[Any]):
    """Counts, and the result of each row."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    results = StockResultSerializer(many=True)


class SubstituteSerializer(serializers.Serializer[Any]):
    """A product that can stand in for another one: its successor, or one that the vendor declared, best first."""

    sku = serializers.CharField()
    name = serializers.CharField()
    is_successor = serializers.BooleanField()
    note = serializers.CharField()
    availability = AvailabilitySerializer()


def substitute_documents(offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """Offers as JSON values, names in the reader's language."""
    return [
        {
            "sku": one.product.sku,
            "name": one.product.display_name,
            "is_successor": one.is_successor,
            "note": one.note,
            "availability": availability_document(one.availability),
        }
        for one in offers
    ]


def availability_document(stock: Availability) -> dict[str, Any]:
    """Stock as JSON values."""
    return {
        "available": stock.available,
        "exact": stock.exact,
        "as_of": stock.as_of,
        "is_stale": stock.is_stale,
        "incoming": [{"quantity": one.quantity, "date": one.expected_on} for one in stock.incoming],
    }


def asked_availability_document(stock: Availability, quantity: int) -> dict[str, Any]:
    """Stock as JSON values, against an asked quantity."""
    answer = answer_for(stock, quantity)
    return availability_document(stock) | {
        "code": answer.code.value,
        "missing": answer.missing,
        "complete_on": answer.complete_on,
        "text": answer.text,
    }


class StockView(IdempotentMixin, APIView):
    """``/stock/``."""

    required_scopes = {"GET": "stock:read", "PUT": "stock:write"}
    cursor_ordering = "sku"

    @extend_schema(
        parameters=[OpenApiParameter("sku", str, many=True, description="May be repeated.")],
        responses=ProductStockSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Stock by product, in the order of their SKUs."""
        actor, pages = api_actor(request), CursorPages()
        products = Product.objects.order_by("sku")
        skus = request.query_params.getlist("sku")
        products = products.filter(sku__in=skus) if skus else products.filter(stock_levels__isnull=False).distinct()
        page: list[Product] = pages.paginate_queryset(products, request, view=self) or []
        asking = None if actor.is_vendor else actor.partner_id
        stock = availability_for([product.pk for product in page], now=timezone.now(), partner_id=asking)
        rows = [
            {"sku": product.sku, **availability_document(level)}
            | (
                {"on_hand": level.on_hand, "reserved": level.reserved, "kept_for_quotes": level.kept_for_quotes}
                if actor.is_vendor
                else {}
            )
            for product in page
            for level in [stock[product.pk]]
        ]
        return pages.get_paginated_response(rows)

    @extend_schema(request=StockRowSerializer(many=True), responses=StockAnswerSerializer)
    def put(self, request: Request) -> Response:
        """Take over up to 10,000 counts; good rows go in although others are wrong, each row says what became of it.

        A count with an older ``as_of`` than the one stored changes nothing.
        """
        if not isinstance(request.data, list) or len(request.data) > MAX_RECORDS:
            raise InvalidInput.at("", "too_many", _("Send a list of at most %(limit)s rows.") % {"limit": MAX_RECORDS})
        asked = StockRowSerializer(data=request.data, many=True)
        asked.is_valid(raise_exception=True)
        now = timezone.now()
        stored = put_stock(
            actor=api_actor(request),
            now=now,
            rows=[
                StockRow(
                    row=index,
                    warehouse=row["warehouse"],
                    sku=row["sku"],
                    on_hand=row["on_hand"],
                    reserved=row["reserved"],
                    as_of=row.get("as_of") or now,
                    incoming=_by_day(row["incoming"]) if "incoming" in row else None,
                )
                for index, row in enumerate(asked.validated_data)
            ],
        )
        results = []
        for index, row in enumerate(asked.validated_data):
            result = {"index": index, "warehouse": row["warehouse"], "sku": row["sku"]}
            reasons = stored.reasons.get(index)
            if reasons:
                result |= {"outcome": "rejected", "code": reasons[0].code, "detail": str(reasons[0].message)}
            else:
                result |= {"outcome": stored.outcomes[index]}
            results.append(result)
        return Response(
            {
                "created": stored.counts.created,
                "updated": stored.counts.updated,
                "unchanged": stored.counts.unchanged,
                "rejected": len(stored.reasons),
                "results": results,
            }
        )


def _by_day(arrivals: list[dict[str, Any]]) -> dict[Any, int]:
    """Two arrivals of one day are one."""
    found: dict[Any, int] = {}
    for arrival in arrivals:
        found[arrival["date"]] = found.get(arrival["date"], 0) + arrival["quantity"]
    return found
