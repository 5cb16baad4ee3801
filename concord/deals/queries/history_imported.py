"""What another system told of a deal: one fact here, several moments there, each shown at its own date.

The fact stands in the chain where it was recorded, and its payload is covered by the hash like any other. Only when the
story is read are its moments laid out: who looks at the timeline sees the day on which the customer was engaged, and
beside it from which system that is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.deals.enums import SalesStage

IMPORTED = "deal.imported"
ENGAGED = "engaged"

_LOOKS = {
    ENGAGED: (gettext_lazy("Work on it began"), "message", "info"),
    SalesStage.WON.value: (gettext_lazy("Won"), "trophy", "ok"),
    SalesStage.LOST.value: (gettext_lazy("Lost"), "circle-x", "bad"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened in the other system, on a day (noon there stands for all of it)."""

    at: datetime
    title: str
    text: str
    who: str
    icon: str
    tone: str


def moments_told(payload: Mapping[str, Any]) -> Iterator[Moment]:
    """The dated moments of a ``deal.imported`` fact, oldest first."""
    source = origin(payload)
    for what, at in _story(payload):
        if what in _LOOKS:
            title, icon, tone = _LOOKS[what]
            value = str(payload.get("value") or "") if what == SalesStage.WON else ""
            text = f"{value} · {source}" if value else source
            yield Moment(at, str(title), text, str(payload.get("told_by") or ""), icon, tone)


def origin(payload: Mapping[str, Any]) -> str:
    """From where it is known, as the timeline marks it."""
    system = str(payload.get("system") or "")
    return _("Imported from %(system)s.") % {"system": system} if system else _("Imported from another system.")


def _story(payload: Mapping[str, Any]) -> Iterator[tuple[str, datetime]]:
    """What was told, also by facts that were recorded before they held a story of their own."""
    told = payload.get("story")
    if told is None:
        stage = str(payload.get("stage", ""))
        told = [{"what": ENGAGED, "at": payload.get("opened_on")}, {"what": stage, "at": payload.get("closed_on")}]
    for one in told:
        at = _moment(one.get("at"))
        if at is not None:
            yield str(one.get("what", "")), at


def _moment(text: Any) -> datetime | None:
    found = parse_datetime(str(text or "")) if "T" in str(text) else None
    if found is None:
        day = parse_date(str(text or "")[:10])
        found = datetime.combine(day, time(12), tzinfo=UTC) if day else None
    return found
