"""Deals on the home dashboard: what waits for the reader."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import ReviewStatus, SalesStage
from concord.deals.queries.deals import Standing, standing
from concord.deals.queries.programme import programme_terms
from concord.deals.queries.waiting import Waiting, waiting_for
from concord.deals.rules import can_read_deals
from concord.portal.actor import Actor
from concord.portal.doors import once


def waiting_at(actor: Actor, request: HttpRequest) -> Waiting:
    """What waits for the reader, asked once a request for all parts of the page that show some of it."""
    return once(request, waiting_for, actor, now=timezone.now(), terms=once(request, programme_terms))


def standing_at(actor: Actor, request: HttpRequest) -> Standing:
    """Where the reader's deals and quotes stand, asked once a request."""
    return once(request, standing, actor, now=timezone.now())


def waiting_for_me(actor: Actor, request: HttpRequest) -> dict[str, Any] | None:
    """Registrations to complete, protections that end soon, next steps that are due. For partners."""
    return {"waiting": waiting_at(actor, request)} if actor.is_partner else None


def protection_news(actor: Actor, request: HttpRequest) -> dict[str, Any] | None:
    """Grace that runs, decisions to appeal against, protections that ended lately. For partners."""
    notices = waiting_at(actor, request).notices if actor.is_partner else ()
    return {"notices": notices} if notices else None


def funnel(actor: Actor, request: HttpRequest) -> dict[str, Any] | None:
    """How many of the reader's deals stand where."""
    if not can_read_deals(actor):
        return None
    counts = standing_at(actor, request).deals
    if not counts:
        return None
    stages = (
        (ReviewStatus.DRAFT, _("Drafts")),
        (ReviewStatus.SUBMITTED, ReviewStatus.SUBMITTED.label),
        (ReviewStatus.RETURNED, _("To complete")),
        (ReviewStatus.APPROVED, ReviewStatus.APPROVED.label),
        (SalesStage.WON, SalesStage.WON.label),
        (SalesStage.LOST, SalesStage.LOST.label),
    )
    return {
        "labels": [label for _stage, label in stages],
        "series": [{"label": _("Deals"), "values": [counts.get(stage, 0) for stage, _label in stages]}],
    }
