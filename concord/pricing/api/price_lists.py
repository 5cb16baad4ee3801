"""Price lists and their versions: read, drafted, looked at, published."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from concord.portal.actor import Actor
from concord.portal.api.authentication import api_actor
from concord.portal.api.etags import demand_match, etag
from concord.portal.api.idempotency import IdempotentMixin
from concord.portal.api.pagination import CursorPages
from concord.portal.imports import import_records, kind_of
from concord.portal.locking import Space, lock
from concord.portal.refusals import InvalidInput, NotThere
from concord.pricing.actions.price_lists import publish_price_list_version
from concord.pricing.api.money import MoneySerializer, money
from concord.pricing.enums import PriceKind, VersionStatus
from concord.pricing.models import PriceList, PriceListVersion
from concord.pricing.queries.price_lists import Impact, impact_of, price_lists, price_lists_of
from concord.pricing.rules.catalogue import can_keep_prices


class VersionSerializer(serializers.Serializer[PriceListVersion]):
    """One version of a list."""

    id = serializers.UUIDField(source="uuid")
    version = serializers.IntegerField(source="number")
    status = serializers.ChoiceField(choices=VersionStatus.choices)
    valid_from = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField()
    prices = serializers.IntegerField(source="price_count", required=False)


class PriceListSerializer(serializers.Serializer[PriceList]):
    """A list with its versions, newest first; partners see those in force."""

    id = serializers.UUIDField(source="uuid")
    code = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    markets = serializers.ListField(child=serializers.CharField())
    priority = serializers.IntegerField()
    kind = serializers.ChoiceField(
        choices=[(PriceKind.CUSTOMER, PriceKind.CUSTOMER.label), (PriceKind.RECOMMENDED, PriceKind.RECOMMENDED.label)]
    )
    versions = VersionSerializer(many=True, source="shown_versions")


class PriceRowSerializer(serializers.Serializer[Any]):
    """A price from a quantity on."""

    sku = serializers.CharField()
    minimum_quantity = serializers.IntegerField(required=False, default=1)
    unit_price = serializers.CharField()


class DraftRequestSerializer(serializers.Serializer[Any]):
    """The prices of a draft. With ``complete`` false, products that are not named keep their prices."""

    prices = PriceRowSerializer(many=True)
    complete = serializers.BooleanField(required=False, default=True)
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=300)


class DraftAnswerSerializer(serializers.Serializer[Any]):
    """What the draft changes; ``version`` is null when nothing differs from the newest version."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    version = VersionSerializer(allow_null=True)


class PublishRequestSerializer(serializers.Serializer[Any]):
    """From when on the prices hold; at once if left out."""

    at = serializers.DateTimeField(required=False)


class ChangedPriceSerializer(serializers.Serializer[Any]):
    """A product whose price changes, at its first break."""

    sku = serializers.CharField()
    change = serializers.CharField()
    was = MoneySerializer(allow_null=True)
    becomes = MoneySerializer(allow_null=True)
    percent = serializers.CharField(allow_null=True)


class ImpactSerializer(serializers.Serializer[Any]):
    """What publishing would change: products dearer, cheaper, mixed, new and gone; live quotes with such products."""

    at = serializers.DateTimeField()
    up = serializers.IntegerField()
    down = serializers.IntegerField()
    mixed = serializers.IntegerField()
    new = serializers.IntegerField()
    gone = serializers.IntegerField()
    same = serializers.IntegerField()
    live_quotes = serializers.IntegerField()
    partners = serializers.IntegerField()
    largest = ChangedPriceSerializer(many=True)


class PriceListsView(APIView):
    """``/price-lists/``."""

    required_scopes = "prices:read"
    cursor_ordering = "code"

    @extend_schema(responses=PriceListSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Price lists by code: the vendor sees all, a partner those of its market."""
        actor, pages = api_actor(request), CursorPages()
        lists = price_lists() if actor.is_vendor else price_lists_of(actor)
        page: list[PriceList] = pages.paginate_queryset(lists, request, view=self) or []
        for one in page:
            one.shown_versions = _shown_versions(one, actor)  # type: ignore[attr-defined]
        shape = PriceListSerializer()
        return pages.get_paginated_response([shape.to_representation(one) for one in page])


def _shown_versions(price_list: PriceList, actor: Actor) -> list[PriceListVersion]:
    versions = list(price_list.versions.all())
    return versions if actor.is_vendor else [one for one in versions if one.status == VersionStatus.IN_FORCE]


class VersionsView(IdempotentMixin, APIView):
    """``/price-lists/{id}/versions/``."""

    required_scopes = "prices:write"

    @extend_schema(request=DraftRequestSerializer, responses={201: DraftAnswerSerializer, 200: DraftAnswerSerializer})
    def post(self, request: Request, price_list: str) -> Response:
        """Draft a version of up to 10,000 prices, all or none; larger ones go through ``/imports/``."""
        actor = api_actor(request)
        can_keep_prices(actor=actor).enforce()
        found = _price_list(price_list)
        if not isinstance(request.data, dict):
            raise InvalidInput.at("", "not_an_object", _("This is not an object."))
        options: dict[str, Any] = {name: request.data[name] for name in ("complete", "note") if name in request.data}
        outcome = import_records(
            kind_of("prices"),
            request.data.get("prices"),
            actor=actor,
            now=timezone.now(),
            options={"list": found.code, **options},
        )
        draft = found.versions.filter(status=VersionStatus.DRAFT).order_by("-number").first()
        counts = outcome.counts
        body = DraftAnswerSerializer(
            {
                "created": counts.created,
                "updated": counts.updated,
                "unchanged": counts.unchanged,
                "version": draft,
            }
        ).data
        if draft is None:
            return Response(body)
        where = reverse("api:price-list-version", args=[found.uuid, draft.number], request=request)
        return Response(body, status=201, headers={"Location": where, "ETag": _tag(draft)})


class VersionView(APIView):
    """``/price-lists/{id}/versions/{v}/``."""

    required_scopes = "prices:write"

    @extend_schema(responses=VersionSerializer)
    def get(self, request: Request, price_list: str, number: int) -> Response:
        """One version, for those who keep prices."""
        can_keep_prices(actor=api_actor(request)).enforce()
        version = _version(_price_list(price_list), number)
        return Response(VersionSerializer(version).data, headers={"ETag": _tag(version)})


class PublishView(IdempotentMixin, APIView):
    """``/price-lists/{id}/versions/{v}/publish/``."""

    required_scopes = "prices:write"

    @extend_schema(request=PublishRequestSerializer, responses=VersionSerializer)
    def post(self, request: Request, price_list: str, number: int) -> Response:
        """Let a draft's prices hold, now or from a later moment. Needs ``If-Match``."""
        asked = PublishRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        actor, now = api_actor(request), timezone.now()
        can_keep_prices(actor=actor).enforce()
        found = _price_list(price_list)
        lock(Space.PRICE_LIST, [found.pk])
        version = _version(found, number)
        demand_match(request, _tag(version))
        version = publish_price_list_version(
            actor=actor, version_uuid=version.uuid, at=asked.validated_data.get("at", now), now=now
        )
        return Response(VersionSerializer(version).data, headers={"ETag": _tag(version)})


class ImpactView(APIView):
    """``/price-lists/{id}/versions/{v}/impact/``."""

    required_scopes = "prices:write"

    @extend_schema(
        parameters=[
            OpenApiParameter("at", datetime, description="Compare with what is in force then; now if left out.")
        ],
        responses=ImpactSerializer,
    )
    def get(self, request: Request, price_list: str, number: int) -> Response:
        """What publishing the version would change."""
        can_keep_prices(actor=api_actor(request)).enforce()
        asked = PublishRequestSerializer(data={"at": at} if (at := request.query_params.get("at")) else {})
        asked.is_valid(raise_exception=True)
        found = _price_list(price_list)
        impact = impact_of(_version(found, number), at=asked.validated_data.get("at") or timezone.now())
        return Response(_impact_document(impact, found.currency))


def _impact_document(impact: Impact, currency: str) -> dict[str, Any]:
    names = ("at", "up", "down", "mixed", "new", "gone", "same", "live_quotes", "partners")
    return {name: getattr(impact, name) for name in names} | {
        "largest": [
            {
                "sku": one.sku,
                "change": one.verdict,
                "was": money(one.was, currency, unit_price=True),
                "becomes": money(one.becomes, currency, unit_price=True),
                "percent": None if one.percent is None else str(one.percent),
            }
            for one in impact.largest
        ]
    }


def _price_list(named: str) -> PriceList:
    """By id or code. Raises ``NotThere``."""
    try:
        wanted = {"uuid": uuid.UUID(named)}
    except ValueError:
        found = PriceList.objects.filter(code=named).first()
    else:
        found = PriceList.objects.filter(**wanted).first()
    if found is None:
        raise NotThere
    return found


def _version(price_list: PriceList, number: int) -> PriceListVersion:
    version = price_list.versions.filter(number=number).first()
    if version is None:
        raise NotThere
    return version


def _tag(version: PriceListVersion) -> str:
    return etag(version.uuid, version.updated_at)
