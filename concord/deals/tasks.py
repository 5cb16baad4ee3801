"""Background work of deals. Each task is safe to repeat and to lose: the next beat does it again."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from concord.deals.actions.lead_sources import rate_sources
from concord.deals.actions.leads_timers import run_pool
from concord.portal.actor import portal_actor


@shared_task(ignore_result=True)
def run_lead_pool() -> int:
    """Offer new leads, end offers that ran out, remind, and return what was not followed up; how much was done."""
    return run_pool(actor=portal_actor(), now=timezone.now())


@shared_task(ignore_result=True)
def rate_lead_sources() -> int:
    """Rate the sources of leads by what became of their leads."""
    return rate_sources(now=timezone.now())
