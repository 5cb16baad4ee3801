"""The queue on PostgreSQL: its tables, laid out once in a database of its own.

The SQL comes with the client library, so the server needs no extension. One function is made safe to call from many
processes: as delivered it drops and creates the queue's trigger whenever a process connects, so that two of them
starting at the same moment collide, and one dies.
"""

from __future__ import annotations

import psycopg
from pgmq import install_pgmq_from_sql

ONCE_PER_QUEUE = """
ALTER FUNCTION pgmq.enable_notify_insert(text, integer) RENAME TO enable_notify_insert_anew;

CREATE FUNCTION pgmq.enable_notify_insert(queue_name text, throttle_interval_ms integer DEFAULT 250) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pgmq.acquire_queue_lock(queue_name);
    IF NOT EXISTS (
        SELECT FROM pg_trigger
        WHERE tgname = 'trigger_notify_queue_insert_listeners'
          AND tgrelid = to_regclass(format('pgmq.%I', pgmq.format_table_name(queue_name, 'q')))
    ) THEN
        PERFORM pgmq.enable_notify_insert_anew(queue_name, throttle_interval_ms);
    END IF;
END;
$$;
"""


def prepare_broker(conninfo: str) -> bool:
    """Lay out the queue's tables in the database that ``conninfo`` names; False when they are there already."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('concord.prepare_broker'))")
        laid_out = connection.execute("SELECT to_regnamespace('pgmq') IS NOT NULL").fetchone() == (True,)
        if not laid_out:
            install_pgmq_from_sql(conn=connection)
        safe = connection.execute("SELECT to_regproc('pgmq.enable_notify_insert_anew') IS NOT NULL").fetchone()
        if safe != (True,):
            connection.execute(ONCE_PER_QUEUE)
    return not laid_out
