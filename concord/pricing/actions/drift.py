"""The check of all live quotes against the rules that they were priced by."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from concord.portal.actor import Actor
from concord.portal.invariants import keep_check
from concord.portal.models import CheckRun
from concord.pricing.actions.price_exceptions import note_drift
from concord.pricing.queries.drift import drifted_lines, live_line_count

MOST_NOTED = 1_000


def check_drift(*, actor: Actor, now: datetime) -> CheckRun:
    """Replay the receipt of every line of every live quote, and keep what was found.

    Locks nothing. Records ``check.failed`` when a line has drifted. The findings name quotes and lines, no amounts; the
    first of them stand in the queue of exceptions too.
    """
    found = list(drifted_lines(now=now))
    note_drift(actor=actor, found=found[:MOST_NOTED], now=now)
    return keep_check(
        actor=actor,
        kind=CheckRun.Kind.DRIFT,
        started_at=now,
        finished_at=timezone.now(),
        examined=live_line_count(now=now),
        found=found,
    )
