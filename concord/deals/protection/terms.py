"""What the programme promises: how fast the vendor answers, how long an approval protects, when it ends for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Self

from django.conf import settings


@dataclass(frozen=True, slots=True)
class ProgrammeTerms:
    """The programme's numbers, each with a sane default. Days are calendar days unless said; hours are working hours.

    ``calendar_country`` is the ISO 3166-1 code whose public holidays the vendor keeps; empty: weekends only.
    """

    answer_within_hours: int = 24
    protection_days: int = 90
    activity_every_days: int = 30
    qualified_activities: int = 2
    grace_days: int = 7
    extension_days: int = 30
    extensions: int = 1
    hard_end_days: int = 180
    appeal_within_working_days: int = 5
    warn_before_end_days: int = 14
    opens_at_hour: int = 9
    closes_at_hour: int = 18
    time_zone: str = "UTC"
    calendar_country: str = ""
    most_lines: int = 500
    readiness_at_least: int = 40
    quiet_after_days: int = 14

    def __post_init__(self) -> None:
        """Refuse numbers that contradict each other, when the portal starts and not when a partner waits."""
        if not 0 <= self.opens_at_hour < self.closes_at_hour <= 24:
            raise ValueError("the vendor's day opens before it closes")
        if min(self.answer_within_hours, self.protection_days, self.appeal_within_working_days) < 1:
            raise ValueError("answer, protection and appeal take at least one hour or day")
        if self.hard_end_days < self.protection_days:
            raise ValueError("a protection's hard end is not before its ordinary end")

    @property
    def protection(self) -> timedelta:
        """How long an approval protects."""
        return timedelta(days=self.protection_days)

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Terms from settings; an unknown name is a typing error and is refused."""
        known = {one.name for one in fields(cls)}
        unknown = set(values) - known
        if unknown:
            raise ValueError(f"unknown terms of the programme: {', '.join(sorted(unknown))}")
        return cls(**values)


def programme_terms() -> ProgrammeTerms:
    """The terms in force in this installation (``PROGRAMME_TERMS`` of the settings)."""
    return ProgrammeTerms.read(getattr(settings, "PROGRAMME_TERMS", {}))
