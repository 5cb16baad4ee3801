"""The public check in the API: no authentication, metered."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.portal.enums import Door
from concord.pricing.actions.quote_checks import check_quote
from concord.pricing.api.quote_serializers import QuoteCheckSerializer


class QuoteCheckView(APIView):
    """Whether a quote is genuine, in force and the newest."""

    authentication_classes = ()
    required_scopes = ""

    @extend_schema(operation_id="quote_checks_read", responses=QuoteCheckSerializer, auth=[])
    def get(self, request: Request, code: str) -> Response:
        """The answer for a code; one that is not ours is an answer too."""
        address = get_adapter(request._request).get_client_ip(request._request)
        answer = check_quote(code=code, asked_by=address, door=Door.API, now=timezone.now())
        response = Response(QuoteCheckSerializer(answer).data)
        response["Cache-Control"] = "private, no-store"
        return response
