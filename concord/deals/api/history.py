"""A deal's chain through the API."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from concord.deals.access import access_deal
from concord.deals.api.serializers import FactSerializer
from concord.deals.queries.history import first_broken, visible_events
from concord.portal.api.authentication import api_actor
from concord.portal.models import Event


class HistoryView(GenericAPIView[Event]):
    """``/deals/{id}/history/``."""

    required_scopes = {"GET": "history:read"}
    serializer_class = FactSerializer
    filter_backends = ()
    cursor_ordering = "sequence"
    queryset = Event.objects.none()

    @extend_schema(operation_id="deals_history", responses=FactSerializer(many=True))
    def get(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """What the caller may see of the story, oldest first. The server checks the whole chain for each answer."""
        actor = api_actor(request)
        deal = access_deal(actor, deal_uuid)
        page = self.paginate_queryset(visible_events(actor, deal))
        context = {"first_broken": first_broken(deal.uuid)}
        facts = FactSerializer(page or [], many=True, context=context)  # type: ignore[arg-type]
        return self.get_paginated_response(facts.data)
