"""Handing a deal over through the API."""

from __future__ import annotations

import uuid

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.deals.actions.handover import hand_over_deal
from concord.deals.api import serializers as shapes
from concord.deals.api.deals import IF_MATCH, KEY, as_read, shown
from concord.portal.api.authentication import api_actor
from concord.portal.api.idempotency import IdempotentMixin
from concord.portal.refusals import NotThere


class HandoverSerializer(shapes.StrictSerializer):
    """Who takes over, by e-mail address, and whether the customer's people get a mail."""

    successor = serializers.EmailField()
    note = serializers.CharField(max_length=1_000, required=False, allow_blank=True)
    tell_customer = serializers.BooleanField(required=False, default=False)


class HandoverView(IdempotentMixin, APIView):
    """``/deals/{id}/handover/``."""

    required_scopes = {"POST": "deals:write"}

    @extend_schema(
        operation_id="deals_handover",
        parameters=[IF_MATCH, KEY],
        request=HandoverSerializer,
        responses={200: shapes.DealSerializer, 204: None},
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Give the deal to a colleague of its owner, with promises, steps and quotes. 204 when the caller gave it away
        and does not see it any more.
        """
        given = HandoverSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor = api_actor(request)
        values = given.validated_data
        hand_over_deal(actor=actor, deal_uuid=deal_uuid, now=timezone.now(), expect=as_read(request), **values)
        try:
            return shown(deal_uuid, actor)
        except NotThere:
            return Response(status=204)
