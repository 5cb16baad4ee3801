"""The demo's database: started, migrated and secured; migrated again only when the schema's files have changed."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from ops.console import Failure, child_environment, end_on_signals, run
from ops.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from ops.environment import DEMO_SETTINGS, DEMO_STATE, PROJECT, demo_environment
from ops.schema import digest, fingerprint

PREPARED = DEMO_STATE / "prepared.json"


class Database:
    """The embedded server, or the given one, which is neither started nor stopped here and never trusted to notes."""

    def __init__(self) -> None:
        self.given = os.environ.get("DATABASE_URL", "")
        self.server = None if self.given else EmbeddedPostgres(DEMO_STATE)

    def start(self) -> dict[str, str]:
        """Start what is ours to start; the variables that the portal's processes need."""
        DEMO_STATE.mkdir(exist_ok=True)
        if self.server is None:
            return self._given_environment()
        if not self.server.exists():
            PREPARED.unlink(missing_ok=True)  # notes about a database that is gone
        self.server.start()
        return {"DJANGO_SETTINGS_MODULE": DEMO_SETTINGS, **demo_environment(self.server)}

    def _given_environment(self) -> dict[str, str]:
        lacking = [name for name in ("BROKER_URL", "SECRET_KEY") if not os.environ.get(name)]
        if lacking:
            raise Failure(
                f"With a DATABASE_URL of your own, set {' and '.join(lacking)} as well (BROKER_URL: pgmq://… or redis://…)."
            )
        return {"DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", DEMO_SETTINGS)}

    def stop(self) -> None:
        if self.server is not None:
            self.server.stop()

    def prepare(self) -> None:
        """Bring the schema up to date, and leave the server as it was found: stopped."""
        schema = fingerprint()
        if self.server is not None and self.server.exists() and self._notes().get("schema") == schema:
            return
        try:
            environment = child_environment(self.start())
            if self.server is not None:
                self.server.prepare_databases()
            for command in ("migrate", "secure_database", "prepare_broker", "refresh_matching_keys"):
                run([sys.executable, "manage.py", command, "--verbosity=0"], env=environment, cwd=PROJECT)
        finally:
            self.stop()
        self._note(schema=schema)

    def is_loaded(self) -> bool:
        """A given database is always loaded again: importing what is there already changes nothing."""
        return self.server is not None and self._notes().get("data") == data_fingerprint()

    def mark_loaded(self) -> None:
        self._note(data=data_fingerprint())

    @staticmethod
    def _notes() -> dict[str, Any]:
        try:
            notes: dict[str, Any] = json.loads(PREPARED.read_text())
        except (OSError, ValueError):
            return {}
        return notes

    def _note(self, **facts: str) -> None:
        PREPARED.write_text(json.dumps({**self._notes(), **facts}, indent=2) + "\n")


def data_fingerprint() -> str:
    """The carried data and the code that loads it."""
    tracked = [path for path in (PROJECT / "data").rglob("*") if path.is_file()]
    loaders = [*PROJECT.glob("concord/cms/demo/*.py"), *PROJECT.glob("concord/cms/management/commands/load_demo.py")]
    return digest([*tracked, *loaders])


def main(arguments: list[str]) -> int:
    command = arguments[0]
    database = Database()
    end_on_signals()
    try:
        if command == "prepare":
            database.prepare()
        elif database.server is None:
            print(
                "DATABASE_URL names a database of your own: this command neither stops nor empties it.", file=sys.stderr
            )
            return 1
        elif command == "demo-reset":
            database.server.destroy()
        else:
            database.server.stop()
            print("The demo's database is stopped.")
    except KeyboardInterrupt:
        return 130
    except (Failure, EmbeddedPostgresError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
