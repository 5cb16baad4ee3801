"""Which tests run together on one of the parallel workers: a file, and all journeys, which share one portal."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

TOGETHER = "tests/journeys/"


class ByFile(LoadFileScheduling):
    """A file is a unit of work; the journeys are one unit, so that their portal is started once."""

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER if nodeid.startswith(TOGETHER) else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """In the place of ``--dist loadfile``."""
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None
