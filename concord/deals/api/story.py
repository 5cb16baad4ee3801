"""What was done, who decides and what was promised, written through the API."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.deals.access import access_deal
from concord.deals.actions.activities import add_activity
from concord.deals.actions.people import save_contact
from concord.deals.actions.promises import save_promise
from concord.deals.api.deals import KEY
from concord.deals.enums import ContactRole, PromiseKind
from concord.deals.rules import can_add_activity
from concord.portal.api.authentication import api_actor
from concord.portal.api.idempotency import IdempotentMixin


class WrittenSerializer(serializers.Serializer[Any]):
    """What was written, by its number."""

    id = serializers.UUIDField(source="uuid")


class ActivityInputSerializer(serializers.Serializer[Any]):
    """``kind`` is the code of a kind on offer, ``contact`` the id of a person of the deal."""

    kind = serializers.CharField(max_length=20)
    text = serializers.CharField(max_length=10_000)
    happened_at = serializers.DateTimeField(required=False)
    contact = serializers.UUIDField(required=False)
    is_internal = serializers.BooleanField(required=False, default=False)
    next_step = serializers.CharField(required=False, allow_blank=True, max_length=200)
    next_due_at = serializers.DateTimeField(required=False)


class ContactInputSerializer(serializers.Serializer[Any]):
    """A person at the customer; ``role`` is the part in the decision, where it is known."""

    name = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=ContactRole.choices, required=False, allow_blank=True)
    position = serializers.CharField(required=False, allow_blank=True, max_length=120)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class PromiseInputSerializer(serializers.Serializer[Any]):
    """A promise; ``evidence`` says where it is written. A file comes as evidence of the deal that is ``about`` it."""

    kind = serializers.ChoiceField(choices=PromiseKind.choices)
    text = serializers.CharField(max_length=500)
    contact = serializers.UUIDField(required=False)
    until_on = serializers.DateField(required=False)
    evidence = serializers.CharField(required=False, allow_blank=True, max_length=300)


class _WritingView(IdempotentMixin, APIView):
    required_scopes = {"POST": "deals:write"}
    takes: ClassVar[type[serializers.Serializer[Any]]]
    does: ClassVar[Callable[..., Any]]

    def _write(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        actor = api_actor(request)
        can_add_activity(actor, access_deal(actor, deal_uuid)).enforce()
        given = self.takes(data=request.data)
        given.is_valid(raise_exception=True)
        written = type(self).does(actor=actor, deal_uuid=deal_uuid, now=timezone.now(), **given.validated_data)
        return Response(WrittenSerializer(written).data, status=201)


class ActivitiesView(_WritingView):
    """``/deals/{id}/activities/``."""

    takes, does = ActivityInputSerializer, staticmethod(add_activity)

    @extend_schema(
        operation_id="deals_activity_add",
        parameters=[KEY],
        request=ActivityInputSerializer,
        responses={201: WrittenSerializer},
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Note what was done, and what comes next."""
        return self._write(request, deal_uuid)


class ContactsView(_WritingView):
    """``/deals/{id}/contacts/``."""

    takes, does = ContactInputSerializer, staticmethod(save_contact)

    @extend_schema(
        operation_id="deals_contact_add",
        parameters=[KEY],
        request=ContactInputSerializer,
        responses={201: WrittenSerializer},
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Add a person at the customer."""
        return self._write(request, deal_uuid)


class PromisesView(_WritingView):
    """``/deals/{id}/promises/``."""

    takes, does = PromiseInputSerializer, staticmethod(save_promise)

    @extend_schema(
        operation_id="deals_promise_make",
        parameters=[KEY],
        request=PromiseInputSerializer,
        responses={201: WrittenSerializer},
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Note a promise to the customer."""
        return self._write(request, deal_uuid)
