"""Leads on the home dashboard and in the search across everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from concord.deals.pool_enums import HELD_STATES
from concord.deals.pool_rules import can_read_pool
from concord.deals.pool_tables import lead_link
from concord.deals.queries.leads import leads_for, search_leads, to_follow_up
from concord.portal.actor import Actor
from concord.portal.registry import SearchResult

_MOST = 8


def claims_to_follow_up(actor: Actor, request: HttpRequest) -> dict[str, Any] | None:
    """Offers to answer and claims to follow up, the first due at the top. For partners that have any."""
    if not actor.is_partner:
        return None
    rows = to_follow_up(actor, most=_MOST)
    return {"rows": rows} if rows else None


def find_leads(actor: Actor, text: str, limit: int) -> Sequence[SearchResult]:
    """Leads that the reader's company holds, and for the vendor all; free ones are found in the pool's own list."""
    if not can_read_pool(actor):
        return []
    found = search_leads(leads_for(actor), actor, text)
    if not actor.is_vendor:
        found = found.filter(state__in=HELD_STATES)
    return [
        SearchResult(
            title=lead.customer_name,
            url=lead_link(lead),
            kind=_("Lead"),
            icon="lifebuoy",
            summary=f"{lead.summary} · {lead.get_state_display()}" if lead.summary else lead.get_state_display(),
        )
        for lead in found.order_by("-pk")[:limit]
    ]
