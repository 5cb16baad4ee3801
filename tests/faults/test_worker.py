"""A real Celery worker in its own process, over each broker that is supported, on committed data.

What matters stands in the database; the broker only carries nudges. So the same fact has to be dealt with whether its
nudge arrives, or is lost and the beat comes round.
"""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import transaction
from kombu import Connection

from concord.portal.actor import portal_actor
from concord.portal.enums import Door
from concord.portal.events import Subject, record
from concord.portal.settings.base import broker_options
from tests.faults.workers import DONE_WITHIN, sender, wait_for

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["pgmq", "redis"])
def broker(request) -> str:
    return request.getfixturevalue(f"{request.param}_url")


def commit_a_fact() -> uuid.UUID:
    with transaction.atomic():
        return record("deal.noted", actor=portal_actor(Door.SHELL), subject=Subject("deal", uuid.uuid4())).uuid


def position(dsn: str, event: uuid.UUID) -> int | None:
    with psycopg.connect(dsn) as session:
        row = session.execute(
            "SELECT position FROM portal_eventposition JOIN portal_event e ON e.id = event_id WHERE e.uuid = %s",
            [event],
        ).fetchone()
    return row[0] if row else None


def test_a_nudge_is_carried_out(broker, start_worker, app_dsn):
    worker = start_worker(broker)
    event = commit_a_fact()
    assert position(app_dsn, event) is None, "nobody was told yet"

    with sender(broker) as app:
        app.send_task("concord.portal.tasks.seal_events")

    wait_for(lambda: position(app_dsn, event) is not None, DONE_WITHIN, worker.report)


def test_a_nudge_sent_while_no_worker_runs_waits_for_one(broker, start_worker, app_dsn):
    event = commit_a_fact()
    with sender(broker) as app:
        app.send_task("concord.portal.tasks.seal_events")
    assert position(app_dsn, event) is None

    worker = start_worker(broker)

    wait_for(lambda: position(app_dsn, event) is not None, DONE_WITHIN, worker.report)


def test_a_lost_nudge_costs_delay_and_nothing_else(broker, start_worker, app_dsn, tmp_path):
    event = commit_a_fact()

    worker = start_worker(broker, "--beat", "--schedule", str(tmp_path / "beat"))

    wait_for(lambda: position(app_dsn, event) is not None, DONE_WITHIN, worker.report)


def test_a_worker_that_is_asked_to_stop_does_so(broker, start_worker):
    assert start_worker(broker).stop() == 0


def test_many_processes_that_join_the_queue_at_once_do_not_collide(pgmq_url):
    options = broker_options(pgmq_url)
    together = threading.Barrier(6, timeout=30)

    def join(_: int) -> None:
        with Connection(pgmq_url, transport_options=options) as connection:
            connection.connect()
            channel = connection.default_channel
            together.wait()
            for _attempt in range(5):
                channel.queue_declare("crowded")

    with ThreadPoolExecutor(together.parties) as pool:
        for outcome in [pool.submit(join, number) for number in range(together.parties)]:
            outcome.result(timeout=60)
