"""Deals on the home dashboard: what waits for the reader."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import ReviewStatus, SalesStage
from concord.deals.queries.deals import counts_by_state, ending_protections, returned_registrations
from concord.deals.queries.programme import programme_terms
from concord.deals.queries.protection_notices import protection_notices
from concord.deals.queries.registrations import due_steps
from concord.deals.queries.story import due_promises
from concord.deals.rules import can_read_deals
from concord.portal.actor import Actor
from concord.portal.doors import once

_MOST = 8
#: so many are counted above the panels
MOST_COUNTED = 100


def waiting_for_me(actor: Actor, request: HttpRequest) -> dict[str, Any] | None:
    """Registrations to complete, protections that end soon, next steps that are due. For partners."""
    if not actor.is_partner:
        return None
    now = timezone.now()
    soon = timedelta(days=once(request, programme_terms).warn_before_end_days)
    return {
        "returned": returned_registrations(actor, most=_MOST),
        "ending": once(request, ending_protections, actor, now=now, within=soon, most=MOST_COUNTED)[:_MOST],
        "steps": due_steps(actor, now=now, most=_MOST),
        "promises": due_promises(actor, now=now, most=_MOST),
    }


def protection_news(actor: Actor, request: HttpRequest) -> dict[str, Any] | None:
    """Grace that runs, decisions to appeal against, protections that ended lately. For partners."""
    notices = protection_notices(actor, now=timezone.now()) if actor.is_partner else []
    return {"notices": notices} if notices else None


def funnel(actor: Actor, request: HttpRequest) -> dict[str, Any] | None:
    """How many of the reader's deals stand where."""
    if not can_read_deals(actor):
        return None
    counts = once(request, counts_by_state, actor)
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
