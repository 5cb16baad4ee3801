"""A deal's protection through the API: what it is, what is asked for, what is answered, and appeals."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.deals.access import access_deal
from concord.deals.actions.appeals import file_appeal, overturn_decision, uphold_decision
from concord.deals.actions.customers_choice import record_customers_choice
from concord.deals.actions.extensions import grant_extension, refuse_extension, request_extension
from concord.deals.actions.holds import grant_hold, hold_protection, refuse_hold
from concord.deals.actions.holds_ending import end_hold
from concord.deals.api import serializers as shapes
from concord.deals.api.deals import IF_MATCH, KEY
from concord.deals.api.states import StateView
from concord.deals.models import Appeal
from concord.deals.queries.appeals import appeal_of
from concord.deals.queries.protection_life import ProtectionView as ProtectionFacts
from concord.deals.queries.protection_life import protection_view
from concord.portal.api.authentication import api_actor
from concord.portal.api.permissions import demand_scope_to_decide


class ExtendSerializer(shapes.StrictSerializer):
    """Why; the evidence was handed in before, with the purpose ``extension``."""

    note = serializers.CharField(max_length=2_000)


class HoldSerializer(shapes.StrictSerializer):
    """From when (now, when left out) until when the clock is to stand still, and why: a reason code of a hold."""

    cause = serializers.CharField(max_length=48)
    start = serializers.DateTimeField(required=False, allow_null=True)
    until = serializers.DateTimeField()
    note = serializers.CharField(max_length=2_000, required=False, allow_blank=True)


class ProtectionNoteSerializer(shapes.StrictSerializer):
    """A note that the partner reads."""

    note = serializers.CharField(max_length=2_000, required=False, allow_blank=True)


class GrantExtensionSerializer(ProtectionNoteSerializer):
    """A reason code of an extension."""

    reason = serializers.CharField(max_length=48, required=False)


class FileAppealSerializer(shapes.StrictSerializer):
    """Why the decision is wrong; the new evidence was handed in before, with the purpose ``appeal``."""

    grounds = serializers.CharField(max_length=4_000)


class JudgeSerializer(shapes.StrictSerializer):
    """A reason code, and the reasons in words: the appellant reads them."""

    reason = serializers.CharField(max_length=48)
    judgement = serializers.CharField(max_length=4_000)


class ChoiceSerializer(shapes.StrictSerializer):
    """The registration that the customer prefers, where there is one."""

    chosen = serializers.UUIDField(required=False, allow_null=True)


class RequestOfLifeSerializer(serializers.Serializer[Any]):
    """A request and what became of it."""

    state = serializers.CharField()
    asked_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(source="reason.code", allow_null=True, default=None)
    note = serializers.CharField(source="answer_note")


class HoldOfLifeSerializer(RequestOfLifeSerializer):
    """A stop of the clock."""

    starts_at = serializers.DateTimeField(source="period.lower")
    ends_at = serializers.DateTimeField(source="period.upper")
    cause = serializers.CharField(source="cause.code")
    by_vendor = serializers.BooleanField()
    ended_early_at = serializers.DateTimeField(source="ended_at", allow_null=True)


class ProtectionShape(serializers.Serializer[ProtectionFacts]):
    """The latest protection of a deal: half-open, UTC; ``activities`` counts qualified ones of the present window."""

    is_live = serializers.BooleanField()
    starts_at = serializers.DateTimeField(source="row.started_at")
    ends_at = serializers.DateTimeField(source="row.ends_at")
    hard_end_at = serializers.DateTimeField(source="row.hard_end")
    end_cause = serializers.CharField(source="row.end_cause")
    activities = serializers.IntegerField(source="counted")
    activities_needed = serializers.IntegerField(source="needed")
    test_due_at = serializers.DateTimeField(source="test_by")
    in_grace = serializers.BooleanField()
    extensions_left = serializers.IntegerField()
    hold_days_left = serializers.IntegerField(source="hold_left.days")
    extension = RequestOfLifeSerializer(allow_null=True)
    hold = HoldOfLifeSerializer(allow_null=True)


class AppealShape(serializers.Serializer[Appeal]):
    """The appeal of a deal. Who judges is not said."""

    state = serializers.CharField()
    filed_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    judged_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(source="reason.code", allow_null=True, default=None)
    judgement = serializers.CharField()


class ProtectionAnswerSerializer(serializers.Serializer[Any]):
    """Both, each ``null`` when there is none."""

    protection = ProtectionShape(allow_null=True)
    appeal = AppealShape(allow_null=True)


class ProtectionView(APIView):
    """``/deals/{id}/protection/``."""

    required_scopes = {"GET": "deals:read"}

    @extend_schema(operation_id="deals_protection", responses=ProtectionAnswerSerializer)
    def get(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """The deal's latest protection, what was asked for it, and the appeal."""
        deal = access_deal(api_actor(request), deal_uuid)
        found = {"protection": protection_view(deal, now=timezone.now()), "appeal": appeal_of(deal)}
        return Response(ProtectionAnswerSerializer(found).data)


def _described(operation_id: str, shape: type[shapes.StrictSerializer] | None) -> Any:
    return extend_schema(
        operation_id=operation_id, parameters=[IF_MATCH, KEY], request=shape, responses=shapes.DealSerializer
    )


class ExtendView(StateView):
    """Ask for an extension."""

    required_scopes = {"POST": "deals:write"}
    input_shape = ExtendSerializer

    @_described("deals_extend", ExtendSerializer)
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Ask for more time of protection; 409 ``not_ready``, ``extension_pending``, ``hard_end`` say why not."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Ask."""
        request_extension(**self.common(request, deal_uuid), **values)


class GrantExtensionView(StateView):
    """Grant an extension."""

    required_scopes = {"POST": "deals:decide"}
    input_shape = GrantExtensionSerializer

    @_described("deals_extension_grant", GrantExtensionSerializer)
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Extend by the programme's days, never beyond the hard end."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Grant."""
        grant_extension(**self.common(request, deal_uuid), **values)


class RefuseExtensionView(StateView):
    """Refuse an extension."""

    required_scopes = {"POST": "deals:decide"}
    input_shape = shapes.DecisionInputSerializer

    @_described("deals_extension_refuse", shapes.DecisionInputSerializer)
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Leave the end where it was."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Refuse."""
        refuse_extension(**self.common(request, deal_uuid), **values)


class HoldView(StateView):
    """Ask for a stop of the clock, or set it."""

    required_scopes = {"POST": "deals:write"}
    input_shape = HoldSerializer

    @_described("deals_hold", HoldSerializer)
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """A partner asks; from the vendor's side the clock stops at once, which needs ``deals:decide``."""
        demand_scope_to_decide(request, "deals:decide")
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Ask or stop."""
        hold_protection(**self.common(request, deal_uuid), **values)


class GrantHoldView(StateView):
    """Grant a stop of the clock."""

    required_scopes = {"POST": "deals:decide"}
    input_shape = ProtectionNoteSerializer

    @_described("deals_hold_grant", ProtectionNoteSerializer)
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Let the clock stand as it was asked for."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Grant."""
        grant_hold(**self.common(request, deal_uuid), **values)


class RefuseHoldView(StateView):
    """Refuse a stop of the clock."""

    required_scopes = {"POST": "deals:decide"}
    input_shape = shapes.DecisionInputSerializer

    @_described("deals_hold_refuse", shapes.DecisionInputSerializer)
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Let the clock run on."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Refuse."""
        refuse_hold(**self.common(request, deal_uuid), **values)


class EndHoldView(StateView):
    """Let the clock run on before its time."""

    required_scopes = {"POST": "deals:decide"}
    input_shape = ProtectionNoteSerializer

    @_described("deals_hold_end", ProtectionNoteSerializer)
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """End the stop that stands now, or take back the next to come; its unused days may be used later."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """End it."""
        end_hold(**self.common(request, deal_uuid), **values)


class AppealView(StateView):
    """Appeal."""

    required_scopes = {"POST": "deals:write"}
    input_shape = FileAppealSerializer

    @_described("deals_appeal", FileAppealSerializer)
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Appeal once against a rejection or a duplicate, in time and with new evidence."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Appeal."""
        file_appeal(**self.common(request, deal_uuid), **values)


class UpholdView(StateView):
    """The decision stands."""

    required_scopes = {"POST": "deals:decide"}
    input_shape = JudgeSerializer

    @_described("deals_appeal_uphold", JudgeSerializer)
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """A person judges, never the one who decided; a system gets 403."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Uphold."""
        uphold_decision(**self.common(request, deal_uuid), **values)


class OverturnView(StateView):
    """The decision falls."""

    required_scopes = {"POST": "deals:decide"}
    input_shape = JudgeSerializer

    @_described("deals_appeal_overturn", JudgeSerializer)
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Rivals' protections end and the appellant is protected, in one transaction; a system gets 403."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Overturn."""
        overturn_decision(**self.common(request, deal_uuid), **values)


class CustomersChoiceView(StateView):
    """The customer wrote whom it works with."""

    required_scopes = {"POST": "deals:decide"}
    input_shape = ChoiceSerializer

    @_described("deals_customers_choice", ChoiceSerializer)
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """End the protection with the day; the letter was handed in before, with the purpose ``customers_choice``."""
        return self.change(request, deal_uuid)

    def act(self, request: Request, deal_uuid: uuid.UUID, values: dict[str, Any]) -> None:
        """Record it."""
        record_customers_choice(**self.common(request, deal_uuid), **values)
