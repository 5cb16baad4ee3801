"""The event feed: what happened, in public order, at least once, nothing skipped."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from django.contrib.auth import get_user
from django.db.models import Count, F, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.portal.actor import Actor
from concord.portal.api.authentication import api_actor
from concord.portal.models import Event, EventPosition
from concord.portal.refusals import InvalidInput, NotAllowed

LONGEST_WAIT = 30
PAGE = 200
PAUSE = 0.25


class EventSerializer(serializers.Serializer[Event]):
    """One event as other systems see it. ``payload`` holds ids, codes and what was decided."""

    id = serializers.UUIDField(source="uuid")
    at = serializers.DateTimeField()
    type = serializers.CharField(source="verb")
    subject_type = serializers.CharField()
    subject_id = serializers.UUIDField(source="subject_uuid")
    sequence = serializers.IntegerField(
        source="told_sequence", help_text="Its number among the facts of its subject that the reader may see."
    )
    actor = serializers.CharField(source="actor_name")
    door = serializers.CharField()
    visibility = serializers.CharField()
    payload = serializers.SerializerMethodField()
    hash = serializers.SerializerMethodField()

    def get_payload(self, event: Event) -> dict[str, Any]:
        """The payload as an object."""
        payload: dict[str, Any] = json.loads(event.payload)
        return payload

    def get_hash(self, event: Event) -> str:
        """The event's hash in its subject's chain, hexadecimal."""
        return bytes(event.hash).hex()


class EventPageSerializer(serializers.Serializer[Any]):
    """A page of the feed; pass the last ``id`` as ``after`` next time."""

    results = EventSerializer(many=True)
    last = serializers.UUIDField(allow_null=True)


class EventFeedView(APIView):
    """``GET /events/?after=&types=&wait=``: sealed events after one that the caller knows, oldest first."""

    required_scopes = "history:read"

    @extend_schema(
        parameters=[
            OpenApiParameter("after", uuid.UUID, description="The id of the last event that was read."),
            OpenApiParameter("types", str, description="Dotted verbs, separated by commas."),
            OpenApiParameter("wait", int, description="Wait up to that many seconds (0 to 30) for something new."),
        ],
        responses=EventPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """The next page, at once or after waiting for something new."""
        verbs = [verb for verb in request.query_params.get("types", "").split(",") if verb]
        deadline = time.monotonic() + _seconds(request.query_params.get("wait", "0"))
        actor = api_actor(request)
        if actor.is_partner and not actor.sees_whole_partner:
            raise NotAllowed(_("The feed tells of the whole company: it is for administrators and systems."))
        position = _position(actor, request.query_params.get("after", ""))
        events = _next_page(actor, position, verbs)
        waited = not events and time.monotonic() < deadline
        while not events and time.monotonic() < deadline:
            time.sleep(PAUSE)
            events = _next_page(actor, position, verbs)
        if waited and events and self._asks_again(request) != actor:
            raise AuthenticationFailed(_("What you may read has changed. Please ask again."))
        last = events[-1].uuid if events else request.query_params.get("after") or None
        return Response({"results": [EventSerializer(event).data for event in events], "last": last})

    def _asks_again(self, request: Request) -> Actor:
        """Who the caller is now: a session, token or person may have ended while the request waited. Raises if so."""
        asked = request._request
        if request.auth is None:
            asked.session = type(asked.session)(asked.session.session_key)
            asked.user = get_user(asked)
        again = self.initialize_request(asked)
        self.perform_authentication(again)
        self.check_permissions(again)
        return api_actor(again)


def _next_page(actor: Actor, position: int, verbs: list[str]) -> list[Any]:
    events = Event.objects.visible_to(actor).filter(sealed__position__gt=position)
    if verbs:
        events = events.filter(verb__in=verbs)
    return list(events.annotate(told_sequence=_numbered(actor)).order_by("sealed__position")[:PAGE])


def _numbered(actor: Actor) -> F | Subquery:
    """The number of an event in its subject's chain; to a partner, among those that it may read.

    The chain's own number would tell it how often the vendor noted something for itself alone, such as that another
    company's record is the same customer.
    """
    if actor.is_vendor:
        return F("sequence")
    own = Event.objects.visible_to(actor).filter(
        subject_type=OuterRef("subject_type"),
        subject_uuid=OuterRef("subject_uuid"),
        sequence__lte=OuterRef("sequence"),
    )
    return Subquery(own.order_by().values("subject_uuid").annotate(number=Count("pk")).values("number"))


def _position(actor: Actor, after: str) -> int:
    """Where an event stands that the caller may read; another's is as unknown as one that is not there."""
    if not after:
        return 0
    try:
        known = uuid.UUID(after)
    except ValueError as error:
        raise InvalidInput.at("/after", "invalid", _("This is not an event's id.")) from error
    events = Event.objects.visible_to(actor).filter(uuid=known)
    found = EventPosition.objects.filter(event__in=events).values_list("position", flat=True).first()
    if found is None:
        raise InvalidInput.at("/after", "unknown", _("No event has this id."))
    return found


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 3) or int(text) > LONGEST_WAIT:
        raise InvalidInput.at("/wait", "invalid", _("Wait 0 to 30 seconds."))
    return int(text)
