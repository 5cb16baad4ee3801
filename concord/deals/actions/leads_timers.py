"""What time brings about in the pool. Each lead is one transaction; what others hold is left to the next run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q

from concord.deals.actions.leads_follow_up import remind_of_lead, return_lead
from concord.deals.actions.leads_routing import expire_offer, route_new_lead
from concord.deals.enums import ReviewStatus
from concord.deals.models import Lead
from concord.deals.pool.terms import pool_terms
from concord.deals.pool_enums import LeadState
from concord.portal.actor import Actor

#: leads a run looks at per step; the next run takes the others
BATCH = 500


def run_pool(*, actor: Actor, now: datetime) -> int:
    """Everything that is due by ``now``, in the order in which it would have happened; how many leads were moved.

    Safe to repeat at any time and to leave out for any while: what was missed is done by the next run.
    """
    all_leads = Lead.objects.unscoped("timers look after every lead").order_by("pk")
    awaited = Q(state=LeadState.CLAIMED) | Q(state=LeadState.CONVERTED, deal__review_status=ReviewStatus.DRAFT)
    first_rung = now + timedelta(hours=max(pool_terms().remind_before_hours, default=0))
    steps: tuple[tuple[Q, Callable[..., bool]], ...] = (
        (Q(state=LeadState.OFFERED, offered_until__lte=now), expire_offer),
        (awaited & Q(follow_up_by__lte=now), return_lead),
        (awaited & Q(follow_up_by__gt=now, follow_up_by__lte=first_rung), remind_of_lead),
        (Q(state=LeadState.NEW), route_new_lead),
    )
    done = 0
    for due, step in steps:
        ids = list(all_leads.filter(due).values_list("pk", flat=True)[:BATCH])
        done += sum(step(actor=actor, lead_id=lead_id, now=now) for lead_id in ids)
    return done
