"""One portal for all journeys, and people and systems that use it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.database import TestDatabase
from tests.journeys.cast import Cast
from tests.journeys.stack import Stack


@pytest.fixture(scope="package")
def stack(test_database: TestDatabase, pgmq_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """After all journeys, every rule that never bends must hold over all that they left."""
    portal = Stack(test_database, tmp_path_factory.mktemp("stack"), pgmq_url)
    try:
        portal.start()
        yield portal
        for command in ("check_invariants", "check_drift"):
            done = portal.manage(command)
            assert done.returncode == 0, f"{command}:\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
    finally:
        portal.stop()


@pytest.fixture(scope="package")
def cast(stack: Stack, browser: Browser) -> Iterator[Cast]:
    """Nobody's browser may have complained when all is over."""
    everybody = Cast(stack, browser)
    yield everybody
    for context in everybody.contexts:
        context.close()
    complaints = {role: person.complaints for role, person in everybody.people.items() if person.complaints}
    assert complaints == {}
