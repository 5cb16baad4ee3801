"""Which database a command meets: the given one always wins, and production never meets the embedded one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops.environment import sign_in_as_owner, write_private

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("command", "role"), [("migrate", "owner"), ("secure_database", "owner"), ("shell", "app")])
def test_only_commands_of_the_schema_sign_in_as_its_owner(command, role):
    environ = {"DATABASE_URL": "app", "MIGRATION_DATABASE_URL": "owner"}
    sign_in_as_owner(command, environ)
    assert environ["DATABASE_URL"] == role


def test_without_an_owner_the_one_address_is_used():
    environ = {"DATABASE_URL": "app"}
    sign_in_as_owner("migrate", environ)
    assert environ["DATABASE_URL"] == "app"


@pytest.mark.parametrize("entry", ["concord.portal.wsgi", "concord.portal.celery"])
def test_production_without_its_settings_fails_instead_of_using_the_embedded_server(entry):
    code = (
        f"import importlib; importlib.import_module({entry!r}).app.conf.broker_url"
        if "celery" in entry
        else f"import {entry}"
    )
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, "-c", code], env=bare, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr
    assert "SECRET_KEY" in done.stderr


def test_with_a_database_of_ones_own_manage_means_production():
    variables = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql://nobody@/nowhere?host=/nonexistent"}
    done = subprocess.run(
        [sys.executable, PROJECT / "manage.py", "check"], env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr
    assert "embedded" not in done.stderr


def test_secrets_are_for_their_owner_alone(tmp_path):
    path = tmp_path / "secret.json"
    path.write_text("old, and readable by all")
    write_private(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o077 == 0
