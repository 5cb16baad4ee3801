"""One portal for all journeys, and people and systems that use it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.database import TestDatabase
from tests.journeys.stack import Stack


@pytest.fixture(scope="package")
def stack(test_database: TestDatabase, pgmq_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    portal = Stack(test_database, tmp_path_factory.mktemp("stack"), pgmq_url)
    try:
        portal.start()
        yield portal
    finally:
        portal.stop()
