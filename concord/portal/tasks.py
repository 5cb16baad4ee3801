"""The floor's background work. Each task is safe to repeat and to lose: the next beat does it again."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from concord.portal.actor import portal_actor
from concord.portal.events.outbox import work_off
from concord.portal.events.sealing import seal
from concord.portal.imports.runs import FINAL, carry_out
from concord.portal.invariants import broken_invariants, check_due, invariants, keep_check
from concord.portal.locking import Space, try_lock
from concord.portal.models import CheckRun, IdempotencyKey, ImportRun, RateLimit
from concord.portal.work import unit_of_work

KEYS_KEPT = timedelta(hours=48)
#: an import that nobody has begun, or that broke off, is looked at again after this long
IMPORT_PATIENCE = timedelta(seconds=60)


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


@shared_task(ignore_result=True, time_limit=3_600, soft_time_limit=3_500)
def carry_out_import(run_id: int) -> None:
    """Do the work of one import. Repeating it does nothing twice."""
    carry_out(run_id, now=timezone.now())


@shared_task(ignore_result=True)
def resume_imports() -> None:
    """Start again what was lost with a broker or a worker; who is still at work is left alone by the run's lock."""
    waiting = ImportRun.objects.unscoped("looking after everybody's imports").exclude(state__in=FINAL)
    for run_id in waiting.filter(created_at__lt=timezone.now() - IMPORT_PATIENCE).values_list("pk", flat=True)[:20]:
        carry_out_import.delay(run_id)


@shared_task(ignore_result=True, time_limit=7_200)
def check_invariants_nightly() -> int:
    """Look at the whole database once a night, later when the night was missed; how many findings."""
    started = timezone.now()
    with unit_of_work():
        # A night's look may take longer than the beat: the next one finds somebody at it.
        if not check_due(CheckRun.Kind.INVARIANTS, now=started) or not try_lock(Space.CHECK, 1):
            return 0
        found = list(broken_invariants(now=started))
        keep_check(
            actor=portal_actor(),
            kind=CheckRun.Kind.INVARIANTS,
            started_at=started,
            finished_at=timezone.now(),
            examined=len(invariants),
            found=found,
        )
    return len(found)
