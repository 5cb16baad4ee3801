"""Working off the outbox: one row, one transaction, one commit. Losing the broker or a worker costs delay only."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from concord.portal.enums import OutboxState
from concord.portal.events.consumers import consumer_named
from concord.portal.models import OutboxItem

logger = structlog.get_logger(__name__)

#: pauses between attempts; after the last one the row waits for a human
PAUSES = (5, 30, 120, 600, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400)


def work_off(*, now: datetime, limit: int = 100) -> int:
    """Deliver up to ``limit`` due rows; how many were taken. Several workers may do this at once."""
    taken = 0
    while taken < limit and _deliver_next(now=now):
        taken += 1
    return taken


def _deliver_next(*, now: datetime) -> bool:
    with transaction.atomic():
        item = (
            OutboxItem.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("event")
            .filter(state=OutboxState.WAITING, next_at__lte=now)
            .order_by("next_at", "id")
            .first()
        )
        if item is None:
            return False
        name, _, target = item.target.partition(":")
        consumer = consumer_named(name)
        item.attempts += 1
        try:
            if consumer is None:
                raise LookupError(f"no consumer is named {name}")
            with transaction.atomic():
                consumer.handle(item.event, target)
        except Exception as error:  # noqa: BLE001 - whatever a consumer raises is a failed attempt, kept on its row
            _postpone(item, error, now=now)
        else:
            item.state = OutboxState.DONE
            item.done_at = now
            item.last_error = ""
        item.save()
        return True


def _postpone(item: OutboxItem, error: Exception, *, now: datetime) -> None:
    # The class alone: a message may carry what must not be kept.
    item.last_error = type(error).__name__
    logger.warning("outbox_attempt_failed", target=item.target, event_id=item.event_id, error=item.last_error)
    if item.attempts > len(PAUSES):
        item.state = OutboxState.DEAD
        return
    item.next_at = now + timedelta(seconds=PAUSES[item.attempts - 1])
