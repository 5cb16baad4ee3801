"""The world is built once for the whole folder, in one transaction; every visit is undone.

Its rows are counted from numbers that stand nowhere else, so that one of them on a page is noticed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
import structlog

from ops.embedded_postgres import SUPERUSER
from tests.database import TestDatabase
from tests.permissions.world import FIRST_NUMBER, World, make_world, undone


@pytest.fixture(scope="package")
def world(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, test_database: TestDatabase
) -> Iterator[World]:
    # Thousands of requests are refused on purpose; a log line for each would only bury the one that matters.
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with counted_from(FIRST_NUMBER, test_database.url(SUPERUSER)), django_db_blocker.unblock(), undone():
        yield make_world()
    structlog.reset_defaults()
    logging.disable(logging.NOTSET)


@contextmanager
def counted_from(first: int, url: str) -> Iterator[None]:
    """Let the next row of every table of ours have a number like no other; afterwards they count on as before."""
    tables = (
        "SELECT schemaname || '.' || sequencename, last_value FROM pg_sequences WHERE data_type = 'bigint'::regtype"
    )
    ours = " AND sequencename ~ '^(deals|pricing|partners|portal|documents)_'"
    with psycopg.connect(url, autocommit=True) as connection:
        before = connection.execute(tables + ours).fetchall()
        for name, _last in before:
            connection.execute("SELECT setval(%s, %s)", [name, first])
        yield
        for name, last in before:
            connection.execute("SELECT setval(%s, %s, %s)", [name, last or 1, last is not None])
