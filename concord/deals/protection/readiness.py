"""How ready a deal is to be taken over by somebody else within half an hour: a score out of 100, and what is missing.

The formula, from 100 downwards:

* 30 off when no second person of ours was in contact within 30 days,
* 15 off when the last note is older than 14 days; 30 when it is older than 30 days, or there is none,
* up to 20 off for people without a role in the decision, by their share; 20 when nobody is known,
* up to 20 off for open promises without evidence, by their share.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SECOND_PERSON_WITHIN = timedelta(days=30)
NOTE_GETS_OLD = timedelta(days=14)
NOTE_IS_OLD = timedelta(days=30)


class Missing(StrEnum):
    """What keeps a deal from being ready."""

    SECOND_PERSON = "second_person"
    RECENT_NOTE = "recent_note"
    CONTACT = "contact"
    ROLES = "roles"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class ReadinessFacts:
    """What the score is made of. ``people`` counts ours who were in contact within ``SECOND_PERSON_WITHIN``."""

    people: int
    last_note_at: datetime | None
    contacts: int
    contacts_without_role: int
    promises: int
    promises_without_evidence: int


@dataclass(frozen=True, slots=True)
class Score:
    """The score, and what took points off, the most expensive first."""

    score: int
    missing: tuple[Missing, ...]


def readiness(facts: ReadinessFacts, *, now: datetime) -> Score:
    """The score of a deal at a moment, by the formula above. Points are rounded down to whole ones."""
    off = {
        Missing.SECOND_PERSON: 30 if facts.people < 2 else 0,
        Missing.RECENT_NOTE: _off_for_age(facts.last_note_at, now),
        Missing.CONTACT: 20 if facts.contacts == 0 else 0,
        Missing.ROLES: _share(facts.contacts_without_role, facts.contacts),
        Missing.EVIDENCE: _share(facts.promises_without_evidence, facts.promises),
    }
    missing = sorted((one for one in Missing if off[one]), key=lambda one: -off[one])
    return Score(100 - sum(off.values()), tuple(missing))


def _off_for_age(last_note_at: datetime | None, now: datetime) -> int:
    if last_note_at is None or now - last_note_at > NOTE_IS_OLD:
        return 30
    return 15 if now - last_note_at > NOTE_GETS_OLD else 0


def _share(part: int, whole: int) -> int:
    return -(-20 * part // whole) if whole else 0
