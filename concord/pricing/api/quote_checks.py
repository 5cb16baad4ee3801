"""The public check in the API: no authentication, metered."""

from __future__ import annotations

from datetime import datetime

from allauth.account.adapter import get_adapter
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.portal.enums import Door
from concord.pricing.actions.quote_checks import check_quote
from concord.pricing.api.quote_serializers import (
    ComparisonSerializer,
    QuoteCheckPairSerializer,
    QuoteCheckSerializer,
)
from concord.pricing.queries.quote_checks import CheckAnswer
from concord.pricing.queries.quote_comparison import compare_codes


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
