"""Quotes in the API: lists, drafts, issuing, the changes of state, the document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from concord.portal.actor import Actor
from concord.portal.api.authentication import api_actor
from concord.portal.api.etags import demand_match, etag
from concord.portal.api.idempotency import IdempotentMixin
from concord.portal.api.permissions import demand_scope_to_decide
from concord.portal.api.problems import MEDIA_TYPE
from concord.portal.locking import lock_end_customers
from concord.portal.refusals import InvalidInput, NotThere
from concord.pricing.access import QuoteOrigin, origin_of_customer, origin_of_story
from concord.pricing.actions import quotes as actions
from concord.pricing.actions.quotes import QuoteLineInput
from concord.pricing.actions.shown_prices import lines_shown, read_token
from concord.pricing.api.quote_serializers import (
    HonourSerializer,
    IssueSerializer,
    NoteSerializer,
    QuoteInputSerializer,
    QuoteSerializer,
    ReviseSerializer,
)
from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Quote
from concord.pricing.price_tokens import ShownPrices
from concord.pricing.queries.quote_document_state import newest_document
from concord.pricing.queries.quotes import own_quote, quotes_listed

IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="The same key and body give the first answer again."
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag that was read last."
)
CONFLICT = OpenApiResponse(
    OpenApiTypes.OBJECT, description=f"`{MEDIA_TYPE}`; with code `price_conflict`, `conflicts` names each line."
)


def quote_response(request: Request, quote: Quote, *, status: int = 200) -> Response:
    """A quote with its ETag."""
    response = Response(QuoteSerializer(quote, context={"request": request}).data, status=status)
    response["ETag"] = etag(quote.uuid, quote.updated_at)
    return response


class QuoteListView(IdempotentMixin, GenericAPIView[Quote]):
    """The caller's quotes; new ones."""

    required_scopes: ClassVar = {"GET": "quotes:read", "POST": "quotes:write"}
    serializer_class = QuoteSerializer
    filter_backends = ()

    @extend_schema(
        operation_id="quotes_list",
        parameters=[
            OpenApiParameter("status", str, enum=[value for value, _label in QuoteStatus.choices]),
            OpenApiParameter("search", str, description="Part of a number, customer, SKU or product name."),
        ],
        responses=QuoteSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Quotes, newest first."""
        status = request.query_params.get("status", "")
        if status and status not in QuoteStatus.values:
            raise InvalidInput.at("/status", "unknown", _("This is no status of a quote."))
        found = quotes_listed(
            api_actor(request), search=request.query_params.get("search", ""), status=status, now=timezone.now()
        )
        page = self.paginate_queryset(found.prefetch_related("lines").select_related("supersedes")) or []
        shown = [QuoteSerializer(quote, context={"request": request}).data for quote in page]
        return self.get_paginated_response(shown)

    @extend_schema(
        operation_id="quotes_create",
        parameters=[IDEMPOTENCY],
        request=QuoteInputSerializer,
        responses={201: QuoteSerializer, 409: CONFLICT},
    )
    def post(self, request: Request) -> Response:
        """Draft a quote; with ``issue``, issue it at once or refuse both."""
        asked = QuoteInputSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        actor, now = api_actor(request), timezone.now()
        origin = _origin(actor, data)
        shown = _shown(data, origin)
        quote = actions.draft_quote(
            actor=actor,
            partner_id=origin.partner.pk,
            seller_id=actor.user_id if actor.is_partner else None,
            end_customer_id=origin.customer.pk,
            customer_name=data["customer_name"] or origin.customer_name,
            customer_address=data["customer_address"],
            contact_email=data["contact_email"],
            currency=data.get("currency", shown.currency if shown else ""),
            valid_until=data["valid_until"],
            language=data["language"],
            is_bilingual=data["is_bilingual"],
            note=data["note"],
            lines=_lines(data, shown),
            shown=shown,
            story=origin.story,
            now=now,
        )
        if data["issue"]:
            quote = actions.issue_quote(actor=actor, quote_uuid=quote.uuid, shorten=data["shorten"], now=now)
        response = quote_response(request, quote, status=201)
        response["Location"] = reverse("api:quote-detail", args=[quote.uuid], request=request)
        return response


class QuoteDetailView(GenericAPIView[Quote]):
    """One quote."""

    required_scopes = "quotes:read"
    serializer_class = QuoteSerializer
    filter_backends = ()
    pagination_class = None

    @extend_schema(operation_id="quotes_read", responses=QuoteSerializer)
    def get(self, request: Request, uuid: UUID) -> Response:
        """The quote with its lines."""
        return quote_response(request, own_quote(api_actor(request), uuid))


class _QuoteChangeView(IdempotentMixin, GenericAPIView[Quote]):
    """A change of state: ``If-Match`` names the version that was read, checked under the end customer's lock."""

    required_scopes = "quotes:write"
    serializer_class = NoteSerializer
    filter_backends = ()
    pagination_class = None

    def _change(self, request: Request, uuid: UUID, act: Callable[..., Quote], **more: Any) -> Response:
        actor = api_actor(request)
        seen = own_quote(actor, uuid)
        lock_end_customers([seen.end_customer_id])
        seen.refresh_from_db(fields=["updated_at"])
        demand_match(request, etag(seen.uuid, seen.updated_at))
        changed = act(actor=actor, quote_uuid=uuid, now=timezone.now(), **more)
        return quote_response(request, own_quote(actor, changed.uuid))

    def _note(self, request: Request) -> str:
        asked = NoteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return str(asked.validated_data["note"])


def _changing(
    name: str, act: Callable[..., Quote], summary: str, *, takes_note: bool, decides: str = ""
) -> type[_QuoteChangeView]:
    """A view for one change of state; ``decides`` is the scope without which the vendor's side does not do it."""

    class View(_QuoteChangeView):
        @extend_schema(
            operation_id=f"quotes_{name}",
            summary=summary,
            parameters=[IF_MATCH, IDEMPOTENCY],
            request=NoteSerializer,
            responses={200: QuoteSerializer, 409: CONFLICT},
        )
        def post(self, request: Request, uuid: UUID) -> Response:
            if decides:
                demand_scope_to_decide(request, decides)
            note = self._note(request)
            return self._change(request, uuid, act, **({"note": note} if takes_note else {}))

    View.__name__ = View.__qualname__ = f"Quote{name.title()}View"
    View.__doc__ = summary
    return View


QuoteAcceptView = _changing("accept", actions.accept_quote, "The customer accepted.", takes_note=True)
QuoteDeclineView = _changing("decline", actions.decline_quote, "The customer declined.", takes_note=True)
QuoteWithdrawView = _changing("withdraw", actions.withdraw_quote, "Take the quote back.", takes_note=True)
QuoteRepriceView = _changing(
    "reprice",
    actions.reprice,
    "Replace the promised prices by those in force, in every live quote; a vendor's client needs `prices:decide` too.",
    takes_note=False,
    decides="prices:decide",
)


class QuoteIssueView(_QuoteChangeView):
    """Issue a draft: freeze it and promise its prices."""

    serializer_class = IssueSerializer

    @extend_schema(
        operation_id="quotes_issue",
        parameters=[IF_MATCH, IDEMPOTENCY],
        request=IssueSerializer,
        responses={200: QuoteSerializer, 409: CONFLICT},
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """Freeze the draft; a price that ends before the quote would is a refusal, or with ``shorten`` its last day."""
        asked = IssueSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return self._change(request, uuid, actions.issue_quote, shorten=asked.validated_data["shorten"])


class QuoteHonourView(_QuoteChangeView):
    """Accept an expired quote all the same."""

    serializer_class = HonourSerializer

    @extend_schema(
        operation_id="quotes_honour",
        parameters=[IF_MATCH, IDEMPOTENCY],
        request=HonourSerializer,
        responses={200: QuoteSerializer, 409: CONFLICT},
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """The vendor's pricing managers alone, with a note that says why; the prices are promised again."""
        asked = HonourSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        return self._change(request, uuid, actions.honour_quote, note=given["note"], until=given["until"])


class QuoteReviseView(_QuoteChangeView):
    """Begin the next revision as a draft."""

    serializer_class = ReviseSerializer  # type: ignore[assignment]

    @extend_schema(
        operation_id="quotes_revise",
        parameters=[IF_MATCH, IDEMPOTENCY],
        request=ReviseSerializer,
        responses={200: QuoteSerializer},
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """The draft of the next revision; issuing it supersedes this one."""
        asked = ReviseSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return self._change(request, uuid, actions.revise_quote, valid_until=asked.validated_data["valid_until"])


class QuotePdfView(GenericAPIView[Quote]):
    """The document."""

    required_scopes = "quotes:read"
    filter_backends = ()
    pagination_class = None
    serializer_class = QuoteSerializer

    @extend_schema(operation_id="quotes_pdf", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, uuid: UUID) -> HttpResponseBase:
        """The PDF, once it is rendered; 404 until then."""
        quote = own_quote(api_actor(request), uuid)
        if not quote.pdf_hash:
            raise NotThere
        return document_of(quote)


def document_of(quote: Quote) -> FileResponse:
    """The stored document, kept by nobody on the way."""
    response = FileResponse(
        newest_document(quote).open("rb"),
        as_attachment=True,
        filename=f"{quote.number}-r{quote.revision}.pdf",
        content_type="application/pdf",
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _origin(actor: Actor, data: dict[str, Any]) -> QuoteOrigin:
    """For whom the quote is: the deal's customer, or a customer with a relation."""
    if "deal" in data:
        origin = origin_of_story(actor, f"deal:{data['deal']}")
        if "customer" in data and data["customer"] != origin.customer.uuid:
            raise InvalidInput.at("/customer", "not_the_deals", _("This is not the deal's customer."))
        if "partner" in data and data["partner"] != origin.partner.code:
            raise NotThere
        return origin
    if "customer" not in data:
        raise InvalidInput.at("/customer", "required", _("Name the deal or the customer."))
    return origin_of_customer(actor, data["customer"], partner_code=data.get("partner", ""))


def _shown(data: dict[str, Any], origin: QuoteOrigin) -> ShownPrices | None:
    """The price check that the quote is built on."""
    if "price_token" not in data:
        return None
    return read_token(data["price_token"], partner_id=origin.partner.pk, end_customer_id=origin.customer.pk)


def _lines(data: dict[str, Any], shown: ShownPrices | None) -> list[QuoteLineInput]:
    """The lines that were given, else those of the price check."""
    if "lines" not in data:
        return lines_shown(shown) if shown else []
    return [
        QuoteLineInput(line["sku"], line["quantity"], wanted.amount if (wanted := line.get("unit_price")) else None)
        for line in data["lines"]
    ]
