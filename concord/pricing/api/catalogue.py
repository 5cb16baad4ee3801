"""The catalogue: read by everybody, kept by the vendor's systems."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.portal.api.authentication import api_actor
from concord.portal.api.etags import etag
from concord.portal.api.idempotency import IdempotentMixin
from concord.portal.api.pagination import CursorPages
from concord.portal.imports import import_records, kind_of
from concord.portal.refusals import NotThere
from concord.pricing.api.stock import SubstituteSerializer, substitute_documents
from concord.pricing.enums import Lifecycle
from concord.pricing.models import Product
from concord.pricing.queries.catalogue import products_matching
from concord.pricing.queries.substitutes import substitutes_for


class ProductSerializer(serializers.ModelSerializer[Product]):
    """One product; ``family`` and ``successor`` are their codes."""

    id = serializers.UUIDField(source="uuid")
    family = serializers.CharField(source="family.code")
    successor = serializers.CharField(source="successor.sku", default=None, allow_null=True)

    class Meta:
        model = Product
        fields: ClassVar[tuple[str, ...]] = (
            "id",
            "sku",
            "manufacturer_part_number",
            "manufacturer",
            "name",
            "name_zh",
            "family",
            "unit",
            "pack_size",
            "minimum_order_quantity",
            "order_multiple",
            "description",
            "status",
            "last_buy_on",
            "successor",
            "updated_at",
        )


class ProductWithSubstitutesSerializer(ProductSerializer):
    """One product with what can be ordered instead of it."""

    substitutes = SubstituteSerializer(many=True, source="offers")

    class Meta(ProductSerializer.Meta):
        fields = (*ProductSerializer.Meta.fields, "substitutes")


class ProductRowSerializer(serializers.Serializer[Any]):
    """A product as a feed sends it. What is left out stays as it is."""

    sku = serializers.CharField()
    name = serializers.CharField()
    family = serializers.CharField()
    manufacturer_part_number = serializers.CharField(required=False)
    manufacturer = serializers.CharField(required=False)
    name_zh = serializers.CharField(required=False)
    unit = serializers.CharField(required=False)
    pack_size = serializers.IntegerField(required=False)
    minimum_order_quantity = serializers.IntegerField(required=False)
    order_multiple = serializers.IntegerField(required=False)
    description = serializers.CharField(required=False)
    status = serializers.ChoiceField(choices=Lifecycle.choices, required=False)
    last_buy_on = serializers.DateField(required=False, allow_null=True)
    successor = serializers.CharField(required=False, allow_blank=True, help_text="Its SKU; empty: none.")


class CountsSerializer(serializers.Serializer[Any]):
    """What a feed did."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class ProductListView(IdempotentMixin, APIView):
    """``/products/``."""

    required_scopes = {"GET": "catalogue:read", "PUT": "catalogue:write"}

    @extend_schema(
        parameters=[
            OpenApiParameter("search", str, description="Part of a number (dashes and blanks ignored) or of a name."),
            OpenApiParameter("family", str, description="Code of a product family."),
            OpenApiParameter("status", str, enum=list(Lifecycle.values)),
        ],
        responses=ProductSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Products by SKU, page by page."""
        asked = request.query_params
        products = products_matching(asked.get("search", "")).select_related("successor").order_by("sku")
        if asked.get("family"):
            products = products.filter(family__code=asked["family"])
        if asked.get("status"):
            products = products.filter(status=asked["status"])
        pages = CursorPages()
        page = pages.paginate_queryset(products, request, view=self)
        return pages.get_paginated_response(ProductSerializer(page, many=True).data)

    cursor_ordering = "sku"

    @extend_schema(request=ProductRowSerializer(many=True), responses=CountsSerializer)
    def put(self, request: Request) -> Response:
        """Create and change up to 10,000 products by their SKU, all or none; sending the same again changes nothing."""
        outcome = import_records(kind_of("products"), request.data, actor=api_actor(request), now=timezone.now())
        return Response(CountsSerializer(outcome.counts).data)


class ProductView(APIView):
    """``/products/{sku}/``."""

    required_scopes = "catalogue:read"

    @extend_schema(responses=ProductWithSubstitutesSerializer)
    def get(self, request: Request, sku: str) -> Response:
        """One product, with its successor and declared substitutes and their stock."""
        product = Product.objects.select_related("family", "successor").filter(sku=sku).first()
        if product is None:
            raise NotThere
        actor = api_actor(request)
        asking = None if actor.is_vendor else actor.partner_id
        offers = substitutes_for([product.pk], now=timezone.now(), partner_id=asking).get(product.pk, ())
        body = {**ProductSerializer(product).data, "substitutes": substitute_documents(offers)}
        return Response(body, headers={"ETag": etag(product.uuid, product.updated_at)})
