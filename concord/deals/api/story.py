"""What was done, who decides and what was promised, read and written through the API."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from concord.deals.access import access_deal
from concord.deals.actions.activities import add_activity
from concord.deals.actions.people import save_contact
from concord.deals.actions.promises import save_promise
from concord.deals.api.deals import KEY
from concord.deals.enums import ContactRole, PromiseKind
from concord.deals.models import Activity, Deal, DealContact, Promise
from concord.deals.queries.story import activities_read_by
from concord.deals.rules import can_add_activity
from concord.portal.actor import Actor
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


class ActivityShape(serializers.Serializer[Activity]):
    """Something that was done, with its next step. ``is_internal`` ones are read by the vendor alone."""

    id = serializers.UUIDField(source="uuid")
    kind = serializers.CharField(source="kind_id")
    text = serializers.CharField()
    happened_at = serializers.DateTimeField()
    by = serializers.CharField(source="by.name", allow_null=True, default=None)
    contact = serializers.UUIDField(source="contact.uuid", allow_null=True, default=None)
    is_internal = serializers.BooleanField()
    next_step = serializers.CharField()
    next_due_at = serializers.DateTimeField(allow_null=True)
    next_done_at = serializers.DateTimeField(allow_null=True)


class ContactShape(serializers.Serializer[DealContact]):
    """A person at the customer; ``left_at`` when it became known that the person has left."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    role = serializers.CharField()
    position = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    language = serializers.CharField()
    note = serializers.CharField()
    left_at = serializers.DateTimeField(allow_null=True)


class PromiseShape(serializers.Serializer[Promise]):
    """A promise and what became of it: ``open``, ``kept``, ``broken`` or ``withdrawn``."""

    id = serializers.UUIDField(source="uuid")
    kind = serializers.CharField()
    text = serializers.CharField()
    contact = serializers.UUIDField(source="contact.uuid", allow_null=True, default=None)
    until_on = serializers.DateField(allow_null=True)
    evidence = serializers.CharField()
    state = serializers.CharField()
    made_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)


class _StoryView(IdempotentMixin, GenericAPIView[Any]):
    """Read and write one sort of a deal's story: whoever sees the deal reads it, whoever works on it writes."""

    required_scopes = {"GET": "deals:read", "POST": "deals:write"}
    filter_backends = ()
    cursor_ordering: ClassVar[Sequence[str]] = ("id",)
    takes: ClassVar[type[serializers.Serializer[Any]]]
    does: ClassVar[Callable[..., Any]]

    def rows(self, actor: Actor, deal: Deal) -> QuerySet[Any]:
        """What the actor may read of the deal's."""
        raise NotImplementedError

    def _read(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        actor = api_actor(request)
        page = self.paginate_queryset(self.rows(actor, access_deal(actor, deal_uuid)))
        return self.get_paginated_response(self.get_serializer(page or [], many=True).data)

    def _write(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        actor = api_actor(request)
        can_add_activity(actor, access_deal(actor, deal_uuid)).enforce()
        given = self.takes(data=request.data)
        given.is_valid(raise_exception=True)
        written = type(self).does(actor=actor, deal_uuid=deal_uuid, now=timezone.now(), **given.validated_data)
        return Response(WrittenSerializer(written).data, status=201)


class ActivitiesView(_StoryView):
    """``/deals/{id}/activities/``."""

    takes, does = ActivityInputSerializer, staticmethod(add_activity)
    serializer_class = ActivityShape
    queryset = Activity.objects.none()
    cursor_ordering = ("-happened_at", "-id")

    def rows(self, actor: Actor, deal: Deal) -> QuerySet[Any]:
        """The latest first."""
        return activities_read_by(actor, deal)

    @extend_schema(operation_id="deals_activities", responses=ActivityShape(many=True))
    def get(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """What was done, the latest first; notes for the vendor alone are there for the vendor alone."""
        return self._read(request, deal_uuid)

    @extend_schema(
        operation_id="deals_activity_add",
        parameters=[KEY],
        request=ActivityInputSerializer,
        responses={201: WrittenSerializer},
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Note what was done, and what comes next."""
        return self._write(request, deal_uuid)


class ContactsView(_StoryView):
    """``/deals/{id}/contacts/``."""

    takes, does = ContactInputSerializer, staticmethod(save_contact)
    serializer_class = ContactShape
    queryset = DealContact.objects.none()

    def rows(self, actor: Actor, deal: Deal) -> QuerySet[Any]:
        """In the order in which they became known."""
        return DealContact.objects.filter(deal=deal)

    @extend_schema(operation_id="deals_contacts", responses=ContactShape(many=True))
    def get(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """The people at the customer, also those who have left."""
        return self._read(request, deal_uuid)

    @extend_schema(
        operation_id="deals_contact_add",
        parameters=[KEY],
        request=ContactInputSerializer,
        responses={201: WrittenSerializer},
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Add a person at the customer."""
        return self._write(request, deal_uuid)


class PromisesView(_StoryView):
    """``/deals/{id}/promises/``."""

    takes, does = PromiseInputSerializer, staticmethod(save_promise)
    serializer_class = PromiseShape
    queryset = Promise.objects.none()

    def rows(self, actor: Actor, deal: Deal) -> QuerySet[Any]:
        """In the order in which they were made."""
        return Promise.objects.filter(deal=deal).select_related("contact")

    @extend_schema(operation_id="deals_promises", responses=PromiseShape(many=True))
    def get(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Everything that was promised, and what became of it."""
        return self._read(request, deal_uuid)

    @extend_schema(
        operation_id="deals_promise_make",
        parameters=[KEY],
        request=PromiseInputSerializer,
        responses={201: WrittenSerializer},
    )
    def post(self, request: Request, deal_uuid: uuid.UUID) -> Response:
        """Note a promise to the customer."""
        return self._write(request, deal_uuid)
