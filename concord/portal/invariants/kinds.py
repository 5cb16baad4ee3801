"""What an invariant is, and which there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: what one broken rule lists at most; the rest is counted by mending these and looking again
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that must not be: which rule, at what, and in which way. Names no price and no partner's rival."""

    rule: str
    subject: str
    what: str


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule with the reading that finds what breaks it as of a moment."""

    code: str
    label: _StrPromise | str
    find: Callable[[datetime], Iterable[Violation]]


invariants: dict[str, Invariant] = {}


def register_invariant(invariant: Invariant) -> None:
    """Make a rule known. Called when apps are ready."""
    invariants[invariant.code] = invariant


def by_statement(
    code: str, label: _StrPromise | str, statement: str, what: str, values: Mapping[str, Any] | None = None
) -> Invariant:
    """A rule whose statement selects one text a violation; ``%(now)s`` is the moment. ``what`` says what is wrong."""

    def find(now: datetime) -> Iterable[Violation]:
        with connection.cursor() as cursor:
            cursor.execute(f"{statement} LIMIT {MOST}", {"now": now, **(values or {})})
            return [Violation(code, str(subject), what) for (subject,) in cursor.fetchall()]

    return Invariant(code, label, find)
