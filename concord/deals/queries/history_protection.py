"""How the history tells of protections, extensions, holds and appeals. No sentence names a partner or a price."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.deals.protection_enums import EndCause
from concord.portal.ui.formats import format_moment

PROTECTION_LOOKS: Mapping[str, tuple[str, str]] = {
    "deal.answer_near": ("hourglass-low", "warn"),
    "deal.answer_overdue": ("alarm", "bad"),
    "deal.protection_warned": ("hourglass-low", "warn"),
    "deal.activity_test_passed": ("checks", "ok"),
    "deal.grace_started": ("alert-triangle", "warn"),
    "deal.lapsed": ("shield-off", "bad"),
    "deal.expired": ("clock-x", "muted"),
    "deal.extension_requested": ("calendar-plus", "info"),
    "deal.extended": ("calendar-check", "ok"),
    "deal.extension_refused": ("circle-x", "bad"),
    "deal.extension_lacking": ("alert-triangle", "warn"),
    "deal.hold_requested": ("player-pause", "info"),
    "deal.held": ("player-pause", "ok"),
    "deal.hold_refused": ("circle-x", "bad"),
    "deal.hold_ended": ("player-play", "info"),
    "deal.customer_chose": ("user-check", "warn"),
    "deal.appealed": ("scale", "info"),
    "deal.appeal_upheld": ("gavel", "muted"),
    "deal.appeal_overturned": ("gavel", "ok"),
    "deal.precedent_published": ("bookmark", "muted"),
}

Telling = Callable[[Mapping[str, Any], Any], str]


def _day(payload: Mapping[str, Any], name: str) -> str:
    text = payload.get(name)
    moment = parse_datetime(str(text)) if text else None
    return format_moment(moment, "date") if moment else ""


def _of_reason(payload: Mapping[str, Any], words: Any) -> str:
    return str(words.reason(str(payload.get("reason", ""))))


def of_ending(payload: Mapping[str, Any], words: Any) -> str:
    """Families, and why: older facts say no cause."""
    families = words.families(list(payload.get("families", [])))
    cause = dict(EndCause.choices).get(str(payload.get("cause", "")))
    return f"{families}: {cause}" if cause else str(families)


def _of_warning(payload: Mapping[str, Any], _words: Any) -> str:
    days = int(payload.get("days", 0))
    return ngettext("It ends in %(n)d day: on %(day)s.", "It ends in %(n)d days: on %(day)s.", days) % {
        "n": days,
        "day": _day(payload, "ends_at"),
    }


def _of_test(payload: Mapping[str, Any], _words: Any) -> str:
    return _("%(counted)s of %(needed)s qualified activities.") % {
        "counted": payload.get("counted", 0),
        "needed": payload.get("needed", 0),
    }


def _of_grace(payload: Mapping[str, Any], words: Any) -> str:
    day = {"day": _day(payload, "until")}
    return f"{_of_test(payload, words)} " + _("The rest may be made up for until %(day)s.") % day


def _of_extension(payload: Mapping[str, Any], words: Any) -> str:
    until = _("Protected until %(day)s.") % {"day": _day(payload, "until")}
    if payload.get("by_silence"):
        return f"{until} " + _("Nobody answered in time, so it was granted.")
    return f"{_of_reason(payload, words)}. {until}"


def _of_hold(payload: Mapping[str, Any], words: Any) -> str:
    return _("%(reason)s: from %(start)s until %(end)s.") % {
        "reason": _of_reason(payload, words),
        "start": _day(payload, "from"),
        "end": _day(payload, "until"),
    }


def _of_hold_ended(payload: Mapping[str, Any], words: Any) -> str:
    said = _("%(reason)s: it was to stand until %(planned)s. Protected until %(day)s.") % {
        "reason": _of_reason(payload, words),
        "planned": _day(payload, "planned_until"),
        "day": _day(payload, "ends_at"),
    }
    return f"{said} {payload['note']}" if payload.get("note") else said


def _of_lacking(payload: Mapping[str, Any], _words: Any) -> str:
    return _("%(score)s of %(line)s points. It is extended as soon as the deal is ready again.") % {
        "score": payload.get("score", 0),
        "line": payload.get("line", 0),
    }


def _of_choice(payload: Mapping[str, Any], _words: Any) -> str:
    if payload.get("for_you"):
        return _("The customer wrote that it wants to work with you. It is free from the next day on.")
    return _("The customer wrote that it works with another partner. The protection ends with the day.")


PROTECTION_TELLING: Mapping[str, Telling] = {
    "deal.protection_ended": of_ending,
    "deal.protection_warned": _of_warning,
    "deal.activity_test_passed": _of_test,
    "deal.grace_started": _of_grace,
    "deal.extended": _of_extension,
    "deal.extension_refused": _of_reason,
    "deal.extension_lacking": _of_lacking,
    "deal.hold_requested": _of_hold,
    "deal.held": _of_hold,
    "deal.hold_refused": _of_reason,
    "deal.hold_ended": _of_hold_ended,
    "deal.customer_chose": _of_choice,
    "deal.appeal_upheld": _of_reason,
    "deal.appeal_overturned": _of_reason,
}
