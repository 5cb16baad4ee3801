"""Special prices in the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from concord.portal.api.authentication import api_actor
from concord.portal.api.etags import demand_match, etag
from concord.portal.api.idempotency import IdempotentMixin
from concord.portal.locking import lock_end_customers
from concord.portal.refusals import NotThere
from concord.pricing.access import origin_of_customer
from concord.pricing.actions.special_prices import (
    approve_special_price,
    foresee_special_price,
    reject_special_price,
    request_special_price,
)
from concord.pricing.api.quote_serializers import (
    ForeseenSpecialPriceSerializer,
    NoteSerializer,
    SpecialPriceInputSerializer,
    SpecialPriceSerializer,
)
from concord.pricing.api.quotes import IDEMPOTENCY, IF_MATCH
from concord.pricing.models import SpecialPrice
from concord.pricing.queries.special_prices import special_prices_of


class SpecialPriceListView(IdempotentMixin, GenericAPIView[SpecialPrice]):
    """Special prices that the caller asked for (the vendor: all); new requests."""

    required_scopes: ClassVar = {"GET": "quotes:read", "POST": "quotes:write"}
    serializer_class = SpecialPriceSerializer
    filter_backends = ()
    queryset = SpecialPrice.objects.none()

    @extend_schema(operation_id="special_prices_list", responses=SpecialPriceSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Newest first."""
        page = self.paginate_queryset(special_prices_of(api_actor(request)).prefetch_related("steps")) or []
        return self.get_paginated_response([SpecialPriceSerializer(asked).data for asked in page])

    @extend_schema(
        operation_id="special_prices_create",
        parameters=[IDEMPOTENCY],
        request=SpecialPriceInputSerializer,
        responses={201: SpecialPriceSerializer, 200: ForeseenSpecialPriceSerializer},
    )
    def post(self, request: Request) -> Response:
        """Ask for a special price at a customer that the partner has a relation to."""
        asked = SpecialPriceInputSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        actor = api_actor(request)
        origin = origin_of_customer(actor, data["customer"], partner_code=data.get("partner", ""))
        wanted: dict[str, Any] = {
            "actor": actor,
            "partner_id": origin.partner.pk,
            "sku": data["sku"],
            "currency": data["unit_price"].currency,
            "unit_price": data["unit_price"].amount,
            "quantity": data["quantity"],
            "valid_until": data["valid_until"],
            "reason": data["reason"],
            "competitor": data["competitor"],
            "quantity_cap": data["quantity_cap"],
            "now": timezone.now(),
        }
        if data["dry_run"]:
            chain = foresee_special_price(**wanted).chain
            foreseen = {
                "approvals": [{"role": role} for role in chain.roles],
                "decide_by": chain.decide_by(wanted["now"]),
            }
            return Response(ForeseenSpecialPriceSerializer(foreseen).data)
        created = request_special_price(end_customer_id=origin.customer.pk, **wanted)
        return Response(SpecialPriceSerializer(created).data, status=201)


class SpecialPriceDetailView(GenericAPIView[SpecialPrice]):
    """One special price."""

    required_scopes = "quotes:read"
    serializer_class = SpecialPriceSerializer
    filter_backends = ()
    pagination_class = None

    @extend_schema(operation_id="special_prices_read", responses=SpecialPriceSerializer)
    def get(self, request: Request, uuid: UUID) -> Response:
        """With its approvals, and the ``ETag`` that a decision needs."""
        return _answer(_seen(request, uuid))


def _seen(request: Request, uuid: UUID) -> SpecialPrice:
    found = special_prices_of(api_actor(request)).filter(uuid=uuid).first()
    if found is None:
        raise NotThere
    return found


def _answer(asked: SpecialPrice) -> Response:
    return Response(SpecialPriceSerializer(asked).data, headers={"ETag": etag(asked.uuid, asked.updated_at)})


def _deciding(name: str, act: Callable[..., SpecialPrice], summary: str) -> type[GenericAPIView[SpecialPrice]]:
    class View(IdempotentMixin, GenericAPIView[SpecialPrice]):
        required_scopes = "prices:decide"
        serializer_class = NoteSerializer
        filter_backends = ()
        pagination_class = None

        @extend_schema(
            operation_id=f"special_prices_{name}",
            summary=summary,
            parameters=[IF_MATCH, IDEMPOTENCY],
            request=NoteSerializer,
            responses={200: SpecialPriceSerializer},
        )
        def post(self, request: Request, uuid: UUID) -> Response:
            asked = NoteSerializer(data=request.data)
            asked.is_valid(raise_exception=True)
            seen = _seen(request, uuid)
            lock_end_customers([seen.end_customer_id])
            seen.refresh_from_db(fields=["updated_at"])
            demand_match(request, etag(seen.uuid, seen.updated_at))
            decided = act(
                actor=api_actor(request),
                special_price_uuid=uuid,
                note=asked.validated_data["note"],
                now=timezone.now(),
            )
            return _answer(decided)

    View.__name__ = View.__qualname__ = f"SpecialPrice{name.title()}View"
    View.__doc__ = summary
    return View


SpecialPriceApproveView = _deciding("approve", approve_special_price, "Grant a special price.")
SpecialPriceRejectView = _deciding("reject", reject_special_price, "Refuse a special price; the note says why.")
