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
from concord.deals.actions.handover_mails import drafted_mail
from concord.deals.models import Deal
from concord.deals.queries.brief import Brief, brief_of
from concord.deals.rules import can_add_activity, can_hand_over, can_read_deals
from concord.documents.pdf import render_pdf
from concord.portal.actor import Actor
from concord.portal.doors import extranet_page
from concord.portal.middleware import actor_of
from concord.portal.models import User


@require_safe
@extranet_page(can_read_deals)
def brief(request: HttpRequest, deal_uuid: uuid.UUID) -> HttpResponse:
    """Everything that somebody needs who takes over."""
    actor, now = actor_of(request), timezone.now()
    deal = access_deal(actor, deal_uuid)
    found = brief_of(actor, deal, now=now)
    context: dict[str, Any] = {
        "brief": found,
        "people": _people(request, deal, found),
        "deal": deal,
        "can_add_activity": bool(can_add_activity(actor, deal)),
        "can_hand_over": bool(can_hand_over(actor, deal)),
    }
    response = render(request, "deals/brief.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _people(request: HttpRequest, deal: Deal, found: Brief) -> list[dict[str, Any]]:
    """Who is at the customer; for whoever took the deal over last, with a drafted mail to introduce oneself."""
    handed_over = next((one for one in found.events if one.event.verb == "deal.handed_over"), None)
    giver = ""
    if handed_over is not None and isinstance(request.user, User):
        is_mine = handed_over.payload.get("to_user") == str(request.user.uuid)
        giver = str(handed_over.payload.get("from", "")) if is_mine else ""
    return [
        {
            "contact": one,
            "introduction": drafted_mail(one, giver=giver, successor=request.user, company=deal.partner.name)
            if giver and one.email and isinstance(request.user, User)
            else "",
        }
        for one in found.contacts
    ]


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
