"""Fixtures of the tests with real workers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.faults.workers import Worker


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
