"""The embedded server: for its caller alone, with the right locale, keeping its data, leaving nothing behind."""

from __future__ import annotations

import os
import subprocess

import psycopg
import pytest

from ops.embedded_postgres import APP, BROKER_DATABASE, DATABASE, OWNER, SUPERUSER, TEST_SETTINGS, EmbeddedPostgres


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = EmbeddedPostgres(tmp_path_factory.mktemp("project") / ".demo", TEST_SETTINGS)
    server.start()
    server.prepare_databases()
    yield server
    server.destroy()
    assert not server.place.exists()
    assert not server.data.exists()


def ask(server, role, question, database=DATABASE):
    with psycopg.connect(server.url(role, database)) as session:
        return session.execute(question).fetchone()


def test_trigrams_see_chinese(server):
    assert ask(
        server, APP, "SELECT cardinality(show_trgm('中文')), datctype FROM pg_database WHERE datname = 'concord'"
    ) == (
        3,
        "C.UTF-8",
    )


def test_no_port_is_opened(server):
    assert ask(server, SUPERUSER, "SHOW listen_addresses") == ("",)


def test_the_application_can_neither_rise_nor_build(server):
    for statement in ("SET ROLE concord_owner", "SET ROLE postgres", "CREATE TABLE public.x ()", "CREATE ROLE x"):
        with psycopg.connect(server.url(APP, DATABASE)) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(statement)
    assert ask(
        server, OWNER, "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    ) == (False,)


def test_the_queue_has_a_database_of_its_own(server):
    assert ask(server, APP, "SELECT count(*) FROM pgmq.list_queues()", BROKER_DATABASE) == (0,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may try as somebody else")
def test_no_other_user_of_the_machine_gets_in(server):
    psql = server._programs / "psql"
    for role in (SUPERUSER, OWNER, APP):
        command = [psql, server.url(role, DATABASE), "-c", "SELECT 1"]
        done = subprocess.run(command, user="nobody", cwd="/", capture_output=True, text=True, check=False)
        assert "Peer authentication failed" in done.stderr, done


def test_starting_again_keeps_the_data(server):
    with psycopg.connect(server.url(OWNER, DATABASE)) as session:
        session.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert server.start() is False, "it was running"
    server.stop()
    assert not server.running()
    assert not server.socket_directory.exists(), "nothing is left outside of the project"
    assert server.start() is True
    server.prepare_databases()
    assert ask(server, OWNER, "SELECT answer FROM kept") == (42,)


def test_a_server_whose_socket_was_cleaned_away_is_started_anew(server):
    server._socket.unlink()
    assert server.start() is True
    assert ask(server, APP, "SELECT 1") == (1,)


def test_a_rivals_price_in_a_conflict_is_not_logged(server):
    with psycopg.connect(server.url(OWNER, DATABASE)) as session:
        session.execute("CREATE TABLE promise (price numeric UNIQUE)")
        session.execute("INSERT INTO promise VALUES (7331.42)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            session.execute("INSERT INTO promise VALUES (7331.42)")
    log = (server.data / "server.log").read_text()
    assert "duplicate key" in log
    assert "7331" not in log
