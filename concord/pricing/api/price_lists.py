"""Price lists and their versions: read, drafted, looked at, published."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
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
from concord.pricing.actions.price_list_versions import (
    discard_price_list_draft,
    publish_or_ask,
    restore_price_list_version,
)
from concord.pricing.actions.unscheduling import unschedule_or_ask
from concord.pricing.enums import PriceKind, VersionStatus
from concord.pricing.models import PriceList, PriceListVersion
from concord.pricing.queries.price_lists import seen_price_lists
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
    gross_unit_price = serializers.CharField(required=False)


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


class PriceListsView(APIView):
    """``/price-lists/``."""

    required_scopes = "prices:read"
    cursor_ordering = "code"

    @extend_schema(responses=PriceListSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Price lists by code: the vendor sees all, a partner those of its market."""
        actor, pages = api_actor(request), CursorPages()
        page: list[PriceList] = pages.paginate_queryset(seen_price_lists(actor), request, view=self) or []
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
        found = price_list_named(price_list)
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
        return Response(body, status=201, headers={"Location": where, "ETag": version_tag(draft)})


class VersionView(APIView):
    """``/price-lists/{id}/versions/{v}/``."""

    required_scopes = "prices:write"

    @extend_schema(responses=VersionSerializer)
    def get(self, request: Request, price_list: str, number: int) -> Response:
        """One version, for those who keep prices."""
        can_keep_prices(actor=api_actor(request)).enforce()
        version = version_of(price_list_named(price_list), number)
        return Response(VersionSerializer(version).data, headers={"ETag": version_tag(version)})

    @extend_schema(responses={204: None})
    def delete(self, request: Request, price_list: str, number: int) -> Response:
        """Put a draft away. Needs ``If-Match``."""
        actor = api_actor(request)
        can_keep_prices(actor=actor).enforce()
        found = price_list_named(price_list)
        lock(Space.PRICE_LIST, [found.pk])
        version = version_of(found, number)
        demand_match(request, version_tag(version))
        discard_price_list_draft(actor=actor, version_uuid=version.uuid)
        return Response(status=204)


class RestoreView(IdempotentMixin, APIView):
    """``/price-lists/{id}/versions/{v}/restore/``."""

    required_scopes = "prices:write"

    @extend_schema(request=None, responses={201: VersionSerializer})
    def post(self, request: Request, price_list: str, number: int) -> Response:
        """Bring the prices of a published version back as a new draft, to look at and publish."""
        actor = api_actor(request)
        can_keep_prices(actor=actor).enforce()
        found = price_list_named(price_list)
        draft = restore_price_list_version(actor=actor, version_uuid=version_of(found, number).uuid)
        where = reverse("api:price-list-version", args=[found.uuid, draft.number], request=request)
        body = VersionSerializer(draft).data
        return Response(body, status=201, headers={"Location": where, "ETag": version_tag(draft)})


class PublishView(IdempotentMixin, APIView):
    """``/price-lists/{id}/versions/{v}/publish/``."""

    required_scopes = "prices:write"

    @extend_schema(request=PublishRequestSerializer, responses={200: VersionSerializer, 202: VersionSerializer})
    def post(self, request: Request, price_list: str, number: int) -> Response:
        """Let a draft's prices hold, now or from a later moment. Needs ``If-Match``.

        A version of very many prices is published in the background: 202, and it stays a draft until then.
        """
        asked = PublishRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        actor, now = api_actor(request), timezone.now()
        can_keep_prices(actor=actor).enforce()
        found = price_list_named(price_list)
        lock(Space.PRICE_LIST, [found.pk])
        version = version_of(found, number)
        demand_match(request, version_tag(version))
        version = publish_or_ask(
            actor=actor, version_uuid=version.uuid, at=asked.validated_data.get("at", now), now=now
        )
        status = 202 if version.status == VersionStatus.DRAFT else 200
        return Response(VersionSerializer(version).data, status=status, headers={"ETag": version_tag(version)})


class UnscheduleView(IdempotentMixin, APIView):
    """``/price-lists/{id}/versions/{v}/unschedule/``."""

    required_scopes = "prices:write"

    @extend_schema(request=None, responses={200: VersionSerializer, 202: VersionSerializer})
    def post(self, request: Request, price_list: str, number: int) -> Response:
        """Take a scheduled version back to a draft before its moment comes. Needs ``If-Match``.

        Partners that were told of it are told. A version of very many prices is taken back in the background: 202.
        """
        actor, now = api_actor(request), timezone.now()
        can_keep_prices(actor=actor).enforce()
        found = price_list_named(price_list)
        lock(Space.PRICE_LIST, [found.pk])
        version = version_of(found, number)
        demand_match(request, version_tag(version))
        version = unschedule_or_ask(actor=actor, version_uuid=version.uuid, now=now)
        status = 200 if version.status == VersionStatus.DRAFT else 202
        return Response(VersionSerializer(version).data, status=status, headers={"ETag": version_tag(version)})


def price_list_named(named: str) -> PriceList:
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


def version_of(price_list: PriceList, number: int) -> PriceListVersion:
    version = price_list.versions.filter(number=number).first()
    if version is None:
        raise NotThere
    return version


def version_tag(version: PriceListVersion) -> str:
    return etag(version.uuid, version.updated_at)
