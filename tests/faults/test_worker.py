"""A real Celery worker in its own process, over each broker that is supported, on committed data.

What matters stands in the database; the broker only carries nudges. So the same fact has to be dealt with whether its
nudge arrives, or is lost and the beat comes round.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from celery import Celery
from django.db import transaction
from kombu import Connection

from concord.portal.actor import portal_actor
from concord.portal.enums import Door
from concord.portal.events import Subject, record
from concord.portal.settings.base import broker_options

PROJECT = Path(__file__).resolve().parents[2]
READY_WITHIN = 60
DONE_WITHIN = 30

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["pgmq", "redis"])
def broker(request) -> str:
    return request.getfixturevalue(f"{request.param}_url")


class Worker:
    def __init__(self, broker: str, database: str, log: Path, *options: str) -> None:
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "celery", "--app", "concord.portal.celery:app", "worker", "--pool", "threads",
                    "--concurrency", "2", "--loglevel", "info", "--without-gossip", "--without-mingle", *options,
                ],
                cwd=PROJECT,
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "concord.portal.settings.test",
                    "DATABASE_URL": database,
                    "BROKER_URL": broker,
                },
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip

    def wait_until_ready(self) -> None:
        wait_for(lambda: self.died() or " ready." in self.log.read_text(), READY_WITHIN, self.report)
        assert not self.died(), self.report()

    def died(self) -> bool:
        return self.process.poll() is not None

    def report(self) -> str:
        return f"worker's code {self.process.poll()}, log:\n{self.log.read_text()[-4000:]}"

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def kill(self) -> None:
        if not self.died():
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture
def start_worker(app_dsn, tmp_path) -> Iterator[Callable[..., Worker]]:
    with ExitStack() as stack:

        def start(broker: str, *options: str, wait: bool = True) -> Worker:
            worker = Worker(broker, app_dsn, tmp_path / f"worker-{uuid.uuid4()}.log", *options)
            stack.callback(worker.kill)
            if wait:
                worker.wait_until_ready()
            return worker

        yield start


@contextmanager
def sender(broker: str) -> Iterator[Celery]:
    """What web processes are to the broker; ours runs tasks at once, so the test brings its own."""
    app = Celery("sender", broker=broker, set_as_current=False)
    app.conf.broker_transport_options = broker_options(broker)
    app.conf.task_default_queue = "concord"
    try:
        yield app
    finally:
        app.close()


def wait_for(condition: Callable[[], bool], seconds: float, report: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds} s; {report()}")
        time.sleep(0.05)


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
