"""Feeds as files, and the real data that is carried or lies beside the project."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from concord.portal.actor import portal_actor
from concord.portal.enums import Door
from concord.portal.imports import ImportOutcome, kind_of, run_import

PROJECT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def _shared() -> Path | None:
    for place in (PROJECT.parent / "shared", PROJECT.parent.parent / "shared"):
        if (place / "data" / "catalogue").is_dir():
            return place / "data" / "catalogue"
    return None


@pytest.fixture
def carried() -> Path:
    """The demo's data, which the project carries."""
    return PROJECT / "data"


@pytest.fixture
def real_catalogue() -> Path:
    """The larger real data beside the project; tests on it are left out where there is none."""
    found = _shared()
    if found is None:
        pytest.skip("the real data does not lie beside the project here")
    return found


@pytest.fixture
def feed(db):
    """Import text or a file: ``feed("prices", "sku,unit_price\\nA,1", list="usd")``."""

    def run(kind, content, *, accept=False, dry=False, actor=None, now=NOW, **options) -> ImportOutcome:
        data = content.read_bytes() if isinstance(content, Path) else content
        raw = data.encode() if isinstance(data, str) else data
        wanted = kind_of(kind)
        actor = actor or portal_actor(Door.IMPORT)
        return run_import(
            wanted,
            io.BytesIO(raw),
            actor=actor,
            now=now,
            options=wanted.clean_options(actor, options),
            accept_good_rows=accept,
            dry_run=dry,
        )

    return run


def problems(outcome: ImportOutcome) -> list[tuple[int | None, str, str]]:
    """Row, column and code of everything that was wrong."""
    return [(error.row, error.column, error.code) for error in outcome.all_errors]
