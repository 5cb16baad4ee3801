"""Whose a lead is when its customer is protected: the holder's to answer, and nobody else's while that lasts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from concord.deals.models import Lead
from concord.deals.queries.protections import live_protections, same_companies

#: a partner that there is not: a lead is kept from it as soon as anybody holds a protection
NOBODY = 0


def holders_of(lead: Lead, family_ids: Collection[int], *, now: datetime) -> set[int]:
    """The partners for which the lead's customer is protected in what it wants (in anything, when that is not known).

    Two statements.
    """
    found = live_protections(
        end_customer_ids=same_companies({lead.end_customer_id}), family_ids=family_ids or None, now=now
    )
    return {one.partner_id for one in found}


def is_kept_from(lead: Lead, partner_id: int, *, now: datetime) -> bool:
    """Whether the lead is another partner's to answer, because its customer is protected for that one."""
    holders = holders_of(lead, lead.families.values_list("pk", flat=True), now=now)
    return bool(holders) and partner_id not in holders
