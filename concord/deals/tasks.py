"""Background work of deals. Each task is safe to repeat and to lose: the next beat does it again."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from concord.deals.actions.escalations import escalate_answers
from concord.deals.actions.lead_sources import rate_sources
from concord.deals.actions.leads_timers import run_pool
from concord.deals.actions.protection_timers import run_protections
from concord.portal.actor import portal_actor


@shared_task(ignore_result=True)
def run_lead_pool() -> int:
    """Offer new leads, end offers that ran out, remind, and return what was not followed up; how much was done."""
    return run_pool(actor=portal_actor(), now=timezone.now())


@shared_task(ignore_result=True)
def rate_lead_sources() -> int:
    """Rate the sources of leads by what became of their leads."""
    return rate_sources(now=timezone.now())


@shared_task(ignore_result=True)
def carry_on_protections() -> int:
    """Warn, test, extend, lapse and end what is due; how many steps were carried out."""
    return run_protections(actor=portal_actor(), now=timezone.now())


@shared_task(ignore_result=True)
def escalate_late_answers() -> int:
    """Tell of answers that are nearly due or overdue; how many were told."""
    return escalate_answers(actor=portal_actor(), now=timezone.now())
