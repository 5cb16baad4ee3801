"""Real PostgreSQL for the tests: migrated once, cloned for every worker and after every test that commits.

The tables that matter refuse TRUNCATE and deletes, so Django's own way of clearing up after a transactional test
(`flush`) cannot work here and would also throw away what migrations put in. A template database is therefore migrated
once per state of the migrations, by the role that owns the schema, and cloned. Tests themselves sign in as the
application's role: a missing grant fails a test before it fails a customer.

The server is the embedded one (in `.test/`), or the one that TEST_DATABASE_URL names (as a superuser; for one worker).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from ops.embedded_postgres import (
    APP,
    OWNER,
    SUPERUSER,
    TEST_SETTINGS,
    EmbeddedPostgres,
    create_database,
    create_extensions,
    create_roles,
)
from ops.schema import fingerprint

PROJECT = Path(__file__).resolve().parents[1]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
# A server for each worker: what is sealed, and when, depends on the oldest transaction of the whole server, and one
# worker's long transaction must not hold up what another one tests.
STATE = PROJECT / ".test" / WORKER
LOCK = 0x636F6E63  # any constant: one builder of the template at a time on a server
KEPT_TEMPLATES = 3


@dataclass
class TestServer:
    """The server under the tests, and the addresses of its databases."""

    __test__ = False
    given: str = field(default_factory=lambda: os.environ.get("TEST_DATABASE_URL", ""))

    @cached_property
    def embedded(self) -> EmbeddedPostgres:
        return EmbeddedPostgres(STATE, TEST_SETTINGS)

    @cached_property
    def _passwords(self) -> dict[str, str]:
        """The same for every worker of a run, and known to nobody who does not know the superuser's."""
        return {role: hashlib.sha256(f"{role} {self.given}".encode()).hexdigest() for role in (OWNER, APP)}

    def start(self) -> None:
        if self.given:
            with self.session() as connection:
                create_roles(connection, self._passwords)
        else:
            self.embedded.start()

    def stop_when_unused(self) -> None:
        """Leave no server behind, unless another run is using it."""
        if self.given or not self.embedded.running():
            return
        with self.session() as connection:
            others = connection.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
        if others == (0,):
            self.embedded.stop()

    def url(self, role: str, database: str) -> str:
        if not self.given:
            return self.embedded.url(role, database)
        parts = urlsplit(self.given)
        address = parts.netloc.rpartition("@")[2]
        signed_in = parts.netloc if role == SUPERUSER else f"{role}:{self._passwords[role]}@{address}"
        return urlunsplit(parts._replace(netloc=signed_in, path=f"/{database}"))

    @contextmanager
    def session(self, database: str = "postgres") -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.url(SUPERUSER, database), autocommit=True) as connection:
            yield connection

    @contextmanager
    def locked(self) -> Iterator[psycopg.Connection]:
        with self.session() as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            yield connection

    def clone(self, template: str, name: str) -> None:
        with self.session() as connection:
            drop(connection, name)
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER)
                )
            )


def drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def ensure_template(server: TestServer) -> str:
    name = f"concord_template_{fingerprint()}"
    with server.locked() as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        building = f"concord_building_{secrets.token_hex(4)}"
        create_database(connection, building, OWNER)
        try:
            with server.session(building) as inside:
                create_extensions(inside)
            build_schema(server, building)
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name))
            )
        except BaseException:
            drop(connection, building)
            raise
        if not server.given:
            forget_old_templates(connection)
    return name


def build_schema(server: TestServer, database: str) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "concord.portal.settings.test",
        "DATABASE_URL": server.url(APP, database),
        "MIGRATION_DATABASE_URL": server.url(OWNER, database),
    }
    for command in ("migrate", "secure_database"):
        done = subprocess.run(
            [sys.executable, PROJECT / "manage.py", command, "--verbosity=0"],
            cwd=PROJECT,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            pytest.exit(f"The test database could not be prepared: {command} failed.\n{done.stderr}", returncode=1)


def forget_old_templates(connection: psycopg.Connection) -> None:
    names = connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'concord_template_%%' ORDER BY oid DESC OFFSET %s",
        [KEPT_TEMPLATES],
    ).fetchall()
    for (name,) in names:
        drop(connection, name)


def forget_abandoned_clones(server: TestServer) -> None:
    """Drop what a killed run left. Only on our own server, where the process number in the name means something."""
    if server.given:
        return
    with server.session() as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'concord_test_%'").fetchall()
        for (name,) in names:
            number = name.rpartition("_")[2]
            if number.isdigit() and not Path(f"/proc/{number}").exists() and Path("/proc/self").exists():
                drop(connection, name)


@dataclass
class TestDatabase:
    """This worker's clone."""

    __test__ = False
    server: TestServer
    template: str
    name: str

    def url(self, role: str) -> str:
        return self.server.url(role, self.name)

    def renew(self) -> None:
        """Give the next test the template's data again."""
        from django.contrib.contenttypes.models import ContentType
        from django.db import connections

        connections.close_all()
        self.server.clone(self.template, self.name)
        ContentType.objects.clear_cache()


def point_django_at(url: str) -> None:
    """Change the settings in place: connections that are made later, in any thread, read the same dictionary."""
    from django.db import connections

    from concord.portal.settings.base import postgres

    target = postgres(url, pool=False)
    settings = connections.settings["default"]
    for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS"):
        settings[name] = target[name]
    connections["default"].close()


@pytest.fixture(scope="session")
def test_server() -> TestServer:
    server = TestServer()
    server.start()
    return server


@pytest.fixture(scope="session")
def test_database(test_server: TestServer) -> Iterator[TestDatabase]:
    forget_abandoned_clones(test_server)
    name = f"concord_test_{WORKER or 'main'}_{os.getpid()}"
    database = TestDatabase(test_server, ensure_template(test_server), name)
    test_server.clone(database.template, database.name)
    yield database
    with test_server.session() as connection:
        drop(connection, database.name)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: pytest.FixtureRequest,
    test_database: TestDatabase,
) -> Iterator[None]:
    """In the place of pytest-django's own: no second migration, no flush."""
    from django.test import TransactionTestCase

    point_django_at(test_database.url(APP))
    original: Callable[[TransactionTestCase], None] = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: test_database.renew()
    yield
    TransactionTestCase._fixture_teardown = original
    from django.db import connections

    connections.close_all()


@pytest.fixture
def superuser_dsn(django_db_setup: None, test_database: TestDatabase) -> str:
    """For what only an administrator of the server may do (tampering with the log, say)."""
    return test_database.url(SUPERUSER)


@pytest.fixture
def owner_dsn(django_db_setup: None, test_database: TestDatabase) -> str:
    """The role that owns the schema: what a migration may do."""
    return test_database.url(OWNER)


@pytest.fixture
def app_dsn(django_db_setup: None, test_database: TestDatabase) -> str:
    """The role web and worker use; connections of your own see only what has been committed."""
    return test_database.url(APP)


@pytest.fixture(scope="session")
def pgmq_url(test_server: TestServer) -> Iterator[str]:
    """A queue on PostgreSQL for a real worker, in a database of its own as in the demo."""
    name = f"concord_test_broker_{WORKER or 'main'}_{os.getpid()}"
    with test_server.session() as connection:
        create_database(connection, name, APP)
    from concord.portal.broker import prepare_broker

    url = test_server.url(APP, name)
    prepare_broker(url)
    yield celery_url(test_server, name)
    with test_server.session() as connection:
        drop(connection, name)


def celery_url(server: TestServer, database: str) -> str:
    if not server.given:
        return server.embedded.broker_url(database)
    parts = urlsplit(server.url(APP, database))
    return f"pgmq://{parts.netloc}/{database}"


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of this run's own, on a socket, keeping nothing."""
    folder = tmp_path_factory.mktemp("redis")
    # A socket's path is limited to 107 bytes; pytest's folders can be longer.
    path = Path(f"/tmp/concord-redis-{os.getpid()}-{secrets.token_hex(4)}.sock")
    process = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", path, "--unixsocketperm", "700", "--save", "", "--dir", folder],
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 10
        while not path.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("redis-server did not start")
            time.sleep(0.02)
        yield f"redis+socket://{path}"
    finally:
        process.terminate()
        process.wait(timeout=10)
        path.unlink(missing_ok=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    server = TestServer()
    if not server.given and STATE.exists():
        server.stop_when_unused()
