"""What the runners hand to the settings: a given DATABASE_URL, or the embedded server of the demo.

`.demo/environment.json` (readable by its owner alone) remembers the demo's addresses and its secret key, so that a
`manage.py` started beside a running demo finds the same database.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import MutableMapping
from pathlib import Path

from ops.embedded_postgres import APP, DATABASE, OWNER, EmbeddedPostgres

PROJECT = Path(__file__).resolve().parents[1]
DEMO_STATE = PROJECT / ".demo"
DEMO_SETTINGS = "concord.portal.settings.demo"

# Commands that change the schema or its grants sign in as the schema's owner; everything else as the application.
OWNER_COMMANDS = frozenset({"migrate", "secure_database", "createcachetable", "pgtrigger"})


def demo_environment(server: EmbeddedPostgres) -> dict[str, str]:
    """The demo's variables, made once and kept: a new secret key would end every session."""
    path = DEMO_STATE / "environment.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    variables = {
        "DATABASE_URL": server.url(APP, DATABASE),
        "MIGRATION_DATABASE_URL": server.url(OWNER, DATABASE),
        "BROKER_URL": server.broker_url(),
        "SECRET_KEY": kept.get("SECRET_KEY") or secrets.token_urlsafe(50),
    }
    if variables != kept:
        write_private(path, json.dumps(variables, indent=2) + "\n")
    return variables


def write_private(path: Path, text: str) -> None:
    """Replace a file that only its owner may read, never leaving half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
    temporary.replace(path)


def use_demo(environ: MutableMapping[str, str]) -> None:
    """For `manage.py` when nothing was chosen: the demo's settings and its server, said aloud."""
    server = EmbeddedPostgres(DEMO_STATE)
    if server.start():
        server.prepare_databases()
        print(
            "concord: neither DATABASE_URL nor DJANGO_SETTINGS_MODULE is set: started the demo's embedded PostgreSQL "
            "(`make demo-stop` ends it).",
            file=sys.stderr,
        )
    for name, value in demo_environment(server).items():
        environ.setdefault(name, value)
    environ["DJANGO_SETTINGS_MODULE"] = DEMO_SETTINGS


def sign_in_as_owner(command: str, environ: MutableMapping[str, str]) -> None:
    """Point the schema's own commands at the role that owns the schema."""
    owner = environ.get("MIGRATION_DATABASE_URL")
    if owner and command in OWNER_COMMANDS:
        environ["DATABASE_URL"] = owner
