"""Which customers and families are protected now. Across partners: doors decide what of it may be said to whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q

from concord.deals.models import Deal, Protection
from concord.partners.enums import Verdict
from concord.partners.models import CustomerVerdict


def live_protections(
    *, end_customer_ids: Collection[int], family_ids: Collection[int] | None, now: datetime
) -> list[Protection]:
    """Protections in force at these customers, in these families (``None``: in any), the last to end first.

    One statement, also when nothing is asked for, so that the time taken tells nothing.
    """
    rows = Protection.objects.unscoped("one customer belongs to one partner, whoever asks").filter(
        end_customer_id__in=list(end_customer_ids) or [0],
        period__contains=now,
    )
    if family_ids is not None:
        rows = rows.filter(family_id__in=list(family_ids) or [0])
    found = rows.select_related("deal", "partner", "family", "end_customer")
    return sorted(found, key=lambda one: one.period.upper, reverse=True)


def same_companies(customer_ids: Collection[int]) -> set[int]:
    """These customers and those that a person found to be the same company as one of them. One statement."""
    return together(customer_ids, same_pairs(customer_ids))


def same_pairs(customer_ids: Collection[int]) -> list[tuple[int, int]]:
    """Pairs that a person found to be one company, of which one is among these. One statement."""
    ids = set(customer_ids) or {0}
    touching = CustomerVerdict.objects.filter(Q(left_id__in=ids) | Q(right_id__in=ids), verdict=Verdict.SAME)
    return list(touching.values_list("left_id", "right_id"))


def together(customer_ids: Collection[int], pairs: Iterable[tuple[int, int]]) -> set[int]:
    """These customers and those that one of the pairs puts together with one of them. No statement."""
    ids = set(customer_ids)
    return ids | {one for pair in pairs if ids.intersection(pair) for one in pair}


def protections_of(deal: Deal) -> list[Protection]:
    """What the deal's approval gave, ended or not, the first to begin first."""
    return sorted(
        deal.protections.select_related("family"),
        key=lambda one: (one.period.lower, one.family.code),
    )
