"""What the programme promises: how fast the vendor answers, how long an approval protects, when it ends for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class ProgrammeTerms:
    """The programme's numbers, each with a sane default. Days are calendar days unless said; hours are working hours.

    ``calendar_country`` is the ISO 3166-1 code whose public holidays the vendor keeps (empty: none), with
    ``calendar_region`` the ISO 3166-2 part of a region in it; ``working_days`` count Monday as 0; ``closing_days`` are
    the vendor's own. A protection's numbers are taken over when it begins: later changes leave it alone.
    ``most_hold_days`` is the documented maximum that a protection's clock may stand still in all.
    """

    answer_within_hours: int = 24
    escalate_before_hours: int = 4
    protection_days: int = 90
    activity_every_days: int = 30
    qualified_activities: int = 2
    grace_days: int = 7
    extension_days: int = 30
    extensions: int = 3
    hard_end_days: int = 180
    most_hold_days: int = 60
    appeal_within_working_days: int = 5
    judge_within_working_days: int = 10
    warn_before_end_days: int = 14
    second_warning_days: int = 7
    last_warning_days: int = 1
    opens_at_hour: int = 9
    closes_at_hour: int = 18
    working_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    time_zone: str = "UTC"
    calendar_country: str = ""
    calendar_region: str = ""
    closing_days: tuple[date, ...] = ()
    most_lines: int = 500
    readiness_at_least: int = 40
    quiet_after_days: int = 14
    #: whom a late answer is told to, and who judges appeals: users' numbers
    escalation_person_id: int | None = None
    neutral_person_id: int | None = None
    deputy_person_id: int | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that contradict each other, when they are set and not when a partner waits."""
        for found in contradictions(self):
            raise ValueError(f"{found}: contradicts the other terms of the programme")

    @property
    def protection(self) -> timedelta:
        """How long an approval protects."""
        return timedelta(days=self.protection_days)

    @property
    def warnings(self) -> tuple[int, ...]:
        """How many days before the end it is warned of, the earliest first."""
        return (self.warn_before_end_days, self.second_warning_days, self.last_warning_days)

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Terms from settings; an unknown name is a typing error and is refused."""
        known = {one.name for one in fields(cls)}
        unknown = set(values) - known
        if unknown:
            raise ValueError(f"unknown terms of the programme: {', '.join(sorted(unknown))}")
        return cls(**values)


def contradictions(terms: ProgrammeTerms) -> list[str]:
    """The names of terms that cannot stand beside the others; empty when all can."""
    at_least_one = (
        "answer_within_hours",
        "protection_days",
        "activity_every_days",
        "grace_days",
        "extension_days",
        "appeal_within_working_days",
        "judge_within_working_days",
        "last_warning_days",
        "most_lines",
    )
    not_negative = ("escalate_before_hours", "qualified_activities", "extensions", "most_hold_days")
    found = [name for name in at_least_one if getattr(terms, name) < 1]
    found += [name for name in not_negative if getattr(terms, name) < 0]
    if not 0 <= terms.opens_at_hour < terms.closes_at_hour <= 24:
        found.append("closes_at_hour")
    if not terms.working_days or not set(terms.working_days) <= set(range(7)):
        found.append("working_days")
    if terms.hard_end_days < terms.protection_days:
        found.append("hard_end_days")
    if terms.escalate_before_hours >= terms.answer_within_hours:
        found.append("escalate_before_hours")
    if terms.grace_days >= terms.activity_every_days:
        found.append("grace_days")
    if terms.protection_days <= terms.warn_before_end_days:
        found.append("warn_before_end_days")
    if any(later >= earlier for earlier, later in pairwise(terms.warnings)):
        found.append("second_warning_days")
    if terms.deputy_person_id is not None and terms.deputy_person_id == terms.neutral_person_id:
        found.append("deputy_person_id")
    return found
