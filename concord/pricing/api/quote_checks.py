"""The public check in the API: no authentication, metered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.portal.api.authentication import api_actor
from concord.portal.enums import Door
from concord.pricing.actions.quote_checks import check_quote
from concord.pricing.api.quote_serializers import (
    ComparisonSerializer,
    QuoteCheckPairSerializer,
    QuoteCheckSerializer,
)
from concord.pricing.enums import CheckKind
from concord.pricing.models import QuoteCheck
from concord.pricing.queries.quote_checks import CheckAnswer
from concord.pricing.queries.quote_comparison import compare_codes
from concord.pricing.queries.quotes import own_quote


class LoggedCheckSerializer(serializers.Serializer[QuoteCheck]):
    """One check of a quote; who asked is not kept."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=CheckKind.choices)
    verdict = serializers.CharField(help_text="What was answered; empty for a document that is none of ours.")
    document = serializers.CharField(help_text="Of a PDF that was handed in: what it was found to be.")
    door = serializers.ChoiceField(choices=Door.choices)


class QuoteChecksView(GenericAPIView[QuoteCheck]):
    """``/quotes/{id}/checks/``."""

    required_scopes = "quotes:read"
    serializer_class = LoggedCheckSerializer
    filter_backends = ()
    queryset = QuoteCheck.objects.none()

    @extend_schema(operation_id="quotes_checks", responses=LoggedCheckSerializer(many=True))
    def get(self, request: Request, uuid: UUID) -> Response:
        """When the quote was checked and what was answered, newest first; for its partner and the vendor."""
        quote = own_quote(api_actor(request), uuid)
        page = self.paginate_queryset(quote.checks.all()) or []
        return self.get_paginated_response([LoggedCheckSerializer(one).data for one in page])


class QuoteCheckView(APIView):
    """Whether a quote is genuine, in force and the newest."""

    authentication_classes = ()
    required_scopes = ""

    @extend_schema(
        operation_id="quote_checks_read",
        parameters=[OpenApiParameter("other", str, description="A second code, to see which of the two binds.")],
        responses=QuoteCheckPairSerializer,
        auth=[],
    )
    def get(self, request: Request, code: str) -> Response:
        """The answer for a code; one that is not ours is an answer too."""
        now = timezone.now()
        answer = self._answer(request, code, now)
        typed = request.query_params.get("other", "").strip()
        other = self._answer(request, typed, now) if typed else None
        comparison = compare_codes(code, typed, now=now) if typed else None
        shown = {
            **QuoteCheckSerializer(answer).data,
            "other": QuoteCheckSerializer(other).data if other else None,
            "comparison": ComparisonSerializer(comparison).data if comparison else None,
        }
        response = Response(shown)
        response["Cache-Control"] = "private, no-store"
        return response

    @staticmethod
    def _answer(request: Request, code: str, now: datetime) -> CheckAnswer:
        address = get_adapter(request._request).get_client_ip(request._request)
        return check_quote(code=code, asked_by=address, door=Door.API, now=now)
