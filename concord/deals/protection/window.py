"""From when until when an approval protects, and what of it an outsider is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from concord.deals.protection.terms import ProgrammeTerms


@dataclass(frozen=True, slots=True)
class Window:
    """``[start, end)`` of a protection, and the moment beyond which no extension reaches. UTC."""

    start: datetime
    end: datetime
    hard_end: datetime


def vendor_delay(answer_due_at: datetime | None, answered_at: datetime) -> timedelta:
    """How much too late an answer came; what was answered in time owes nothing."""
    if answer_due_at is None or answered_at <= answer_due_at:
        return timedelta()
    return answered_at - answer_due_at


def protection_window(start: datetime, delay: timedelta, terms: ProgrammeTerms) -> Window:
    """The protection that begins at ``start``: the programme's days and, on top of both ends, the vendor's delay."""
    return Window(
        start=start,
        end=start + terms.protection + delay,
        hard_end=start + timedelta(days=terms.hard_end_days) + delay,
    )


def until_month(end: datetime) -> date:
    """The month that an outsider learns: the first day of the month in which the protection's last moment lies."""
    last = (end - timedelta(microseconds=1)).astimezone(UTC)
    return date(last.year, last.month, 1)
