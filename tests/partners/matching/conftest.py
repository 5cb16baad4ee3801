"""Where the real data stands that matching is measured on."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project. It must be there: these tests are not skipped without it."""
    root = Path(__file__).resolve().parents[3]
    places = [root.parent / "shared" / "data", root.parent.parent / "shared" / "data"]
    found = next((place for place in places if (place / "matching").is_dir()), None)
    assert found is not None, f"the real data was looked for in {places[0]} and {places[1]}"
    return found
