"""What the programme promises about leads: how long an offer stands, until when a claim is followed up, and then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Self

from django.conf import settings


@dataclass(frozen=True, slots=True)
class PoolTerms:
    """The pool's numbers, each with a sane default. Days and hours are of the clock, not working ones.

    ``most_offers``: after so many offers without a taker a lead becomes free to claim. ``remind_before_hours``: the
    rungs of the ladder of reminders, counted back from the moment at which the follow-up is due. Limits of claims by
    tier stand on the tier.
    """

    accept_within_hours: int = 48
    most_offers: int = 3
    follow_up_days: int = 5
    next_contact_days: int = 14
    most_days_held: int = 60
    draft_days: int = 14
    remind_before_hours: tuple[int, ...] = (72, 24, 4)
    cooldown_days: int = 30
    enquiries_an_hour: int = 5
    enquiries_an_hour_in_all: int = 200

    def __post_init__(self) -> None:
        """Refuse numbers that contradict each other, when the portal starts and not when a partner waits."""
        least = min(
            self.accept_within_hours,
            self.follow_up_days,
            self.next_contact_days,
            self.draft_days,
            self.enquiries_an_hour,
            self.enquiries_an_hour_in_all,
        )
        if least < 1 or min(self.most_offers, self.cooldown_days) < 0:
            raise ValueError("windows of the pool take at least one hour or day")
        if self.most_days_held < self.follow_up_days:
            raise ValueError("a lead is held at least as long as its first follow-up may take")
        rungs = tuple(self.remind_before_hours)
        if any(later >= earlier for earlier, later in pairwise(rungs)) or min(rungs, default=1) < 0:
            raise ValueError("reminders stand in order, the earliest first")

    def accept_until(self, now: datetime) -> datetime:
        """Until when an offer made now may be accepted."""
        return now + timedelta(hours=self.accept_within_hours)

    def first_follow_up_by(self, claimed_at: datetime) -> datetime:
        """By when the customer must have been contacted."""
        return claimed_at + timedelta(days=self.follow_up_days)

    def next_follow_up_by(self, claimed_at: datetime, now: datetime) -> datetime:
        """By when the next contact is due, or the deal registered; never beyond the longest time of holding."""
        return min(now + timedelta(days=self.next_contact_days), claimed_at + timedelta(days=self.most_days_held))

    def draft_until(self, now: datetime) -> datetime:
        """Until when the registration begun now must have been submitted."""
        return now + timedelta(days=self.draft_days)

    def rungs_due(self, follow_up_by: datetime, now: datetime) -> int:
        """How many rungs of the ladder of reminders have been reached."""
        return sum(now >= follow_up_by - timedelta(hours=hours) for hours in self.remind_before_hours)

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Terms from settings; an unknown name is a typing error and is refused."""
        unknown = set(values) - {one.name for one in fields(cls)}
        if unknown:
            raise ValueError(f"unknown terms of the pool: {', '.join(sorted(unknown))}")
        return cls(**values)


def pool_terms() -> PoolTerms:
    """The terms in force in this installation (``POOL_TERMS`` of the settings)."""
    return PoolTerms.read(getattr(settings, "POOL_TERMS", {}))
