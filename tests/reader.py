"""Every test begins with the same reader: English, UTC. A request speaks its own language and leaves it behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone, translation


@pytest.fixture(autouse=True)
def english_reader_in_utc() -> Iterator[None]:
    with translation.override("en"), timezone.override("UTC"):
        yield
