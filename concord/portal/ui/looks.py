"""How a state looks: a tone, an icon and a word, never a colour alone.

The words that the whole product shares are known here. An app adds its own when it is ready:

    from concord.portal.ui.looks import Look, register_looks
    register_looks("quote", {"superseded": Look("muted", "replace", _("Superseded"))})
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

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
    "accepted": Look("ok", "circle-check", _("Accepted")),
    "active": Look("ok", "circle-check", _("Active")),
    "applied": Look("info", "clock", _("Applied")),
    "approved": Look("ok", "circle-check", _("Approved")),
    "available": Look("ok", "circle-check", _("Available")),
    "cancelled": Look("muted", "ban", _("Cancelled")),
    "claimed": Look("info", "hand-grab", _("Claimed")),
    "declined": Look("bad", "circle-x", _("Declined")),
    "delivered": Look("ok", "circle-check", _("Delivered")),
    "done": Look("ok", "circle-check", _("Done")),
    "draft": Look("muted", "pencil", _("Draft")),
    "duplicate": Look("bad", "copy", _("Duplicate")),
    "ended": Look("muted", "circle-off", _("Ended")),
    "expired": Look("muted", "clock-x", _("Expired")),
    "expiring": Look("warn", "hourglass-low", _("Expiring")),
    "failed": Look("bad", "alert-triangle", _("Failed")),
    "free": Look("ok", "circle-check", _("Free")),
    "in_force": Look("ok", "shield-check", _("In force")),
    "issued": Look("info", "send", _("Issued")),
    "lost": Look("bad", "circle-x", _("Lost")),
    "new": Look("accent", "sparkles", _("New")),
    "open": Look("info", "circle-dot", _("Open")),
    "overdue": Look("bad", "alarm", _("Overdue")),
    "pending": Look("warn", "clock", _("Pending")),
    "protected": Look("ok", "shield-check", _("Protected")),
    "published": Look("ok", "circle-check", _("Published")),
    "rejected": Look("bad", "circle-x", _("Rejected")),
    "returned": Look("warn", "arrow-back-up", _("Returned")),
    "review": Look("warn", "eye", _("In review")),
    "running": Look("info", "player-play", _("Running")),
    "scheduled": Look("info", "calendar-time", _("Scheduled")),
    "stale": Look("warn", "clock-exclamation", _("Out of date")),
    "submitted": Look("warn", "clock", _("Submitted")),
    "superseded": Look("muted", "replace", _("Superseded")),
    "suspended": Look("warn", "player-pause", _("Suspended")),
    "withdrawn": Look("muted", "arrow-back", _("Withdrawn")),
    "won": Look("ok", "trophy", _("Won")),
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
