"""Recording a fact, in the transaction of the change that it tells of."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
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
    if not connection.in_atomic_block:
        raise NotInTransaction(verb)
    event = Event(
        verb=verb,
        subject_type=subject.type,
        subject_uuid=subject.uuid,
        actor_user_id=actor.user_id,
        actor_name=actor.name[:150],
        actor_client=actor.client_id,
        door=actor.door,
        partner_id=subject.partner_id,
        visibility=visibility,
        payload=to_json(payload or {}),
    )
    event.save(force_insert=True)
    return event


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
