"""One number for the state of the schema, so that migrating again can be skipped when nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def fingerprint() -> str:
    """Everything an up-to-date database is made from: migrations, grants, packages with migrations, matching keys."""
    return digest(
        [
            *PROJECT.glob("concord/*/migrations/*.py"),
            *PROJECT.glob("concord/*/management/commands/secure_database.py"),
            PROJECT / "concord/partners/matching/candidates.py",
            PROJECT / "concord/portal/settings/base.py",
            PROJECT / "requirements/base.txt",
            PROJECT / "ops/embedded_postgres.py",
        ]
    )


def digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.relative_to(PROJECT)}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()[:16]
