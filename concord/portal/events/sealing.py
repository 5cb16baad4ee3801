"""Giving committed events their public order, and each consumer its row of work.

An event may be numbered once no transaction older than its own is still open: its transaction id lies below the
snapshot's horizon. Ids, times and UUIDs are drawn before the commit and would skip events under concurrency.
"""

from __future__ import annotations

from django.db import connection, transaction

from concord.portal.events.chain import next_root
from concord.portal.events.consumers import consumers_of
from concord.portal.locking import Space, try_lock
from concord.portal.models import Event, EventPosition, OutboxItem

BATCH = 1_000

_NEXT = """
WITH last AS (
    SELECT e.xid, e.id FROM portal_eventposition p JOIN portal_event e ON e.id = p.event_id
    ORDER BY p.position DESC LIMIT 1
)
SELECT e.id FROM portal_event e
WHERE e.xid < pg_snapshot_xmin(pg_current_snapshot())
  AND (e.xid, e.id) > (COALESCE((SELECT xid FROM last), '0'::xid8), COALESCE((SELECT id FROM last), 0))
ORDER BY e.xid, e.id LIMIT %s
"""


def seal(batch: int = BATCH) -> int:
    """Number the next committed events and lay out their outbox rows, in one transaction; how many were sealed.

    Only one sealer works at a time; a second one returns 0 at once. Safe to repeat.
    """
    with transaction.atomic():
        if not try_lock(Space.SEALER, 0):
            return 0
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, [batch])
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return 0
        found = Event.objects.unscoped("sealing numbers every event").in_bulk(ids)
        last = EventPosition.objects.order_by("-position").first()
        position, root = (last.position, bytes(last.root)) if last else (0, b"")
        sealed: list[EventPosition] = []
        work: list[OutboxItem] = []
        for event_id in ids:
            event = found[event_id]
            position += 1
            root = next_root(root, bytes(event.hash))
            sealed.append(EventPosition(event=event, position=position, root=root))
            work.extend(
                OutboxItem(event=event, target=f"{consumer.name}:{target}", next_at=event.at)
                for consumer in consumers_of(event.verb)
                for target in consumer.targets(event)
            )
        EventPosition.objects.bulk_create(sealed)
        OutboxItem.objects.bulk_create(work, ignore_conflicts=True)
        return len(sealed)
