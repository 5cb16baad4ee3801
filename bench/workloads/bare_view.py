"""The least that DRF takes for a price check, at an address beside the portal's own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.urls import include, path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.workloads.price_check import waterfall
from concord.portal.api.authentication import ServiceTokenAuthentication


class _LineSerializer(serializers.Serializer[Any]):
    sku = serializers.CharField()
    quantity = serializers.IntegerField()


class _AskedSerializer(serializers.Serializer[Any]):
    currency = serializers.CharField()
    lines = serializers.ListField(child=_LineSerializer())


class _PriceSerializer(serializers.Serializer[Any]):
    sku = serializers.CharField()
    quantity = serializers.IntegerField()
    customer_unit_price = serializers.DecimalField(max_digits=20, decimal_places=6)
    customer_amount = serializers.DecimalField(max_digits=20, decimal_places=6)
    partner_unit_net = serializers.DecimalField(max_digits=20, decimal_places=6)
    partner_amount = serializers.DecimalField(max_digits=20, decimal_places=6)


class BareView(APIView):
    """The same rows: the token checked, the request read, one statement, each row through a serializer."""

    authentication_classes = (ServiceTokenAuthentication,)
    permission_classes = ()
    tier = 0

    def post(self, request: Request) -> Response:
        """Price the lines."""
        asked = _AskedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        lines = [(line["sku"], line["quantity"]) for line in asked.validated_data["lines"]]
        quantities = dict(lines)
        rows = [
            {
                "sku": sku,
                "quantity": quantities[sku],
                "customer_unit_price": customer,
                "customer_amount": customer * quantities[sku],
                "partner_unit_net": net,
                "partner_amount": net * quantities[sku],
            }
            for sku, customer, net, _floor in waterfall(lines, type(self).tier, datetime.now(UTC))
        ]
        return Response({"lines": _PriceSerializer(rows, many=True).data})


urlpatterns = [path("bare/", BareView.as_view()), path("", include("concord.portal.urls"))]
