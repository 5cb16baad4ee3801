"""The pre-check through the API."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.deals.actions.checks import check_conflict
from concord.deals.api.serializers import CheckAnswerSerializer, CheckInputSerializer
from concord.deals.protection.window import until_month
from concord.deals.queries.precheck import Answer, customers_of
from concord.deals.queries.twins import stored_reasons
from concord.portal.api.authentication import api_actor
from concord.portal.api.idempotency import IdempotentMixin


class ConflictCheckView(IdempotentMixin, APIView):
    """``/conflict-checks/``."""

    required_scopes = {"POST": "deals:read"}

    @extend_schema(
        operation_id="conflict_checks_create", request=CheckInputSerializer, responses={200: CheckAnswerSerializer}
    )
    def post(self, request: Request) -> Response:
        """May this customer be registered in these families? Limited and logged; stores no registration."""
        given = CheckInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor = api_actor(request)
        families = given.validated_data.get("families", [])
        answer = check_conflict(actor=actor, claim=given.claim(), family_codes=families, now=timezone.now())
        told: dict[str, Any] = {
            "verdict": answer.verdict.value,
            "protected_until_month": (
                until_month(answer.protected_until).strftime("%Y-%m") if answer.protected_until else None
            ),
            "yours": answer.yours,
            "rules": answer.rules,
        }
        if actor.is_vendor:
            told |= {"matches": _matches(answer), "holders": _holders(answer)}
        return Response(CheckAnswerSerializer(told).data)


def _matches(answer: Answer) -> list[dict[str, Any]]:
    customers = customers_of(answer)
    return [
        {
            "customer": customers[twin.end_customer_id].uuid,
            "name": customers[twin.end_customer_id].legal_name,
            "score": twin.match.score,
            "verdict": twin.match.verdict,
            "reasons": stored_reasons(twin),
        }
        for twin in answer.twins
    ]


def _holders(answer: Answer) -> list[dict[str, Any]]:
    return [
        {
            "partner_code": one.partner.code,
            "deal": one.deal.uuid,
            "customer": one.end_customer.uuid,
            "family": one.family.code,
            "until": one.period.upper,
        }
        for one in answer.protections
    ]
