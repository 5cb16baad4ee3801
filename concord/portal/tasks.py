"""The floor's background work. Each task is safe to repeat and to lose: the next beat does it again."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from concord.portal.events.outbox import work_off
from concord.portal.events.sealing import seal
from concord.portal.models import IdempotencyKey, RateLimit

KEYS_KEPT = timedelta(hours=48)


@shared_task(ignore_result=True)
def seal_events() -> int:
    """Give committed events their public order, then see to what follows from them."""
    sealed = 0
    while batch := seal():
        sealed += batch
    if sealed:
        sweep_outbox.delay()
    return sealed


@shared_task(ignore_result=True)
def sweep_outbox() -> int:
    """Work off what waits in the outbox."""
    return work_off(now=timezone.now())


@shared_task(ignore_result=True)
def forget_old_keys() -> int:
    """Forget idempotency keys and rate limits that no longer matter."""
    now = timezone.now()
    RateLimit.objects.filter(arrival_at__lt=now).delete()
    forgotten, _ = IdempotencyKey.objects.filter(created_at__lt=now - KEYS_KEPT).delete()
    return forgotten
