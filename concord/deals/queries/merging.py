"""What protections and deals have to say when two end customers become one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from concord.deals.models import Deal, DealTwin, Protection
from concord.deals.queries.twins import claim_of
from concord.partners.enums import Verdict
from concord.partners.matching.score import compare
from concord.partners.models import EndCustomer
from concord.partners.queries.merging import overlaps_of, untangle
from concord.partners.queries.twins import profile_of
from concord.portal.registry import MergeObstacle, MergePlan
from concord.pricing.models import Quote

_PROTECTIONS: Final = """
SELECT a.id, s.id, upper(a.period) <= %(now)s, upper(s.period) <= %(now)s, family.code
FROM deals_protection a
JOIN deals_protection s ON s.end_customer_id = %(survivor)s AND s.family_id = a.family_id AND s.period && a.period
JOIN partners_productfamily family ON family.id = a.family_id
WHERE a.end_customer_id = %(absorbed)s
"""


def merge_plan(survivor_id: int, absorbed_id: int, now: datetime) -> MergePlan:
    """Two live protections of one family need a decision; a twin that is the deal's own customer stays behind."""
    found = untangle(overlaps_of(_PROTECTIONS, survivor_id=survivor_id, absorbed_id=absorbed_id, now=now))
    obstacles = []
    if found.rivals:
        text = _("Both are protected for %(what)s. Withdraw or end one of the registrations first.")
        obstacles.append(MergeObstacle("both_protected", text % {"what": ", ".join(found.rivals)}))
    own_twins = DealTwin.objects.filter(
        end_customer_id=absorbed_id, deal__end_customer_id__in=(survivor_id, absorbed_id)
    ).values_list("pk", flat=True)
    return MergePlan(
        obstacles,
        stay={"deals.protection": found.stay, "deals.dealtwin": frozenset(own_twins)},
        park={"deals.protection": found.park},
    )


def built_on_merge(
    moved: Mapping[str, Collection[int]], survivor_id: int, absorbed_id: int, now: datetime
) -> Sequence[MergeObstacle]:
    """Moved deals that were protected at the surviving record since, or have new quotes there.

    And deals that came since by the name of the merged record, and are protected: they would go on protecting it from
    where nobody who registers it comes by.
    """
    deals = moved.get("deals.deal", ())
    protected = (
        Protection.objects.unscoped("what was built on a merge")
        .filter(deal_id__in=deals, end_customer_id=survivor_id)
        .exclude(pk__in=moved.get("deals.protection", ()))
    )
    obstacles = []
    if protected.exists():
        text = _("Deals that were moved have been approved since. Their protection is at the surviving record.")
        obstacles.append(MergeObstacle("deals_protected_since", text))
    if _named_since(deals, survivor_id, absorbed_id, now):
        text = _("Deals that name the merged company have been approved since. Withdraw or end them first.")
        obstacles.append(MergeObstacle("deals_named_since", text))
    uuids = Deal.objects.unscoped("what was built on a merge").filter(pk__in=deals).values("uuid")
    quoted = (
        Quote.objects.unscoped("what was built on a merge")
        .filter(story_type="deal", story_uuid__in=uuids, end_customer_id=survivor_id)
        .exclude(pk__in=moved.get("pricing.quote", ()))
    )
    if quoted.exists():
        text = _("Deals that were moved have new quotes. Their prices are promised to the surviving record.")
        obstacles.append(MergeObstacle("deals_quoted_since", text))
    return obstacles


def _named_since(moved: Collection[int], survivor_id: int, absorbed_id: int, now: datetime) -> bool:
    """Whether a deal that was not moved is protected at the surviving record, though it names the merged company."""
    came = Deal.objects.unscoped("what was built on a merge").filter(
        end_customer_id=survivor_id, protections__period__contains=now
    )
    named = [claim_of(deal).profile() for deal in came.exclude(pk__in=moved).distinct()]
    if not named:
        return False
    records = EndCustomer.objects.unscoped("both sides of a merge").in_bulk([survivor_id, absorbed_id])
    absorbed, survivor = profile_of(records[absorbed_id]), profile_of(records[survivor_id], names=())
    return any(
        Verdict(compare(one, absorbed).verdict) == Verdict.SAME
        and Verdict(compare(one, survivor).verdict) != Verdict.SAME
        for one in named
    )
