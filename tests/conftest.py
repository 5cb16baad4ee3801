"""Fixtures that every test may use."""

from __future__ import annotations

from tests.browser import browser_type_launch_args, open_page  # noqa: F401 - see below
from tests.cast import cast  # noqa: F401 - a fixture
from tests.database import (  # noqa: F401 - pytest finds fixtures and hooks by their names in this module
    app_dsn,
    django_db_setup,
    owner_dsn,
    pgmq_url,
    pytest_sessionfinish,
    redis_url,
    superuser_dsn,
    test_database,
    test_server,
)
from tests.reader import english_reader_in_utc  # noqa: F401 - a fixture
from tests.scheduling import pytest_xdist_make_scheduler  # noqa: F401 - a hook
