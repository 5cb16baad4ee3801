"""Giving committed events their public order: how many a second, and how long one waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any, Final

from bench.frame import Case
from bench.server import Server

#: events that are written one by one, each in a transaction of its own, while the sealer works at its beat
_WRITTEN: Final = 600
_A_SECOND: Final = 150
_LOAD: Final = """
SET LOCAL session_replication_role = replica;
TRUNCATE portal_outboxitem, portal_eventposition, portal_event, portal_event_head RESTART IDENTITY CASCADE;
INSERT INTO portal_event (
    verb, subject_type, subject_uuid, sequence, actor_name, actor_client, door, partner_id, visibility, payload, hash
)
SELECT CASE WHEN n % 10 = 0 THEN 'quote.issued' ELSE 'deal.activity_added' END, 'bench',
       ('00000000-0000-7000-8000-' || lpad((n / 60)::text, 12, '0'))::uuid, n % 60 + 1, 'Seller ' || n % 1000, '',
       'extranet', n % 200 + 1, 'partner', '{"activity":"' || gen_random_uuid() || '","kind":"call"}',
       sha256(n::text::bytea)
FROM generate_series(1, %(size)s) n
"""
# The same in one statement: the next events in order, their positions with the running root, their work.
_FLOOR: Final = """
WITH RECURSIVE next AS MATERIALIZED (
    SELECT id, hash, at, verb, row_number() OVER (ORDER BY xid, id) AS place FROM portal_event
    WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) AND (xid, id) > ('0'::xid8, 0) ORDER BY xid, id LIMIT %(batch)s
), chain(place, id, root) AS (
    SELECT place, id, sha256(hash) FROM next WHERE place = 1
    UNION ALL
    SELECT n.place, n.id, sha256(c.root || n.hash) FROM chain c JOIN next n ON n.place = c.place + 1
), sealed AS (
    INSERT INTO portal_eventposition (event_id, position, root) SELECT id, place, root FROM chain
)
INSERT INTO portal_outboxitem (event_id, target, state, attempts, next_at, last_error)
SELECT id, 'pricing.pdf:', 'waiting', 0, at, '' FROM next WHERE verb = 'quote.issued'
"""


class Seal:
    """One batch of so many waiting events, taken back again each time; the floor is one bare statement."""

    name = "seal"
    title = "Events sealed, a thousand at once"
    sizes: Sequence[int] = (10_000, 1_000_000)
    quick: Sequence[int] = (10_000,)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Measure how long an event waits on an empty log; then replace the log by so many unsealed events."""
        from django.db import connection, transaction

        from concord.portal.events.sealing import BATCH, seal

        figures: dict[str, float] = {}
        server.forget("deals", "home")  # their facts stand in the same log
        with server.connect() as bare:
            _load(bare, 0)
            figures |= _lag()
            _load(bare, size)
            bare.execute("VACUUM ANALYZE portal_event")
        times: list[float] = []

        def product(number: int) -> int:
            with transaction.atomic():
                begun = time.perf_counter()
                sealed = seal()
                times.append(time.perf_counter() - begun)
                transaction.set_rollback(True)
            assert sealed == min(BATCH, size)
            return sealed

        def floor(number: int) -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(_FLOOR, {"batch": BATCH})
                transaction.set_rollback(True)

        def done() -> None:
            figures["events a second"] = round(min(BATCH, size) * len(times) / sum(times))

        return Case(product, floor, calls=10, figures=figures, done=done)


def _load(bare: Any, size: int) -> None:
    with bare.transaction():
        statements = _LOAD.split(";\n")
        for statement in statements[:-1]:
            bare.execute(statement)
        bare.execute(statements[-1].replace("%(size)s", str(size)))


def _lag() -> dict[str, float]:
    """From the moment of a fact until it is sealed, with the sealer at its beat and a writer beside it."""
    from django.conf import settings
    from django.db import connection

    from concord.portal.events.sealing import seal

    beat = settings.CELERY_BEAT_SCHEDULE["seal-events"]["schedule"]
    writer = threading.Thread(target=_write)
    writer.start()
    sealed, due = 0, time.perf_counter()
    while sealed < _WRITTEN:
        due += beat
        while batch := seal():
            sealed += batch
        time.sleep(max(0.0, due - time.perf_counter()))
    writer.join()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP"
            " (ORDER BY extract(epoch FROM p.sealed_at - e.at) * 1000)"
            " FROM portal_eventposition p JOIN portal_event e ON e.id = p.event_id"
        )
        middle, late = cursor.fetchone()[0]
    return {"beat, ms": beat * 1000, "lag: median, ms": round(middle, 1), "lag: p95, ms": round(late, 1)}


def _write() -> None:
    import uuid

    from django.db import connection, transaction

    from concord.portal.actor import portal_actor
    from concord.portal.events import Subject, record

    actor = portal_actor()
    for _number in range(_WRITTEN):
        with transaction.atomic():
            record("bench.written", actor=actor, subject=Subject("bench", uuid.uuid4()))
        time.sleep(1 / _A_SECOND)
    connection.close()
