"""Checking the hash chains, with the same bytes that the database's trigger hashes.

Every fact's hash covers its fields and the hash before it, each part prefixed with its length in bytes. What this
finds: an altered, missing, inserted or cut event of a subject; a cut tail (the head says how many there are); a
sealed root that no longer follows from the events. What it cannot find by itself: a chain rebuilt from one point on
by the database's owner, with the head and every root. A root kept elsewhere shows that.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef
from django.db.models.expressions import RawSQL

from concord.portal.actor import Actor
from concord.portal.models import Event, EventPosition
from concord.portal.models.event import EventQuerySet


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: which subject, at which number, and what."""

    subject_type: str
    subject_uuid: uuid.UUID | None
    sequence: int
    what: str


def _part(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(4, "big") + raw


def event_hash(event: Event) -> bytes:
    """SHA-256 of an event as it is stored now."""
    moment = event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    parts = (
        str(event.uuid),
        moment,
        event.verb,
        event.subject_type,
        str(event.subject_uuid),
        str(event.sequence),
        "" if event.actor_user_id is None else str(event.actor_user_id),
        event.actor_name,
        event.actor_client,
        event.door,
        "" if event.partner_id is None else str(event.partner_id),
        event.visibility,
        event.payload,
        bytes(event.previous_hash).hex(),
    )
    return hashlib.sha256(b"".join(map(_part, parts))).digest()


def broken_links(events: Iterable[Event]) -> Iterator[Finding]:
    """What is wrong in one subject's events, given whole and in order of sequence."""
    previous = b""
    for number, event in enumerate(events, start=1):
        if event.sequence != number:
            yield Finding(event.subject_type, event.subject_uuid, event.sequence, "missing_before")
            return
        if bytes(event.previous_hash) != previous:
            yield Finding(event.subject_type, event.subject_uuid, event.sequence, "link")
        if event_hash(event) != bytes(event.hash):
            yield Finding(event.subject_type, event.subject_uuid, event.sequence, "content")
        previous = bytes(event.hash)


_HEAD_OF_EACH = (
    "(SELECT h.{} FROM portal_event_head h"
    " WHERE h.subject_type = portal_event.subject_type AND h.subject_uuid = portal_event.subject_uuid)"
)
_HEAD = "(SELECT {} FROM portal_event_head WHERE subject_type = %s AND subject_uuid = %s)"


def _chain(subject_type: str, subject_uuid: uuid.UUID) -> EventQuerySet:
    """A subject's events, each with what the head says of the last of them."""
    subject = (subject_type, subject_uuid)
    return (
        Event.objects.unscoped("a chain is whole or nothing")
        .about(*subject)
        .annotate(
            head_sequence=RawSQL(_HEAD.format("sequence"), subject),  # noqa: S611 - constant text
            head_hash=RawSQL(_HEAD.format("hash"), subject),  # noqa: S611 - constant text
        )
    )


def _verified(subject_type: str, subject_uuid: uuid.UUID, events: Sequence[Any]) -> list[Finding]:
    is_beheaded = not events and bool(_with_heads(subject_type, [subject_uuid]))
    return [*broken_links(events), *_tail(subject_type, subject_uuid, events, is_beheaded)]


def _tail(subject_type: str, subject_uuid: uuid.UUID, events: Sequence[Any], is_beheaded: bool) -> Iterator[Finding]:
    """Whether the head tells of more than there is; ``is_beheaded`` says so where there is nothing."""
    last = events[-1] if events else None
    if last is None:
        holds = not is_beheaded
    else:
        holds = (last.head_sequence, bytes(last.head_hash or b"")) == (last.sequence, bytes(last.hash))
    if not holds:
        yield Finding(subject_type, subject_uuid, last.sequence if last else 0, "tail")


def verify_subject(subject_type: str, subject_uuid: uuid.UUID) -> list[Finding]:
    """Everything that is wrong with one subject's chain, the cut tail included; empty when it holds."""
    return _verified(subject_type, subject_uuid, list(_chain(subject_type, subject_uuid)))


def read_subject(actor: Actor, subject_type: str, subject_uuid: uuid.UUID) -> tuple[list[Event], list[Finding]]:
    """What the actor may read of a subject's events, oldest first, and everything that is wrong with the whole chain.

    One statement, where there are events.
    """
    readable = Event.objects.visible_to(actor).filter(pk=OuterRef("pk"))
    events: list[Any] = list(_chain(subject_type, subject_uuid).annotate(is_readable=Exists(readable)))
    findings = _verified(subject_type, subject_uuid, events)
    return [event for event in events if event.is_readable], findings


def read_subjects(
    actor: Actor, subject_type: str, subject_uuids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[list[Event], list[Finding]]]:
    """The same as ``read_subject`` for several subjects: one statement, two where one of them has no events."""
    readable = Event.objects.visible_to(actor).filter(pk=OuterRef("pk"))
    found: dict[uuid.UUID, list[Any]] = {one: [] for one in subject_uuids}
    chains = Event.objects.unscoped("a chain is whole or nothing").filter(
        subject_type=subject_type, subject_uuid__in=list(found)
    )
    heads = {f"head_{name}": RawSQL(_HEAD_OF_EACH.format(name), ()) for name in ("sequence", "hash")}  # noqa: S611
    for event in chains.annotate(is_readable=Exists(readable), **heads).order_by("subject_uuid", "sequence"):
        found[event.subject_uuid].append(event)
    silent = [one for one, events in found.items() if not events]
    beheaded = _with_heads(subject_type, silent) if silent else set()
    read = {}
    for subject_uuid, events in found.items():
        findings = [*broken_links(events), *_tail(subject_type, subject_uuid, events, subject_uuid in beheaded)]
        read[subject_uuid] = [event for event in events if event.is_readable], findings
    return read


def _with_heads(subject_type: str, subject_uuids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the subjects of which a head tells that there were events."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_uuid FROM portal_event_head"
            " WHERE subject_type = %s AND subject_uuid = ANY (%s) AND sequence > 0",
            [subject_type, list(subject_uuids)],
        )
        return {row[0] for row in cursor.fetchall()}


def verify_all() -> Iterator[Finding]:
    """Everything that is wrong anywhere: every subject's chain, and the sealed order with its running root."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_type, subject_uuid FROM portal_event_head"
            " UNION SELECT subject_type, subject_uuid FROM portal_event ORDER BY 1, 2",
        )
        subjects = cursor.fetchall()
    for subject_type, subject_uuid in subjects:
        yield from verify_subject(subject_type, subject_uuid)
    root = b""
    sealed = EventPosition.objects.order_by("position").values_list("position", "root", "event__hash")
    for number, (position, stored, event_digest) in enumerate(sealed.iterator(chunk_size=2_000), start=1):
        if position != number:
            yield Finding("seal", None, position, "missing_before")
            return
        root = next_root(root, bytes(event_digest))
        if root != bytes(stored):
            yield Finding("seal", None, position, "root")
            return


def next_root(root: bytes, event_digest: bytes) -> bytes:
    """The running root after one more event."""
    return hashlib.sha256(root + event_digest).digest()
