"""Changes of a deal's state through the API: one address each, guarded by ``If-Match``, safe to retry with a key."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.deals.actions.closing import lose_deal, win_deal, withdraw_registration
from concord.deals.actions.decisions import (
    approve_registration,
    decide_duplicate,
    reject_registration,
    return_for_completion,
)
from concord.deals.actions.stages import move_stage
from concord.deals.actions.submission import submit_registration
from concord.deals.api import serializers as shapes
from concord.deals.api.deals import IF_MATCH, KEY, as_read, shown
from concord.portal.api.authentication import api_actor
from concord.portal.api.idempotency import IdempotentMixin


class StateView(IdempotentMixin, APIView):
    """The base: reads the body, calls the action, answers with the deal as it stands then."""

    input_shape: ClassVar[type[shapes.StrictSerializer]] = shapes.NothingSerializer

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Call the action."""
        raise NotImplementedError

    def change(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """The whole request."""
        given = self.input_shape(data=request.data)
        given.is_valid(raise_exception=True)
        self.act(request, deal_uuid, dict(given.validated_data))
        return shown(deal_uuid, api_actor(request))

    def common(self, request: Request, deal_uuid: uuid.UUID) -> dict[str, Any]:
        """What every action takes."""
        return {
            "actor": api_actor(request),
            "deal_uuid": deal_uuid,
            "now": timezone.now(),
            "expect": as_read(request),
        }


class SubmitView(StateView):
    """Hand in."""

    required_scopes = {"POST": "deals:write"}

    @extend_schema(
        operation_id="deals_submit", parameters=[IF_MATCH, KEY], request=None, responses=shapes.DealSerializer
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Hand the registration to the vendor."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Submit."""
        submit_registration(**self.common(request, deal_uuid))


class ApproveView(StateView):
    """Approve."""

    required_scopes = {"POST": "deals:decide"}
    input_shape = shapes.ApproveSerializer

    @extend_schema(
        operation_id="deals_approve",
        parameters=[IF_MATCH, KEY],
        request=shapes.ApproveSerializer,
        responses=shapes.DealSerializer,
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Approve and protect; 409 ``already_protected`` or ``twin_undecided`` when another record is in the way."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Approve."""
        approve_registration(**self.common(request, deal_uuid), **values)


class RejectView(StateView):
    """Reject."""

    required_scopes = {"POST": "deals:decide"}
    input_shape = shapes.DecisionInputSerializer

    @extend_schema(
        operation_id="deals_reject",
        parameters=[IF_MATCH, KEY],
        request=shapes.DecisionInputSerializer,
        responses=shapes.DealSerializer,
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Reject for good, with a reason code."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Reject."""
        reject_registration(**self.common(request, deal_uuid), **values)


class ReturnView(StateView):
    """Return for completion."""

    required_scopes = {"POST": "deals:decide"}
    input_shape = shapes.ReturnSerializer

    @extend_schema(
        operation_id="deals_return",
        parameters=[IF_MATCH, KEY],
        request=shapes.ReturnSerializer,
        responses=shapes.DealSerializer,
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Ask for the completion of named fields."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Return."""
        fields = values.pop("fields_to_complete")
        return_for_completion(**self.common(request, deal_uuid), fields=fields, **values)


class DuplicateView(StateView):
    """Decide that it is a duplicate."""

    required_scopes = {"POST": "deals:decide"}
    input_shape = shapes.DuplicateSerializer

    @extend_schema(
        operation_id="deals_duplicate",
        parameters=[IF_MATCH, KEY],
        request=shapes.DuplicateSerializer,
        responses=shapes.DealSerializer,
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Decide that the customer belongs to another registration; its partner learns reason and month alone."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Decide."""
        month = values.pop("protected_until_month", None)
        first = date.fromisoformat(f"{month}-01") if month else None
        decide_duplicate(**self.common(request, deal_uuid), protected_until_month=first, **values)


class WithdrawView(StateView):
    """Withdraw."""

    required_scopes = {"POST": "deals:write"}
    input_shape = shapes.EndSerializer

    @extend_schema(
        operation_id="deals_withdraw",
        parameters=[IF_MATCH, KEY],
        request=shapes.EndSerializer,
        responses=shapes.DealSerializer,
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Take the registration back; a live protection ends."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Withdraw."""
        withdraw_registration(**self.common(request, deal_uuid), **values)


class StageView(StateView):
    """Where the sale stands."""

    required_scopes = {"POST": "deals:write"}
    input_shape = shapes.StageSerializer

    @extend_schema(
        operation_id="deals_stage",
        parameters=[IF_MATCH, KEY],
        request=shapes.StageSerializer,
        responses=shapes.DealSerializer,
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Move the sale on or back while it goes on; it ends by ``win``, ``lose`` and ``withdraw``."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Move."""
        move_stage(**self.common(request, deal_uuid), **values)


class WinView(StateView):
    """Won."""

    required_scopes = {"POST": "deals:write"}

    @extend_schema(operation_id="deals_win", parameters=[IF_MATCH, KEY], request=None, responses=shapes.DealSerializer)
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """The customer bought."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Win."""
        win_deal(**self.common(request, deal_uuid))


class LoseView(StateView):
    """Lost."""

    required_scopes = {"POST": "deals:write"}
    input_shape = shapes.EndSerializer

    @extend_schema(
        operation_id="deals_lose",
        parameters=[IF_MATCH, KEY],
        request=shapes.EndSerializer,
        responses=shapes.DealSerializer,
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """The customer did not buy; a live protection ends."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Lose."""
        lose_deal(**self.common(request, deal_uuid), **values)
