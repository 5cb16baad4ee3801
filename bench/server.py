"""The database of the benchmarks: an embedded server of their own, durable as a real one, migrated and secured.

``BENCH_DATABASE_URL`` (of the schema's owner, who may TRUNCATE) names another server; its data is replaced.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

from ops.embedded_postgres import DATABASE, OWNER, SUPERUSER, EmbeddedPostgres
from ops.schema import digest, fingerprint

PROJECT = Path(__file__).resolve().parents[1]
STATE = PROJECT / ".bench"
_SETTINGS = {"shared_buffers": "512MB", "maintenance_work_mem": "256MB", "max_wal_size": "4GB"}


class Server:
    """Started for one run and stopped behind it, unless it ran before."""

    def __init__(self) -> None:
        self.given = os.environ.get("BENCH_DATABASE_URL", "")
        self._embedded = None if self.given else EmbeddedPostgres(STATE, _SETTINGS)
        self._started = False

    @property
    def url(self) -> str:
        """Where Django connects to: as the owner, since data is replaced."""
        return self.given or (self._embedded.url(OWNER, DATABASE) if self._embedded else "")

    def start(self) -> None:
        """Start, and migrate when the schema's files have changed; the environment then points Django at it."""
        if self._embedded:
            self._started = self._embedded.start()
            self._embedded.prepare_databases()
        os.environ |= {
            "DATABASE_URL": self.url,
            "MIGRATION_DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "concord.portal.settings.test",
        }
        if self._noted("schema") != fingerprint():
            for command in ("migrate", "secure_database"):
                subprocess.run([sys.executable, "manage.py", command, "--verbosity=0"], check=True, cwd=PROJECT)
            self._note("schema", fingerprint())

    def stop(self) -> None:
        """Leave the server as it was found."""
        if self._embedded and self._started:
            self._embedded.stop()

    def connect(self) -> psycopg.Connection[Any]:
        """A bare connection, past every library: for loading and for floors."""
        url = self._embedded.url(SUPERUSER, DATABASE) if self._embedded else self.given
        return psycopg.connect(url, autocommit=True)

    # -- what is loaded ------------------------------------------------------------------------------------------

    def is_loaded(self, what: str, *made_from: Path, **facts: object) -> bool:
        """Whether exactly that data is there already, made by the same code."""
        return self._noted(what) == self._mark(made_from, facts)

    def loaded(self, what: str, *made_from: Path, **facts: object) -> None:
        """Remember what was loaded, so that the next run need not load it again."""
        self._note(what, self._mark(made_from, facts))
        with self.connect() as connection:
            connection.execute("VACUUM ANALYZE")

    def forget(self, *names: str) -> None:
        """Say that this data is there no more, because something else has taken its place."""
        for what in names:
            self._note(what, "")

    @staticmethod
    def _mark(made_from: tuple[Path, ...], facts: dict[str, object]) -> str:
        return json.dumps({"code": digest(made_from), **facts}, sort_keys=True)

    @property
    def _notes_file(self) -> Path:
        return STATE / "loaded.json"

    def _notes(self) -> dict[str, str]:
        if self.given or not self._notes_file.exists():
            return {}
        notes: dict[str, str] = json.loads(self._notes_file.read_text())
        return notes

    def _noted(self, what: str) -> str:
        return self._notes().get(what, "")

    def _note(self, what: str, mark: str) -> None:
        if self.given:  # nothing is known of another server, and the notes are about our own
            return
        STATE.mkdir(exist_ok=True)
        self._notes_file.write_text(json.dumps({**self._notes(), what: mark}, indent=2) + "\n")
