"""Merging end customers, and the way back, for the vendor's systems."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.partners.access import access_customer, access_merge
from concord.partners.actions.merging import Expectation, merge_customers
from concord.partners.actions.unmerging import undo_merge
from concord.partners.models import CustomerMerge, EndCustomer
from concord.partners.queries.merging import preview_merge
from concord.partners.rules import can_merge_customers
from concord.portal.api.authentication import api_actor
from concord.portal.api.etags import demand_match, etag
from concord.portal.api.idempotency import IdempotentMixin
from concord.portal.refusals import NotThere

_HEADERS = [
    OpenApiParameter("If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True),
    OpenApiParameter("Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER),
]


class MergeInputSerializer(serializers.Serializer[Any]):
    """Which records go up in this one."""

    absorb = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=20)
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    dry_run = serializers.BooleanField(required=False, default=False)


class MergeUndoSerializer(serializers.Serializer[Any]):
    """Which merge is taken back."""

    merge = serializers.UUIDField()


class ObstacleSerializer(serializers.Serializer[Any]):
    """What a person has to settle first."""

    code = serializers.CharField()
    detail = serializers.CharField()


class MergedSerializer(serializers.Serializer[Any]):
    """One record that went up, or with ``dry_run`` would: how many rows of what move, and what stands in the way."""

    merge = serializers.UUIDField(allow_null=True)
    absorbed = serializers.UUIDField()
    undone_at = serializers.DateTimeField(allow_null=True)
    moves = serializers.DictField(child=serializers.IntegerField())
    obstacles = ObstacleSerializer(many=True)


class MergeAnswerSerializer(serializers.Serializer[Any]):
    """The surviving record and what went up in it."""

    customer = serializers.UUIDField()
    merges = MergedSerializer(many=True)


def _as_read(request: Request) -> Expectation:
    def expect(customer: EndCustomer) -> None:
        demand_match(request, etag(customer.uuid, customer.updated_at))

    return expect


def _told(merge: CustomerMerge) -> dict[str, Any]:
    tables = merge.steps.filter(column="end_customer_id", after=merge.survivor_id).values_list("table", flat=True)
    moves: dict[str, int] = {}
    for table in tables:
        moves[table] = moves.get(table, 0) + 1
    return {
        "merge": merge.uuid,
        "absorbed": merge.absorbed.uuid,
        "undone_at": merge.undone_at,
        "moves": moves,
        "obstacles": [],
    }


def _answer(survivor: EndCustomer, merges: list[dict[str, Any]]) -> Response:
    survivor.refresh_from_db()
    body = MergeAnswerSerializer({"customer": survivor.uuid, "merges": merges}).data
    return Response(body, headers={"ETag": etag(survivor.uuid, survivor.updated_at)})


class CustomerMergeView(IdempotentMixin, APIView):
    """``POST /customers/{id}/merge/``."""

    required_scopes = "customers:write"

    @extend_schema(
        operation_id="customers_merge",
        parameters=_HEADERS,
        request=MergeInputSerializer,
        responses=MergeAnswerSerializer,
    )
    def post(self, request: Request, customer_uuid: uuid.UUID) -> Response:
        """Make other records part of this one; ``dry_run`` says what would move and what stands in the way."""
        given = MergeInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted, actor = given.validated_data, api_actor(request)
        survivor = access_customer(actor, customer_uuid)
        if wanted["dry_run"]:
            can_merge_customers(actor).enforce()
            return _answer(survivor, [_previewed(survivor, access_customer(actor, one)) for one in wanted["absorb"]])
        merges = merge_customers(
            actor=actor,
            survivor_uuid=survivor.uuid,
            absorbed_uuids=wanted["absorb"],
            reason=wanted["reason"],
            now=timezone.now(),
            expect=_as_read(request),
        )
        return _answer(survivor, [_told(merge) for merge in merges])


def _previewed(survivor: EndCustomer, absorbed: EndCustomer) -> dict[str, Any]:
    preview = preview_merge(survivor=survivor, absorbed=absorbed, now=timezone.now())
    obstacles = [{"code": one.code, "detail": str(one.message)} for one in preview.obstacles]
    return {
        "merge": None,
        "absorbed": absorbed.uuid,
        "undone_at": None,
        "moves": dict(preview.counts),
        "obstacles": obstacles,
    }


class CustomerUnmergeView(IdempotentMixin, APIView):
    """``POST /customers/{id}/unmerge/``."""

    required_scopes = "customers:write"

    @extend_schema(
        operation_id="customers_unmerge",
        parameters=_HEADERS,
        request=MergeUndoSerializer,
        responses=MergeAnswerSerializer,
    )
    def post(self, request: Request, customer_uuid: uuid.UUID) -> Response:
        """Take a merge into this customer back."""
        given = MergeUndoSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor = api_actor(request)
        survivor = access_customer(actor, customer_uuid)
        found = access_merge(actor, given.validated_data["merge"])
        if customer_uuid not in {found.survivor.uuid, found.absorbed.uuid} and found.survivor_id != survivor.pk:
            raise NotThere
        done = undo_merge(actor=actor, merge_uuid=found.uuid, now=timezone.now(), expect=_as_read(request))
        return _answer(survivor, [_told(done)])
