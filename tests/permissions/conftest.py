"""The world is built once for the whole folder, in one transaction; every visit is undone."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.permissions.world import World, make_world, undone


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    # Thousands of requests are refused on purpose; a log line for each would only bury the one that matters.
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with django_db_blocker.unblock(), undone():
        yield make_world()
    structlog.reset_defaults()
    logging.disable(logging.NOTSET)
