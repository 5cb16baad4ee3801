"""A deal's history as the timeline of its page: filtered, with the words of what facts name, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from concord.deals.queries.history import Entry, History

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PAGE = 12

#: kinds of facts, by the beginnings of their verbs
KINDS: Mapping[str, tuple[_StrPromise, tuple[str, ...]]] = {
    "work": (_("Activities and steps"), ("deal.activity", "deal.step")),
    "promises": (_("Promises"), ("deal.promise",)),
    "people": (_("People and objections"), ("deal.contact", "deal.objection", "deal.competitor")),
    "quotes": (_("Quotes and benefits"), ("quote.", "benefit.")),
    "files": (_("Files"), ("deal.evidence",)),
}
_OTHERS = tuple(start for _label, starts in KINDS.values() for start in starts)
_ALL_KINDS = (*KINDS, "registration")


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page of the timeline, newest first, and the choices of its filters."""

    entries: tuple[Entry, ...]
    number: int
    pages: int
    kinds: tuple[Choice, ...]
    people: tuple[Choice, ...]
    kind: str
    who: str
    seen: str
    holds: bool

    @property
    def newer(self) -> int:
        """The page before."""
        return self.number - 1

    @property
    def older(self) -> int:
        """The page after."""
        return self.number + 1

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out by a filter."""
        return bool(self.kind or self.who or self.seen)


def timeline_of(history: History, asked: Mapping[str, Any], *, things: Iterable[Any], is_vendor: bool) -> Timeline:
    """The page that ``kind``, ``who``, ``seen`` (``partner`` or ``internal``) and ``page`` ask for; no statement.

    ``history`` is what the reader may see already: filters only take away. ``things`` are the loaded activities,
    promises, objections and people, whose words stand beside the facts that name them. Unknown values filter nothing.
    """
    kind, who, seen = (str(asked.get(name, "")) for name in ("kind", "who", "seen"))
    people = sorted({entry.who for entry in history.entries if entry.who})
    kind = kind if kind in _ALL_KINDS else ""
    who = who if who in people else ""
    seen = seen if is_vendor and seen in {"partner", "internal"} else ""
    chosen = [
        entry
        for entry in reversed(history.entries)
        if (not kind or _is_of(entry, kind))
        and (not who or entry.who == who)
        and (not seen or entry.is_internal == (seen == "internal"))
    ]
    pages = max(1, -(-len(chosen) // PAGE))
    number = min(max(_number(asked.get("page")), 1), pages)
    words = {str(one.uuid): str(getattr(one, "text", None) or one) for one in things}
    shown = chosen[(number - 1) * PAGE : number * PAGE]
    labels = {name: str(label) for name, (label, _starts) in KINDS.items()} | {"registration": str(_("Registration"))}
    return Timeline(
        entries=tuple(_worded(entry, words) for entry in shown),
        number=number,
        pages=pages,
        kinds=tuple(Choice(name, label) for name, label in labels.items()),
        people=tuple(Choice(name, name) for name in people),
        kind=kind,
        who=who,
        seen=seen,
        holds=history.holds,
    )


def _is_of(entry: Entry, kind: str) -> bool:
    verb = entry.event.verb
    return not verb.startswith(_OTHERS) if kind == "registration" else verb.startswith(KINDS[kind][1])


def _worded(entry: Entry, words: Mapping[str, str]) -> Entry:
    for name in ("activity", "promise", "objection", "contact"):
        text = words.get(str(entry.payload.get(name, "")))
        if text:
            return replace(entry, text=f"{entry.text}: {text}" if entry.text else text)
    return entry


def _number(asked: Any) -> int:
    text = str(asked or "1")
    return int(text) if text.isdecimal() and len(text) < 6 else 1
