"""Documents that wait for their time stamp, for the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min

from concord.pricing.models import LateStamp


@dataclass(frozen=True, slots=True)
class WaitingStamps:
    """How many documents wait, since when the first of them, when the authority is asked next, and its last failure."""

    count: int
    since: datetime | None = None
    next_at: datetime | None = None
    last_error: str = ""


def waiting_stamps() -> WaitingStamps:
    """Those of all partners: the vendor's own signature is concerned. One statement."""
    found = LateStamp.objects.filter(pdf_hash="").aggregate(
        count=Count("pk"), since=Min("quote__issued_at"), next_at=Min("next_at"), last_error=Max("last_error")
    )
    return WaitingStamps(found["count"], found["since"], found["next_at"], found["last_error"] or "")
