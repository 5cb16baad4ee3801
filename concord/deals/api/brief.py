"""The brief through the API: JSON, or the page for printing when a PDF is asked for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.deals.access import access_deal
from concord.deals.queries.brief import Brief, BriefLine, BriefQuote, brief_of
from concord.deals.views.brief import pdf_response
from concord.portal.api.authentication import api_actor
from concord.pricing.api.money import money


class PdfRenderer(BaseRenderer):
    """Lets ``Accept: application/pdf`` through; what it is asked to render is a refusal, and goes out as JSON."""

    media_type = "application/pdf"
    format = "pdf"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """A refusal."""
        rendered: bytes = JSONRenderer().render(data, "application/json", renderer_context)
        return rendered


class BriefView(APIView):
    """``/deals/{id}/brief/``. It tells of quotes, stock and history too: whoever may not read these reads no brief."""

    required_scopes = {"GET": "deals:read history:read quotes:read stock:read"}
    renderer_classes = [JSONRenderer, PdfRenderer]

    @extend_schema(
        operation_id="deals_brief",
        responses={
            (200, "application/json"): OpenApiResponse(OpenApiTypes.OBJECT),
            (200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY),
        },
    )
    def get(self, request: Request, deal_uuid: uuid.UUID) -> Response | HttpResponse:
        """People, promises, live quotes, objections, stock, steps, last events, and what is not known."""
        actor, now = api_actor(request), timezone.now()
        deal = access_deal(actor, deal_uuid)
        accepted: Any = request.accepted_renderer
        if accepted.format == "pdf":
            return pdf_response(actor, deal, now=now)
        response = Response(as_document(brief_of(actor, deal, now=now)))
        response["Cache-Control"] = "private, no-store"
        return response


def as_document(brief: Brief) -> dict[str, Any]:
    """The brief as JSON: money with its currency, moments in UTC."""
    deal, step = brief.deal, brief.next_step
    return {
        "deal": str(deal.uuid),
        "title": deal.title,
        "customer": deal.customer_name,
        "owner": deal.owner.email,
        "at": brief.at,
        "state": deal.state,
        "expected_close_on": deal.expected_close_on,
        "competitor": deal.competitor,
        "people": [
            {
                "id": one.public_id,
                "name": one.name,
                "role": one.role,
                "position": one.position,
                "email": one.email,
                "phone": one.phone,
                "language": one.language,
                "note": one.note,
            }
            for one in brief.contacts
        ],
        "promises": [
            {
                "id": one.public_id,
                "kind": one.kind,
                "text": one.text,
                "until": one.until_on,
                "evidence": one.evidence,
                "state": one.state,
                "to": one.contact.name if one.contact else None,
                "responsible": one.responsible.name if one.responsible else None,
            }
            for one in brief.promises
        ],
        "quotes": [_quote(one) for one in brief.quotes],
        "objections": [
            {"id": one.public_id, "text": one.text, "answer": one.answer, "answered_at": one.answered_at}
            for one in brief.objections
        ],
        "overdue_steps": [{"text": one.next_step, "due_at": one.next_due_at} for one in brief.overdue],
        "next_step": {"text": step.next_step, "due_at": step.next_due_at} if step else None,
        "last_events": [
            {"at": one.at, "verb": one.event.verb, "title": one.title, "text": one.text, "who": one.who}
            for one in brief.events
        ],
        "not_known": [{"code": one.what, "question": one.text, "url": one.url} for one in brief.questions],
        "readiness": {
            "score": brief.readiness.score,
            "line": brief.readiness.line,
            "missing": [one.value for one in brief.readiness.missing],
        },
    }


def _quote(one: BriefQuote) -> dict[str, Any]:
    currency = one.quote.currency
    return {
        "id": one.quote.public_id,
        "number": one.quote.number,
        "revision": one.quote.revision,
        "currency": currency,
        "valid_until": one.quote.valid_until,
        "customer_total": money(one.quote.customer_total, currency),
        "partner_total": money(one.partner_total, currency),
        "lines": [_line(line, currency) for line in one.lines],
    }


def _line(line: BriefLine, currency: str) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "customer_unit_price": money(line.customer_unit_price, currency, unit_price=True),
        "partner_unit_net": money(line.partner_unit_net, currency, unit_price=True),
        "available": line.stock.available if line.stock.is_known else None,
        "exact": line.stock.exact,
        "stock_as_of": line.stock.as_of,
        "stock_is_stale": line.stock.is_stale,
    }
