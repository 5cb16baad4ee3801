"""The brief of a deal: on a phone, on paper, as a PDF."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from concord.deals.access import access_deal
from concord.deals.models import Deal
from concord.deals.queries.brief import brief_of
from concord.deals.rules import can_add_activity, can_hand_over, can_read_deals
from concord.documents.pdf import render_pdf
from concord.portal.actor import Actor
from concord.portal.doors import extranet_page
from concord.portal.middleware import actor_of


@require_safe
@extranet_page(can_read_deals)
def brief(request: HttpRequest, deal_uuid: uuid.UUID) -> HttpResponse:
    """Everything that somebody needs who takes over."""
    actor, now = actor_of(request), timezone.now()
    deal = access_deal(actor, deal_uuid)
    context: dict[str, Any] = {
        "brief": brief_of(actor, deal, now=now),
        "deal": deal,
        "can_add_activity": bool(can_add_activity(actor, deal)),
        "can_hand_over": bool(can_hand_over(actor, deal)),
    }
    response = render(request, "deals/brief.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@extranet_page(can_read_deals)
def brief_pdf(request: HttpRequest, deal_uuid: uuid.UUID) -> HttpResponse:
    """The same on paper."""
    actor = actor_of(request)
    return pdf_response(actor, access_deal(actor, deal_uuid), now=timezone.now())


def pdf_response(actor: Actor, deal: Deal, *, now: datetime) -> HttpResponse:
    """The brief as a PDF in the reader's language; kept by nobody on the way."""
    content = render_pdf(
        "deals/pdf/brief.html",
        {"brief": brief_of(actor, deal, now=now), "deal": deal},
        language=get_language() or "en",
        stylesheets=["deals/pdf/brief.css"],
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="brief.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
