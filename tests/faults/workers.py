"""Real Celery workers in their own processes, and what tells them to do something."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings

from concord.portal.settings.base import broker_options

PROJECT = Path(__file__).resolve().parents[2]
READY_WITHIN = 60
DONE_WITHIN = 30


class Worker:
    """One worker process, with two threads."""

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
                    "MEDIA_ROOT": settings.MEDIA_ROOT,
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
