"""Partners for other systems: all of them for the vendor's, its own record for a partner's."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.partners.access import access_partner
from concord.partners.enums import PartnerStatus
from concord.partners.filters import PartnerFilter
from concord.partners.models import Partner, ProductFamily
from concord.portal.api.authentication import api_actor
from concord.portal.api.etags import etag


class PartnerSerializer(serializers.ModelSerializer[Partner]):
    """A partner's record. Empty ``territories`` mean everywhere."""

    id = serializers.UUIDField(source="uuid")
    status = serializers.ChoiceField(choices=PartnerStatus.choices)
    tier = serializers.CharField(source="tier.code")
    families: serializers.SlugRelatedField[ProductFamily] = serializers.SlugRelatedField(
        many=True, read_only=True, slug_field="code"
    )
    territories = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Partner
        fields = (
            "id",
            "code",
            "name",
            "status",
            "tier",
            "country",
            "city",
            "territories",
            "families",
            "currency",
            "language",
            "time_zone",
            "created_at",
            "updated_at",
        )


class PartnerListView(ListAPIView[Partner]):
    """``GET /partners/``: by code, stable over pages."""

    required_scopes = "partners:read"
    serializer_class = PartnerSerializer
    filterset_class = PartnerFilter
    cursor_ordering = ("code", "id")
    queryset = Partner.objects.none()

    def get_queryset(self) -> Any:
        """The caller's."""
        partners = Partner.objects.visible_to(api_actor(self.request))
        return partners.select_related("tier").prefetch_related("families")


class PartnerView(APIView):
    """``GET /partners/{code}/``."""

    required_scopes = "partners:read"

    @extend_schema(responses=PartnerSerializer)
    def get(self, request: Request, code: str) -> Response:
        """One partner with its ``ETag``."""
        partner = access_partner(api_actor(request), code)
        body = PartnerSerializer(partner, context={"request": request}).data
        return Response(body, headers={"ETag": etag(partner.uuid, partner.updated_at)})
