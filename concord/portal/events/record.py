"""Recording a fact, in the transaction of the change that it tells of."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection

from concord.portal.enums import Visibility
from concord.portal.models import Event

if TYPE_CHECKING:
    from concord.portal.actor import Actor


@dataclass(frozen=True, slots=True)
class Subject:
    """What a fact is about. Facts of one subject form one chain."""

    type: str
    uuid: uuid.UUID
    partner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened to one subject, ready to be recorded; the parts are those of ``record``."""

    verb: str
    subject: Subject
    payload: Mapping[str, Any] = field(default_factory=dict)
    visibility: Visibility = Visibility.PARTNER


class NotInTransaction(RuntimeError):
    """A fact was recorded outside the transaction of its change."""


def record(
    verb: str,
    *,
    actor: Actor,
    subject: Subject,
    payload: Mapping[str, Any] | None = None,
    visibility: Visibility = Visibility.PARTNER,
) -> Event:
    """Append one fact to the subject's chain; the database gives it its time, number and hash.

    ``verb`` is dotted (``deal.approved``) and names the history entry, the webhook topic and the notice. ``payload``
    is small and holds ids, codes and what was decided; money as strings. Raises ``NotInTransaction``.
    """
    (event,) = record_all([Fact(verb, subject, payload or {}, visibility)], actor=actor)
    return event


def record_all(facts: Sequence[Fact], *, actor: Actor) -> list[Event]:
    """Append several facts of one change, in this order, in one statement. Raises ``NotInTransaction``."""
    if not connection.in_atomic_block:
        raise NotInTransaction([fact.verb for fact in facts])
    return Event.objects.bulk_create(
        Event(
            verb=fact.verb,
            subject_type=fact.subject.type,
            subject_uuid=fact.subject.uuid,
            actor_user_id=actor.user_id,
            actor_name=actor.name[:150],
            actor_client=actor.client_id,
            door=actor.door,
            partner_id=fact.subject.partner_id,
            visibility=fact.visibility,
            payload=to_json(fact.payload),
        )
        for fact in facts
    )


def to_json(value: Any) -> str:
    """Canonical JSON: sorted keys, no blanks, exact decimals as strings, moments in RFC 3339."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain, allow_nan=False)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if hasattr(value, "__str__") and type(value).__name__ == "__proxy__":
        return str(value)
    raise TypeError(f"{type(value).__name__} does not belong into an event")
