"""Background work of prices and quotes. Each task is safe to repeat and to lose: the next beat does it again."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from concord.portal.actor import portal_actor
from concord.pricing.actions.price_lists import turn_versions
from concord.pricing.actions.quotes import expire_quotes


@shared_task(ignore_result=True)
def expire_issued_quotes() -> int:
    """Mark the quotes whose last local day is over; how many. Their promises ended by themselves."""
    done = 0
    while batch := expire_quotes(now=timezone.now()):
        done += batch
    return done


@shared_task(ignore_result=True)
def turn_price_list_versions() -> int:
    """Say which versions of price lists came into force or ended; how many. Their prices did so by themselves."""
    return turn_versions(actor=portal_actor(), now=timezone.now())
