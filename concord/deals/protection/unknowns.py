"""What we do not know about a deal, by explicit rules over what is written down. Nothing is guessed.

Each rule looks at the facts and says which sentence is missing, and where it can be filled in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Unknown(StrEnum):
    """A gap in what is known, by the name that the API uses."""

    NO_CONTACT = "no_contact"
    NO_DECISION_MAKER = "no_decision_maker"
    CONTACT_WITHOUT_ROLE = "contact_without_role"
    CONTACT_WITHOUT_ADDRESS = "contact_without_address"
    PROMISE_WITHOUT_EVIDENCE = "promise_without_evidence"
    PROMISE_WITHOUT_DATE = "promise_without_date"
    PROMISE_OVERDUE = "promise_overdue"
    NO_RECENT_NOTE = "no_recent_note"
    NO_NEXT_STEP = "no_next_step"
    STEP_WITHOUT_DATE = "step_without_date"
    OBJECTION_UNANSWERED = "objection_unanswered"
    COMPETITOR_UNKNOWN = "competitor_unknown"
    NO_EXPECTED_CLOSE = "no_expected_close"
    EXPECTED_CLOSE_PASSED = "expected_close_passed"
    NO_LIVE_QUOTE = "no_live_quote"
    QUOTE_ENDS_BEFORE_CLOSE = "quote_ends_before_close"


@dataclass(frozen=True, slots=True)
class Person:
    """A person at the customer: role and whether he or she can be reached."""

    key: str
    name: str
    role: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Given:
    """An open promise: whether it is proven, and until when it holds."""

    key: str
    text: str
    proven: bool
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is written down about a deal. ``quotes`` are those in force: (number, valid until)."""

    people: tuple[Person, ...] = ()
    promises: tuple[Given, ...] = ()
    open_objections: tuple[tuple[str, str], ...] = ()
    quotes: tuple[tuple[str, date], ...] = ()
    last_note_at: datetime | None = None
    next_step: str = ""
    next_due_at: datetime | None = None
    competitor: str = ""
    expected_close_on: date | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is not known: of what (its key, in the story of the deal) and its name."""

    what: Unknown
    name: str = ""
    key: str = ""


def unknowns(known: Known, *, now: datetime, quiet_after: timedelta) -> list[Gap]:
    """The gaps, in the order in which somebody who takes over should ask."""
    return [gap for rule in _RULES for gap in rule(known, now, quiet_after)]


def _people(known: Known, _now: datetime, _quiet: timedelta) -> list[Gap]:
    if not known.people:
        return [Gap(Unknown.NO_CONTACT)]
    gaps = []
    if not any(one.role == "decision_maker" for one in known.people):
        gaps.append(Gap(Unknown.NO_DECISION_MAKER))
    gaps += [Gap(Unknown.CONTACT_WITHOUT_ROLE, one.name, one.key) for one in known.people if not one.role]
    gaps += [Gap(Unknown.CONTACT_WITHOUT_ADDRESS, one.name, one.key) for one in known.people if not one.reachable]
    return gaps


def _promises(known: Known, now: datetime, _quiet: timedelta) -> list[Gap]:
    gaps = [Gap(Unknown.PROMISE_WITHOUT_EVIDENCE, one.text, one.key) for one in known.promises if not one.proven]
    for one in known.promises:
        if one.until_on is None:
            gaps.append(Gap(Unknown.PROMISE_WITHOUT_DATE, one.text, one.key))
        elif one.until_on < now.date():
            gaps.append(Gap(Unknown.PROMISE_OVERDUE, one.text, one.key))
    return gaps


def _work(known: Known, now: datetime, quiet_after: timedelta) -> list[Gap]:
    gaps = []
    if known.last_note_at is None or now - known.last_note_at > quiet_after:
        gaps.append(Gap(Unknown.NO_RECENT_NOTE))
    if not known.next_step:
        gaps.append(Gap(Unknown.NO_NEXT_STEP))
    elif known.next_due_at is None:
        gaps.append(Gap(Unknown.STEP_WITHOUT_DATE, known.next_step))
    return gaps


def _rivalry(known: Known, _now: datetime, _quiet: timedelta) -> list[Gap]:
    gaps = [Gap(Unknown.OBJECTION_UNANSWERED, text, key) for key, text in known.open_objections]
    return gaps if known.competitor else [*gaps, Gap(Unknown.COMPETITOR_UNKNOWN)]


def _closing(known: Known, now: datetime, _quiet: timedelta) -> list[Gap]:
    gaps = [] if known.quotes else [Gap(Unknown.NO_LIVE_QUOTE)]
    close = known.expected_close_on
    if close is None:
        return [*gaps, Gap(Unknown.NO_EXPECTED_CLOSE)]
    if close < now.date():
        gaps.append(Gap(Unknown.EXPECTED_CLOSE_PASSED))
    gaps += [Gap(Unknown.QUOTE_ENDS_BEFORE_CLOSE, number) for number, until in known.quotes if until < close]
    return gaps


_RULES: tuple[Callable[[Known, datetime, timedelta], list[Gap]], ...] = (_people, _promises, _work, _rivalry, _closing)
