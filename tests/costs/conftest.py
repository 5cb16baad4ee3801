"""A world of its own, made by the superuser in one transaction: only there can the database's rules be taken away."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from concord.deals.models import ProgrammeSettings
from concord.portal.models.brand import BrandSettings
from ops.embedded_postgres import APP, SUPERUSER
from tests.database import TestDatabase, point_django_at
from tests.permissions.world import World, make_world, undone


@pytest.fixture(scope="package")
def world(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, test_database: TestDatabase
) -> Iterator[World]:
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with django_db_blocker.unblock():
        point_django_at(test_database.url(SUPERUSER))
        with undone():
            made = make_world()
            for settings in (ProgrammeSettings, BrandSettings):
                settings.load()  # as every installation has them, once somebody looked
            yield made
        point_django_at(test_database.url(APP))
    structlog.reset_defaults()
    logging.disable(logging.NOTSET)
