"""Deals in the search across everything."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from concord.deals.queries.deals import search_deals
from concord.deals.rules import can_read_deals, state_label
from concord.deals.tables import detail_url
from concord.portal.actor import Actor
from concord.portal.registry import SearchResult


def find_deals(actor: Actor, text: str, limit: int) -> Sequence[SearchResult]:
    """The reader's deals whose title or customer holds the text."""
    if not can_read_deals(actor):
        return []
    return [
        SearchResult(
            title=deal.customer_name,
            url=detail_url(deal),
            kind=_("Deal"),
            icon="briefcase",
            summary=f"{deal.title} · {state_label(deal)}",
        )
        for deal in search_deals(actor, text, limit=limit)
    ]
