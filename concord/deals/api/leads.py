"""The pool through the API: the leads, and one address for each thing that can be done with one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.deals.access import access_lead
from concord.deals.actions.leads_claiming import claim_lead, release_lead
from concord.deals.actions.leads_follow_up import convert_lead, note_contact
from concord.deals.actions.leads_locked import LeadExpectation
from concord.deals.actions.leads_receiving import create_lead
from concord.deals.actions.leads_routing import accept_lead, decline_lead
from concord.deals.api import lead_shapes as shapes
from concord.deals.api.deals import IF_MATCH, KEY
from concord.deals.api.serializers import NothingSerializer, StrictSerializer
from concord.deals.models import Lead
from concord.deals.pool_enums import LeadState
from concord.deals.pool_rules import can_run_pool
from concord.deals.queries.leads import is_revealed, leads_for, search_leads, source_coded
from concord.deals.queries.partners import colleague_id
from concord.portal.actor import Actor
from concord.portal.api.authentication import api_actor
from concord.portal.api.etags import demand_match, etag, etag_of
from concord.portal.api.idempotency import IdempotentMixin
from concord.portal.refusals import InvalidInput, NotThere


def tag_of(lead: Lead, actor: Actor) -> str:
    """The lead's ETag: of its version, or of what is shown to whoever is not to know when others changed it."""
    if is_revealed(actor, lead):
        return etag(lead.uuid, lead.updated_at)
    return etag_of(shapes.LeadSerializer(lead, context={"actor": actor}).data)


def as_read(request: Request) -> LeadExpectation:
    """The locked lead must be the version that ``If-Match`` names; asked once it is known to be in the right state."""

    def expect(lead: Lead) -> None:
        demand_match(request, tag_of(lead, api_actor(request)))

    return expect


def shown(lead_uuid: uuid.UUID, actor: Actor, *, status: int = 200) -> Response:
    """The lead as the caller may see it now, with its ETag."""
    lead = access_lead(actor, lead_uuid)
    response = Response(shapes.LeadSerializer(lead, context={"actor": actor}).data, status=status)
    response["ETag"] = tag_of(lead, actor)
    return response


class LeadCollectionView(IdempotentMixin, GenericAPIView[Lead]):
    """``/leads/``."""

    required_scopes = {"GET": "deals:read", "POST": "deals:write"}
    serializer_class = shapes.LeadSerializer
    filter_backends = ()
    queryset = Lead.objects.none()

    @extend_schema(
        operation_id="leads_list",
        parameters=[
            OpenApiParameter("state", enum=LeadState.values),
            OpenApiParameter("country", str, description="ISO 3166-1, two letters."),
            OpenApiParameter("family", str, description="Code of a product family."),
            OpenApiParameter("search", str, description="Part of city, sector or summary; of own leads also of names."),
        ],
        responses=shapes.LeadSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """What is free for the caller, offered to it or held by it; for the vendor everything. Newest first."""
        actor = api_actor(request)
        page = self.paginate_queryset(_filtered(leads_for(actor), actor, request.query_params))
        data = shapes.LeadSerializer(page or [], many=True, context={"actor": actor}).data  # type: ignore[arg-type]
        return self.get_paginated_response(data)

    @extend_schema(
        operation_id="leads_create",
        parameters=[KEY],
        request=shapes.NewLeadSerializer,
        responses={201: shapes.LeadSerializer},
    )
    def post(self, request: Request) -> Response:
        """A new lead, from the vendor's systems. It is matched at once and offered within moments."""
        actor = api_actor(request)
        can_run_pool(actor).enforce()
        given = shapes.NewLeadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        source = source_coded(given.validated_data["source"])
        if source is None:
            raise InvalidInput.at("/source", "unknown_source", _("There is no such source of leads in use."))
        facts = given.facts()
        # Two leads without an external id are two leads: an address can be asked for twice, a year apart.
        mark = "" if facts.external_id else uuid.uuid4().hex
        lead = create_lead(actor=actor, source=source, facts=facts, now=timezone.now(), fingerprint=mark)
        response = shown(lead.uuid, actor, status=201)
        response["Location"] = request.build_absolute_uri(reverse("api:lead", args=[lead.uuid]))
        return response


class LeadView(APIView):
    """``/leads/{id}/``."""

    required_scopes = {"GET": "deals:read"}

    @extend_schema(operation_id="leads_retrieve", responses=shapes.LeadSerializer)
    def get(self, request: Request, lead_uuid: uuid.UUID) -> Response:
        """One lead, with its ETag."""
        return shown(lead_uuid, api_actor(request))


class _DeedView(IdempotentMixin, APIView):
    """The base: reads the body, calls the action, answers with the lead, or with what is left of it for the caller."""

    required_scopes = {"POST": "deals:write"}
    input_shape: ClassVar[type[StrictSerializer]] = NothingSerializer
    act: ClassVar[Callable[..., Any]]

    def change(self, request: Request, lead_uuid: uuid.UUID) -> Response:
        """The whole request."""
        actor = api_actor(request)
        given = self.input_shape(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        if "owner" in values:
            values["owner_id"] = _colleague(actor, values.pop("owner"))
        type(self).act(actor=actor, lead_uuid=lead_uuid, now=timezone.now(), expect=as_read(request), **values)
        try:
            return shown(lead_uuid, actor)
        except NotThere:
            return Response(status=204)  # given away for good: there is nothing left to show


class ClaimView(_DeedView):
    """Claim."""

    input_shape = shapes.ClaimInputSerializer
    act = staticmethod(claim_lead)

    @extend_schema(
        operation_id="leads_claim",
        parameters=[IF_MATCH, KEY],
        request=shapes.ClaimInputSerializer,
        responses=shapes.LeadSerializer,
    )
    def post(self, request: Request, lead_uuid: uuid.UUID) -> Response:
        """Claim a free lead. 409 ``not_free``: somebody was faster, or it was never there for the caller."""
        return self.change(request, lead_uuid)


class AcceptView(_DeedView):
    """Accept."""

    input_shape = shapes.ClaimInputSerializer
    act = staticmethod(accept_lead)

    @extend_schema(
        operation_id="leads_accept",
        parameters=[IF_MATCH, KEY],
        request=shapes.ClaimInputSerializer,
        responses=shapes.LeadSerializer,
    )
    def post(self, request: Request, lead_uuid: uuid.UUID) -> Response:
        """Take an offered lead."""
        return self.change(request, lead_uuid)


class DeclineView(_DeedView):
    """Decline."""

    input_shape = shapes.GiveBackSerializer
    act = staticmethod(decline_lead)

    @extend_schema(
        operation_id="leads_decline",
        parameters=[IF_MATCH, KEY],
        request=shapes.GiveBackSerializer,
        responses={200: shapes.LeadSerializer, 204: None},
    )
    def post(self, request: Request, lead_uuid: uuid.UUID) -> Response:
        """Decline an offered lead: it goes on to the next partner and is not offered to this one again."""
        return self.change(request, lead_uuid)


class ReleaseView(_DeedView):
    """Release."""

    input_shape = shapes.GiveBackSerializer
    act = staticmethod(release_lead)

    @extend_schema(
        operation_id="leads_release",
        parameters=[IF_MATCH, KEY],
        request=shapes.GiveBackSerializer,
        responses={200: shapes.LeadSerializer, 204: None},
    )
    def post(self, request: Request, lead_uuid: uuid.UUID) -> Response:
        """Give a claimed lead back to the pool."""
        return self.change(request, lead_uuid)


class ContactView(_DeedView):
    """Note a contact."""

    input_shape = shapes.LeadContactNoteSerializer
    act = staticmethod(note_contact)

    @extend_schema(
        operation_id="leads_contact",
        parameters=[IF_MATCH, KEY],
        request=shapes.LeadContactNoteSerializer,
        responses=shapes.LeadSerializer,
    )
    def post(self, request: Request, lead_uuid: uuid.UUID) -> Response:
        """Note a contact with the customer: the deadline moves on."""
        return self.change(request, lead_uuid)


class ConvertView(_DeedView):
    """Turn into a deal."""

    act = staticmethod(convert_lead)

    @extend_schema(
        operation_id="leads_convert", parameters=[IF_MATCH, KEY], request=None, responses=shapes.LeadSerializer
    )
    def post(self, request: Request, lead_uuid: uuid.UUID) -> Response:
        """Begin the registration that the lead becomes; ``deal`` of the answer names it."""
        return self.change(request, lead_uuid)


def _filtered(leads: QuerySet[Lead], actor: Actor, asked: Mapping[str, Any]) -> QuerySet[Lead]:
    state = asked.get("state")
    if state:
        if state not in LeadState.values:
            raise InvalidInput.at("/state", "choice", _("There is no such state."))
        leads = leads.filter(state=state)
    if asked.get("country"):
        leads = leads.filter(customer_country=str(asked["country"]).upper())
    if asked.get("family"):
        leads = leads.filter(families__code=asked["family"])
    text = str(asked.get("search", "")).replace("\x00", "").strip()
    return search_leads(leads, actor, text) if text else leads


def _colleague(actor: Actor, email: str) -> int:
    found = colleague_id(actor.partner_id, email)
    if found is None:
        raise shapes.unknown_owner()
    return found
