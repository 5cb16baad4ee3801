"""Evidence through the API: what a deal has, handing a file in, fetching one."""

from __future__ import annotations

import uuid
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.deals.access import access_deal, access_evidence
from concord.deals.actions.evidence import attach_evidence, record_evidence_download
from concord.deals.api.deals import KEY, as_read
from concord.deals.enums import EvidencePurpose
from concord.deals.models import Evidence
from concord.deals.queries.evidence import evidence_of
from concord.deals.rules import can_attach
from concord.documents.views.serving import send_file
from concord.portal.api.authentication import api_actor
from concord.portal.api.idempotency import IdempotentMixin

_IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The deal's ETag, where its version matters."
)


class EvidenceSerializer(serializers.Serializer[Evidence]):
    """A file of a deal. ``about`` names the record that it proves something for, where it is not the deal itself."""

    id = serializers.UUIDField(source="uuid")
    purpose = serializers.ChoiceField(choices=EvidencePurpose.choices)
    about = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    note = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    is_internal = serializers.BooleanField()
    at = serializers.DateTimeField()


class EvidenceInputSerializer(serializers.Serializer[Any]):
    """A file (multipart) and what it proves. ``is_internal`` is for the vendor's systems."""

    file = serializers.FileField(allow_empty_file=True)
    purpose = serializers.CharField(required=False, default=EvidencePurpose.REGISTRATION.value, max_length=16)
    about = serializers.UUIDField(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)
    is_internal = serializers.BooleanField(required=False, default=False)


class EvidenceView(IdempotentMixin, APIView):
    """``/deals/{id}/evidence/``."""

    required_scopes = {"GET": "deals:read", "POST": "deals:write"}
    parser_classes = (MultiPartParser, JSONParser)  # JSON is answered with what is missing

    @extend_schema(operation_id="deals_evidence_list", responses=EvidenceSerializer(many=True))
    def get(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """The files of a deal that the caller may see, oldest first: at most fifty, in one answer."""
        actor = api_actor(request)
        found = evidence_of(actor, access_deal(actor, deal_uuid))
        return Response({"results": EvidenceSerializer(found, many=True).data})  # type: ignore[arg-type]

    @extend_schema(
        operation_id="deals_evidence_attach",
        parameters=[_IF_MATCH, KEY],
        request={"multipart/form-data": EvidenceInputSerializer},
        responses={201: EvidenceSerializer},
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Hand a file in. It is looked into first and cannot be taken back; the same file is kept once.

        ``about`` is the id of a promise, objection, activity, appeal or extension request of this deal. A file changes
        no field of the deal, so ``If-Match`` is not demanded; sent, it must be the deal's version.
        """
        actor = api_actor(request)
        can_attach(actor, access_deal(actor, deal_uuid)).enforce()
        given = EvidenceInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        evidence = attach_evidence(
            actor=actor,
            deal_uuid=deal_uuid,
            upload=values.pop("file"),
            now=timezone.now(),
            expect=as_read(request) if "If-Match" in request.headers else None,
            **values,
        )
        response = Response(EvidenceSerializer(evidence).data, status=201)
        address = reverse("api:deal-evidence-file", args=[deal_uuid, evidence.uuid])
        response["Location"] = request.build_absolute_uri(address)
        return response


class EvidenceFileView(APIView):
    """``/deals/{id}/evidence/{id}/``."""

    required_scopes = {"GET": "deals:read"}

    @extend_schema(operation_id="deals_evidence_retrieve", responses={(200, "application/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, deal_uuid: uuid.UUID, evidence_uuid: uuid.UUID) -> HttpResponseBase:
        """The file itself, as an attachment. Counted."""
        actor = api_actor(request)
        evidence = access_evidence(actor, access_deal(actor, deal_uuid), evidence_uuid)
        is_get = request.method == "GET"
        if is_get:
            record_evidence_download(actor=actor, evidence=evidence, now=timezone.now())
        return send_file(evidence.file, name=evidence.name, extension=evidence.extension, with_content=is_get)
