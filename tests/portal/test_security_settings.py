"""Production takes what matters from its environment, says clearly what is missing, and passes Django's own checks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core import checks
from django.db import connections

from concord.portal.checks import trigrams_work_on_chinese
from concord.portal.settings.base import postgres
from ops.embedded_postgres import APP
from tests.certificates import make_vouched_certificate
from tests.database import drop

PROJECT = Path(__file__).resolve().parents[2]
NEEDED = {
    "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nowhere",
    "ALLOWED_HOSTS": "portal.example.com",
    "BROKER_URL": "redis://127.0.0.1:1/0",
}


def production(*command: str, without: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    given = {name: value for name, value in NEEDED.items() if name != without}
    return subprocess.run(
        [sys.executable, *command],
        cwd=PROJECT,
        env={**plain, "DJANGO_SETTINGS_MODULE": "concord.portal.settings.production", **given, **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_all_checks_find_nothing_to_say_of_a_whole_set_up(tmp_path):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    make_vouched_certificate(certificate=certificate, key=key, now=datetime.now(UTC), days=365)
    signing = {
        "PDF_SIGNING_CERTIFICATE": str(certificate),
        "PDF_SIGNING_KEY": str(key),
        "PDF_TIMESTAMP_URL": "https://stamps.example.com/",
    }
    done = production("manage.py", "check", "--deploy", "--fail-level", "INFO", **signing)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_deploying_without_a_certificate_is_possible_and_said():
    done = production("manage.py", "check", "--deploy", "--fail-level", "ERROR")
    assert done.returncode == 0, done.stderr
    assert [line.split("(")[1].split(")")[0] for line in done.stderr.splitlines() if line.startswith("?: (")] == [
        "documents.W001",
        "documents.I001",
    ]


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_what_is_missing_is_named_and_nothing_takes_its_place(name):
    before = (PROJECT / ".demo").exists()
    done = production("manage.py", "check", without=name)
    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr
    assert name in done.stderr
    assert "embedded" not in done.stderr
    assert (PROJECT / ".demo").exists() == before


def test_cookies_and_transport_are_closed_and_debug_is_off():
    names = [
        "DEBUG", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_CONTENT_TYPE_NOSNIFF",
        "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE",
    ]  # fmt: skip
    program = f"import json; from django.conf import settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    done = production("-c", program)
    assert done.returncode == 0, done.stderr
    found = dict(zip(names, json.loads(done.stdout), strict=True))
    assert found.pop("SECURE_HSTS_SECONDS") >= 31_536_000
    assert [found.pop(name) for name in ("SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE")] == ["Lax", "Lax"]
    assert found.pop("DEBUG") is False
    assert all(value is True for value in found.values()), found


@pytest.mark.django_db
def test_the_start_up_check_is_content_with_a_server_that_knows_chinese():
    assert trigrams_work_on_chinese(databases=["default"]) == []
    assert trigrams_work_on_chinese in checks.registry.registry.get_checks(include_deployment_checks=False)


@pytest.fixture
def server_of_locale_c(test_server, django_db_setup):
    """A database as one gets it where nobody thought of the locale."""
    name = f"concord_test_c_{os.getpid()}"
    with test_server.session() as session:
        drop(session, name)
        session.execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'")
    with test_server.session(name) as session:
        session.execute("CREATE EXTENSION pg_trgm")
    connections.settings["locale_c"] = {**connections.settings["default"], **_address(test_server, name)}
    yield "locale_c"
    connections["locale_c"].close()
    del connections.settings["locale_c"]
    with test_server.session() as session:
        drop(session, name)


def _address(test_server, name):
    return postgres(test_server.url(APP, name), pool=False)


def test_the_start_up_check_tells_of_a_server_that_finds_nothing_in_chinese(server_of_locale_c, django_db_blocker):
    with django_db_blocker.unblock():
        problems = trigrams_work_on_chinese(databases=[server_of_locale_c])
    assert [problem.id for problem in problems] == ["portal.E001"]
