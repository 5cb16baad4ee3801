"""End customers for other systems: all of them for the vendor's, those with a relation for a partner's."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.partners.access import access_customer
from concord.partners.enums import NameKind
from concord.partners.filters import CustomerFilter
from concord.partners.models import CustomerName, EndCustomer
from concord.portal.api.authentication import api_actor
from concord.portal.api.etags import etag, etag_of

_OF_THE_VENDOR = ("external_id", "names", "created_at", "updated_at")


class CustomerNameSerializer(serializers.ModelSerializer[CustomerName]):
    """One name of a customer."""

    kind = serializers.ChoiceField(choices=NameKind.choices)

    class Meta:
        model = CustomerName
        fields = ("name", "kind")


class CustomerSerializer(serializers.ModelSerializer[EndCustomer]):
    """An end customer. ``external_id``, ``names``, ``created_at`` and ``updated_at`` are for the vendor alone."""

    id = serializers.UUIDField(source="uuid")
    names = CustomerNameSerializer(many=True, required=False)
    external_id = serializers.CharField(allow_null=True, required=False)
    created_at = serializers.DateTimeField(required=False)
    updated_at = serializers.DateTimeField(required=False)

    class Meta:
        model = EndCustomer
        fields = (
            "id",
            "legal_name",
            "short_name",
            "country",
            "registration_number",
            "website",
            "city",
            "address",
            "sector",
            "external_id",
            "names",
            "created_at",
            "updated_at",
        )

    def to_representation(self, instance: EndCustomer) -> dict[str, Any]:
        """What the caller may know: other names may have come from other partners, and times tell of their doings."""
        shown = super().to_representation(instance)
        if not api_actor(self.context["request"]).is_vendor:
            for name in _OF_THE_VENDOR:
                del shown[name]
        return shown


class CustomerListView(ListAPIView[EndCustomer]):
    """``GET /customers/``: by name, stable over pages."""

    required_scopes = "customers:read"
    serializer_class = CustomerSerializer
    filterset_class = CustomerFilter
    cursor_ordering = ("sort_key", "id")
    queryset = EndCustomer.objects.none()

    def get_queryset(self) -> Any:
        """The caller's, without those that were merged into another one."""
        return EndCustomer.objects.visible_to(api_actor(self.request)).alive().prefetch_related("names")


class CustomerView(APIView):
    """``GET /customers/{id}/``."""

    required_scopes = "customers:read"

    @extend_schema(responses=CustomerSerializer)
    def get(self, request: Request, customer_uuid: str) -> Response:
        """One customer with its ``ETag``."""
        customer = access_customer(api_actor(request), customer_uuid)
        body = CustomerSerializer(customer, context={"request": request}).data
        is_vendor = api_actor(request).is_vendor
        tag = etag(customer.uuid, customer.updated_at) if is_vendor else etag_of(body)
        return Response(body, headers={"ETag": tag})
