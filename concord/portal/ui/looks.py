"""How a state looks: a tone, an icon and a word, never a colour alone.

The words that the whole product shares are known here. An app adds its own when it is ready:

    from concord.portal.ui.looks import Look, register_looks
    register_looks("quote", {"superseded": Look("muted", "replace", _("Superseded"))})
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

TONES = ("ok", "info", "warn", "bad", "muted", "accent")


@dataclass(frozen=True)
class Look:
    """`tone` is one of `TONES`, `icon` a name of the icon package, `label` the word shown."""

    tone: str
    icon: str
    label: Text = ""


_SHARED: dict[str, Look] = {
    "accepted": Look("ok", "circle-check", pgettext_lazy("state", "Accepted")),
    "active": Look("ok", "circle-check", pgettext_lazy("state", "Active")),
    "applied": Look("info", "clock", pgettext_lazy("state", "Applied")),
    "approved": Look("ok", "circle-check", pgettext_lazy("state", "Approved")),
    "available": Look("ok", "circle-check", pgettext_lazy("state", "Available")),
    "cancelled": Look("muted", "ban", pgettext_lazy("state", "Cancelled")),
    "claimed": Look("info", "hand-grab", pgettext_lazy("state", "Claimed")),
    "declined": Look("bad", "circle-x", pgettext_lazy("state", "Declined")),
    "delivered": Look("ok", "circle-check", pgettext_lazy("state", "Delivered")),
    "done": Look("ok", "circle-check", pgettext_lazy("state", "Done")),
    "draft": Look("muted", "pencil", pgettext_lazy("state", "Draft")),
    "duplicate": Look("bad", "copy", pgettext_lazy("state", "Duplicate")),
    "ended": Look("muted", "circle-off", pgettext_lazy("state", "Ended")),
    "expired": Look("muted", "clock-x", pgettext_lazy("state", "Expired")),
    "expiring": Look("warn", "hourglass-low", pgettext_lazy("state", "Expiring")),
    "failed": Look("bad", "alert-triangle", pgettext_lazy("state", "Failed")),
    "free": Look("ok", "circle-check", pgettext_lazy("state", "Free")),
    "in_force": Look("ok", "shield-check", pgettext_lazy("state", "In force")),
    "issued": Look("info", "send", pgettext_lazy("state", "Issued")),
    "lost": Look("bad", "circle-x", pgettext_lazy("state", "Lost")),
    "new": Look("accent", "sparkles", pgettext_lazy("state", "New")),
    "open": Look("info", "circle-dot", pgettext_lazy("state", "Open")),
    "overdue": Look("bad", "alarm", pgettext_lazy("state", "Overdue")),
    "pending": Look("warn", "clock", pgettext_lazy("state", "Pending")),
    "protected": Look("ok", "shield-check", pgettext_lazy("state", "Protected")),
    "published": Look("ok", "circle-check", pgettext_lazy("state", "Published")),
    "rejected": Look("bad", "circle-x", pgettext_lazy("state", "Rejected")),
    "returned": Look("warn", "arrow-back-up", pgettext_lazy("state", "Returned")),
    "review": Look("warn", "eye", pgettext_lazy("state", "In review")),
    "running": Look("info", "player-play", pgettext_lazy("state", "Running")),
    "scheduled": Look("info", "calendar-time", pgettext_lazy("state", "Scheduled")),
    "stale": Look("warn", "clock-exclamation", pgettext_lazy("state", "Out of date")),
    "submitted": Look("warn", "clock", pgettext_lazy("state", "Submitted")),
    "superseded": Look("muted", "replace", pgettext_lazy("state", "Superseded")),
    "suspended": Look("warn", "player-pause", pgettext_lazy("state", "Suspended")),
    "withdrawn": Look("muted", "arrow-back", pgettext_lazy("state", "Withdrawn")),
    "won": Look("ok", "trophy", pgettext_lazy("state", "Won")),
}
_BY_KIND: dict[str, dict[str, Look]] = {}


def register_looks(kind: str, looks: Mapping[str, Look]) -> None:
    """Make the states of one kind of object known (called from `AppConfig.ready`)."""
    unknown = {look.tone for look in looks.values()} - set(TONES)
    if unknown:
        raise ValueError(f"Unknown tones for {kind}: {sorted(unknown)}")
    _BY_KIND.setdefault(kind, {}).update(looks)


def look_of(value: str, *, kind: str = "", label: Text = "") -> Look:
    """The look of a state; a state nobody described is neutral and shows `label`, or its own name."""
    look = _BY_KIND.get(kind, {}).get(value) or _SHARED.get(value) or Look("muted", "circle-dot", value)
    return Look(look.tone, look.icon, label or look.label or value)


def known_looks() -> list[Look]:
    """Every registered look (the tests draw them all)."""
    return [*_SHARED.values(), *(look for looks in _BY_KIND.values() for look in looks.values())]
