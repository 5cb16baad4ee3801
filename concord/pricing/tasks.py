"""Background work of prices and quotes. Each task is safe to repeat and to lose: the next beat does it again."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from concord.pricing.actions.quotes import expire_quotes


@shared_task(ignore_result=True)
def expire_issued_quotes() -> int:
    """Mark the quotes whose last local day is over; how many. Their promises ended by themselves."""
    done = 0
    while batch := expire_quotes(now=timezone.now()):
        done += batch
    return done
