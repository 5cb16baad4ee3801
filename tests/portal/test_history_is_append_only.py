"""History cannot be altered unseen: the application is refused, and what a superuser does is found."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection, transaction

from concord.portal.actor import portal_actor
from concord.portal.events import Subject, record
from concord.portal.events.chain import verify_all
from concord.portal.events.sealing import seal

pytestmark = pytest.mark.django_db(transaction=True)

APPLICATION_TRIES = {
    "alter": "UPDATE portal_event SET payload = '{}'",
    "delete": "DELETE FROM portal_event",
    "truncate": "TRUNCATE portal_event CASCADE",
    "switch the trigger off": "ALTER TABLE portal_event DISABLE TRIGGER ALL",
    "drop the trigger": "DROP TRIGGER event_chained ON portal_event",
    "replace the trigger's function": (
        "CREATE OR REPLACE FUNCTION concord_chain_event() RETURNS trigger"
        " LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
    ),
    "pretend to be a replica": "SET session_replication_role = replica",
    "rewind the head": "UPDATE portal_event_head SET sequence = 0",
    "insert a head": "INSERT INTO portal_event_head VALUES ('deal', gen_random_uuid(), 9, 'x')",
    "move a position": "UPDATE portal_eventposition SET position = position + 10",
    "forget a position": "DELETE FROM portal_eventposition",
    "change the table": "ALTER TABLE portal_event ADD COLUMN note text",
}


@pytest.fixture
def chain() -> list[uuid.UUID]:
    """Three subjects with four sealed facts each."""
    subjects = [uuid.uuid4() for _ in range(3)]
    for number in range(4):
        for one in subjects:
            with transaction.atomic():
                record("deal.noted", actor=portal_actor(), subject=Subject("deal", one), payload={"number": number})
    seal()
    assert list(verify_all()) == []
    return subjects


@pytest.mark.parametrize("attempt", APPLICATION_TRIES)
def test_the_application_is_refused(chain: list[uuid.UUID], attempt: str) -> None:
    with pytest.raises(Exception, match=r"permission denied|must be owner|append-only"), transaction.atomic():
        connection.cursor().execute(APPLICATION_TRIES[attempt])
    assert list(verify_all()) == []


@pytest.fixture
def superuser(superuser_dsn: str, chain: list[uuid.UUID]) -> Iterator[Callable[[str], None]]:
    """Runs SQL as the database's superuser with every trigger off, as an intruder with full access would."""
    del chain
    with psycopg.connect(superuser_dsn, autocommit=True) as intruder:
        intruder.execute("SET session_replication_role = replica")
        yield lambda statement: intruder.execute(statement) and None


FIRST = "subject_uuid = (SELECT subject_uuid FROM portal_event ORDER BY id LIMIT 1)"

#: what an intruder does, and what the verifier calls it
TAMPERING = {
    "edits a payload": ("UPDATE portal_event SET payload = '{\"number\":7}' WHERE sequence = 2", {"content"}),
    "edits who did it": ("UPDATE portal_event SET actor_name = 'Somebody else' WHERE sequence = 3", {"content"}),
    "edits when it was": ("UPDATE portal_event SET at = at - interval '1 day' WHERE sequence = 1", {"content"}),
    "hides it from the partner": ("UPDATE portal_event SET visibility = 'internal'", {"content"}),
    "edits and rehashes one": (
        "UPDATE portal_event SET hash = sha256('forged') WHERE sequence = 2",
        {"content", "link", "root"},
    ),
    "cuts one out": (
        "DELETE FROM portal_eventposition WHERE event_id IN (SELECT id FROM portal_event WHERE sequence = 2);"
        "DELETE FROM portal_event WHERE sequence = 2",
        {"missing_before", "tail"},
    ),
    "cuts the tail": (
        "DELETE FROM portal_eventposition WHERE event_id IN (SELECT id FROM portal_event WHERE sequence = 4);"
        "DELETE FROM portal_event WHERE sequence = 4",
        {"tail"},
    ),
    "cuts one subject's tail and rewinds its head": (
        "DELETE FROM portal_eventposition WHERE event_id IN"
        f" (SELECT id FROM portal_event WHERE sequence = 4 AND {FIRST});"
        f"DELETE FROM portal_event WHERE sequence = 4 AND {FIRST};"
        "UPDATE portal_event_head h SET sequence = 3, hash = e.hash FROM portal_event e"
        f" WHERE e.subject_uuid = h.subject_uuid AND e.sequence = 3 AND e.{FIRST}",
        {"missing_before", "root"},
    ),
    "cuts a whole subject": (
        "DELETE FROM portal_eventposition WHERE event_id IN (SELECT id FROM portal_event WHERE subject_uuid ="
        " (SELECT subject_uuid FROM portal_event ORDER BY id LIMIT 1));"
        "DELETE FROM portal_event WHERE subject_uuid = (SELECT subject_uuid FROM portal_event ORDER BY id LIMIT 1)",
        {"tail", "missing_before"},
    ),
}


@pytest.mark.parametrize("deed", TAMPERING)
def test_what_a_superuser_does_is_found(superuser: Callable[[str], None], deed: str) -> None:
    statement, expected = TAMPERING[deed]
    superuser(statement)
    found = {finding.what for finding in verify_all()}
    assert found & expected, f"{deed}: found {found}"


def test_a_rebuilt_chain_is_found_by_a_root_kept_elsewhere(superuser: Callable[[str], None]) -> None:
    """The one thing that the log cannot find by itself, as its documentation says."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT root FROM portal_eventposition ORDER BY position DESC LIMIT 1")
        kept_elsewhere = bytes(cursor.fetchone()[0])
    superuser("DELETE FROM portal_eventposition; DELETE FROM portal_event; DELETE FROM portal_event_head")
    superuser("SET session_replication_role = origin")
    superuser(
        "INSERT INTO portal_event"
        " (verb, subject_type, subject_uuid, actor_name, actor_client, door, visibility, payload)"
        " VALUES ('deal.noted', 'deal', gen_random_uuid(), '', '', 'shell', 'partner', '{}')"
    )
    seal()
    assert list(verify_all()) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT root FROM portal_eventposition ORDER BY position DESC LIMIT 1")
        assert bytes(cursor.fetchone()[0]) != kept_elsewhere
