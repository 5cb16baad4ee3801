"""Registrations through the API: list, create, read, change."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.deals.actions.changes import change_registration
from concord.deals.actions.drafts import create_registration
from concord.deals.actions.locked import Expectation
from concord.deals.actions.submission import register_for_partner, submit_registration
from concord.deals.api import serializers as shapes
from concord.deals.enums import ReviewStatus, SalesStage
from concord.deals.models import Deal
from concord.deals.queries.deals import deals_for_systems
from concord.deals.queries.partners import colleague_id, partner_coded
from concord.portal.actor import Actor
from concord.portal.api.authentication import api_actor
from concord.portal.api.etags import demand_match, etag
from concord.portal.api.idempotency import IdempotentMixin
from concord.portal.refusals import InvalidInput, NotThere

IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, description="The ETag that was read."
)
KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, description="At most 255 characters, kept 24 hours."
)


def tag_of(deal: Deal) -> str:
    """The deal's ETag."""
    return etag(deal.uuid, deal.updated_at)


def as_read(request: Request) -> Expectation:
    """The locked deal must be the version that ``If-Match`` names."""

    def expect(deal: Deal) -> None:
        demand_match(request, tag_of(deal))

    return expect


def deal_for(actor: Actor, deal_uuid: uuid.UUID) -> Deal:
    """One deal with everything that its representation shows."""
    deal = deals_for_systems(actor).filter(uuid=deal_uuid).first()
    if deal is None:
        raise NotThere
    return deal


def shown(deal_uuid: uuid.UUID, actor: Actor, *, status: int = 200) -> Response:
    """The deal as it stands now, with its ETag."""
    deal = deal_for(actor, deal_uuid)
    response = Response(shapes.DealSerializer(deal, context={"actor": actor}).data, status=status)
    response["ETag"] = tag_of(deal)
    return response


class DealCollectionView(IdempotentMixin, GenericAPIView[Deal]):
    """``/deals/``."""

    required_scopes = {"GET": "deals:read", "POST": "deals:write"}
    serializer_class = shapes.DealSerializer
    filter_backends = ()
    queryset = Deal.objects.none()

    @extend_schema(
        operation_id="deals_list",
        parameters=[
            OpenApiParameter("review_status", enum=ReviewStatus.values),
            OpenApiParameter("sales_stage", enum=SalesStage.values),
            OpenApiParameter("partner_code", str, description="For the vendor's systems."),
            OpenApiParameter("search", str, description="Part of the title or of the customer's name."),
        ],
        responses=shapes.DealSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The caller's deals, newest first."""
        actor = api_actor(request)
        page = self.paginate_queryset(_filtered(deals_for_systems(actor), request.query_params))
        data = shapes.DealSerializer(page or [], many=True, context={"actor": actor}).data  # type: ignore[arg-type]
        return self.get_paginated_response(data)

    @extend_schema(
        operation_id="deals_create",
        parameters=[KEY],
        request=shapes.NewDealSerializer,
        responses={201: shapes.DealSerializer},
    )
    def post(self, request: Request) -> Response:
        """A new registration; with ``submit``, and always from the vendor's side, it is handed in or not written."""
        actor, now = api_actor(request), timezone.now()
        given = shapes.NewDealSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        partner_id = _partner_id(actor, values.get("partner_code"))
        owner_id = _owner_id(partner_id or actor.partner_id, values.get("owner"))
        registration = shapes.registration_from(values)
        if actor.is_vendor:
            deal = register_for_partner(
                actor=actor, registration=registration, partner_id=partner_id, owner_id=owner_id, now=now
            )
        else:
            deal = create_registration(
                actor=actor, registration=registration, partner_id=partner_id, owner_id=owner_id, now=now
            )
            if values["submit"]:
                submit_registration(actor=actor, deal_uuid=deal.uuid, now=now)
        response = shown(deal.uuid, actor, status=201)
        response["Location"] = request.build_absolute_uri(reverse("api:deal", args=[deal.uuid]))
        return response


class DealView(IdempotentMixin, APIView):
    """``/deals/{id}/``."""

    required_scopes = {"GET": "deals:read", "PATCH": "deals:write"}

    @extend_schema(operation_id="deals_retrieve", responses=shapes.DealSerializer)
    def get(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """One deal, with its ETag."""
        return shown(deal_uuid, api_actor(request))

    @extend_schema(
        operation_id="deals_change",
        parameters=[IF_MATCH],
        request=shapes.DealInputSerializer(partial=True),
        responses=shapes.DealSerializer,
    )
    def patch(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Change a draft, or the fields that the vendor asked to complete."""
        actor = api_actor(request)
        deal = deal_for(actor, deal_uuid)
        given = shapes.DealInputSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        change_registration(
            actor=actor,
            deal_uuid=deal_uuid,
            registration=shapes.registration_from(given.validated_data, deal),
            now=timezone.now(),
            expect=as_read(request),
        )
        return shown(deal_uuid, actor)


def _filtered(deals: QuerySet[Deal], asked: Mapping[str, Any]) -> QuerySet[Deal]:
    for name, choices in (("review_status", ReviewStatus.values), ("sales_stage", SalesStage.values)):
        value = asked.get(name)
        if value:
            if value not in choices:
                raise InvalidInput.at(f"/{name}", "choice", _("There is no such state."))
            deals = deals.filter(**{name: value})
    if asked.get("partner_code"):
        deals = deals.filter(partner__code=asked["partner_code"])
    text = str(asked.get("search", "")).strip()
    return deals.filter(Q(title__icontains=text) | Q(customer_name__icontains=text)) if text else deals


def _partner_id(actor: Actor, code: str | None) -> int | None:
    if not code:
        return None
    partner = partner_coded(actor, code)
    if partner is None:
        raise InvalidInput.at("/partner_code", "unknown_partner", _("There is no such active partner."))
    return partner.pk


def _owner_id(partner_id: int | None, email: str | None) -> int | None:
    if not email:
        return None
    found = colleague_id(partner_id, email)
    if found is None:
        raise InvalidInput.at("/owner", "unknown_owner", _("Nobody of that name works at this partner."))
    return found
