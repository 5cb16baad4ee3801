"""A deal's story: every fact in order, who may read it, and whether the chain around it still verifies."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from concord.deals.enums import COMPLETABLE, EVENT_LABELS, PromiseState, SalesStage
from concord.deals.models import Deal
from concord.deals.queries.history_imported import IMPORTED, Moment, moments_told, origin
from concord.deals.queries.history_protection import PROTECTION_LOOKS, PROTECTION_TELLING
from concord.deals.queries.vocabulary import Vocabulary
from concord.portal import registry
from concord.portal.actor import Actor
from concord.portal.enums import Door, Visibility
from concord.portal.events.chain import Finding, read_subject, read_subjects, verify_subject
from concord.portal.models import Event
from concord.portal.scoping import ScopedQuerySet
from concord.portal.ui.formats import format_moment


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact as the timeline component draws it. ``verified``: it and everything before it stand as written."""

    event: Event
    payload: Mapping[str, Any]
    title: str
    text: str
    icon: str
    tone: str
    url: str
    verified: bool
    #: of what another system told: the day, which the fact itself came after
    told: Moment | None = None

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.told.at if self.told else self.event.at

    @property
    def is_day(self) -> bool:
        """Whether of the moment only the day is known."""
        return self.told is not None

    @property
    def who(self) -> str:
        """Who did it."""
        return self.told.who if self.told else self.event.actor_name

    @property
    def door(self) -> str:
        """Through which door, in the reader's language."""
        return str(Door(self.event.door).label)

    @property
    def is_internal(self) -> bool:
        """Whether only the vendor reads it."""
        return self.event.visibility == Visibility.INTERNAL


@dataclass(frozen=True, slots=True)
class History:
    """What the reader may see, oldest first by when it happened, and whether the whole chain holds."""

    entries: tuple[Entry, ...]
    holds: bool


def visible_events(actor: Actor, deal: Deal) -> ScopedQuerySet[Event]:
    """The deal's facts that the actor may read, oldest first."""
    return Event.objects.visible_to(actor).about("deal", deal.uuid)


def first_broken(deal_uuid: uuid.UUID) -> int | None:
    """The number of the first fact from which on the chain does not hold, or ``None`` when all of it does.

    Checked over the whole chain, also over facts that a reader may not see.
    """
    findings = verify_subject("deal", deal_uuid)
    return min((finding.sequence for finding in findings), default=None)


def deal_history(actor: Actor, deal: Deal, words: Vocabulary | None = None) -> History:
    """The whole story of a deal as the actor may read it: two statements, one when the ``words`` are at hand."""
    return _history(*read_subject(actor, "deal", deal.uuid), words or Vocabulary())


def deal_histories(actor: Actor, deals: Collection[Deal]) -> dict[int, History]:
    """The whole stories of several deals by their keys; three statements, however many deals there are."""
    words = Vocabulary()
    read = read_subjects(actor, "deal", [deal.uuid for deal in deals])
    return {deal.pk: _history(*read[deal.uuid], words) for deal in deals}


def _history(events: Sequence[Event], findings: Sequence[Finding], words: Vocabulary) -> History:
    broken = min((finding.sequence for finding in findings), default=None)
    entries = [
        entry
        for event in events
        for entry in _entries(event, words, verified=broken is None or event.sequence < broken)
    ]
    return History(entries=tuple(sorted(entries, key=_happened)), holds=broken is None)


def last_entries(actor: Actor, deal: Deal, *, most: int) -> list[Entry]:
    """The latest facts that the actor may read, the newest first; the chain is not checked here."""
    words = Vocabulary()
    latest = visible_events(actor, deal).order_by("-sequence")[:most]
    entries = [entry for event in reversed(latest) for entry in _entries(event, words, verified=True)]
    return sorted(entries, key=_happened)[: -most - 1 : -1]


def _happened(entry: Entry) -> datetime:
    """Facts of one chain are in order already; what another system told goes where it belongs among them."""
    return entry.at


_LOOKS: Mapping[str, tuple[str, str]] = {
    "deal.created": ("pencil", "muted"),
    "deal.imported": ("upload", "muted"),
    "deal.changed": ("edit", "muted"),
    "deal.submitted": ("send", "info"),
    "deal.twins_found": ("users", "muted"),
    "deal.returned": ("arrow-back-up", "warn"),
    "deal.approved": ("shield-check", "ok"),
    "deal.rejected": ("circle-x", "bad"),
    "deal.duplicate": ("copy", "bad"),
    "deal.twins_parted": ("arrows-split", "muted"),
    "deal.customer_linked": ("link", "muted"),
    "deal.protection_ended": ("shield-off", "warn"),
    "deal.withdrawn": ("arrow-back", "muted"),
    "deal.stage_moved": ("progress", "info"),
    "deal.won": ("trophy", "ok"),
    "deal.lost": ("circle-x", "bad"),
    "deal.activity_added": ("notes", "muted"),
    "deal.step_done": ("checks", "ok"),
    "deal.activity_changed": ("edit", "muted"),
    "deal.promise_made": ("certificate", "info"),
    "deal.promise_changed": ("certificate", "muted"),
    "deal.promise_settled": ("certificate", "ok"),
    "deal.contact_added": ("user-plus", "muted"),
    "deal.contact_changed": ("users", "muted"),
    "deal.contact_left": ("users", "warn"),
    "deal.objection_raised": ("message-exclamation", "warn"),
    "deal.objection_changed": ("message-exclamation", "muted"),
    "deal.objection_answered": ("message-reply", "ok"),
    "deal.competitor_named": ("swords", "muted"),
    "deal.handed_over": ("transfer", "info"),
    "deal.handover_noted": ("notes", "muted"),
    "deal.glass_broken": ("lock-open", "warn"),
    "quote.reassigned": ("transfer", "muted"),
    "quote.drafted": ("pencil", "muted"),
    "quote.edited": ("pencil", "muted"),
    "quote.discarded": ("trash", "muted"),
    "quote.issued": ("send", "info"),
    "quote.document_ready": ("file-check", "muted"),
    "quote.document_stamped": ("file-check", "muted"),
    "quote.accepted": ("circle-check", "ok"),
    "quote.declined": ("circle-x", "bad"),
    "quote.withdrawn": ("arrow-back", "muted"),
    "quote.superseded": ("replace", "muted"),
    "quote.expired": ("clock-x", "warn"),
    "quote.repriced": ("refresh", "muted"),
    "benefit.granted": ("discount", "ok"),
    "benefit.ended": ("discount-off", "muted"),
    "benefit.extended": ("discount", "ok"),
    **PROTECTION_LOOKS,
}


def _entries(event: Event, words: Vocabulary, *, verified: bool) -> list[Entry]:
    """A fact, with what another system told through it."""
    fact = _entry(event, words, verified=verified)
    told = moments_told(fact.payload) if event.verb == IMPORTED else ()
    days = [replace(fact, title=one.title, text=one.text, icon=one.icon, tone=one.tone, told=one) for one in told]
    return [*days, fact]


def _entry(event: Event, words: Vocabulary, *, verified: bool) -> Entry:
    payload: dict[str, Any] = json.loads(event.payload)
    icon, tone = _LOOKS.get(event.verb, ("point", "muted"))
    tell = _TELLING.get(event.verb)
    return Entry(
        event=event,
        payload=payload,
        title=str(registry.event_labels.get(event.verb, EVENT_LABELS.get(event.verb, event.verb))),
        text=tell(payload, words) if tell else "",
        icon=icon,
        tone=tone,
        url=_address(event, payload),
        verified=verified,
    )


def _address(event: Event, payload: Mapping[str, Any]) -> str:
    """Where the thing that a fact names is shown, when a page does."""
    kind = event.verb.partition(".")[0]
    public_id = payload.get(kind)
    address = registry.subject_urls.get(kind)
    return address(str(public_id)) if address and public_id and kind != "deal" else ""


def _day(text: Any) -> str:
    moment = parse_datetime(str(text)) if text else None
    return format_moment(moment, "date") if moment else ""


def _month(text: Any) -> str:
    day = parse_date(f"{text}-01") if text else None
    return format_moment(day, "month") if day else ""


def _of_reason(payload: Mapping[str, Any], words: Vocabulary) -> str:
    return words.reason(str(payload.get("reason", "")))


def _of_import(payload: Mapping[str, Any], _words: Vocabulary) -> str:
    number = str(payload.get("external_id") or "")
    return f"{origin(payload)} {number}".strip()


def _of_submission(payload: Mapping[str, Any], words: Vocabulary) -> str:
    families = words.families(list(payload.get("families", [])))
    due = parse_datetime(str(payload.get("answer_due_at", "")))
    return _("%(families)s. An answer is due by %(due)s.") % {
        "families": families,
        "due": format_moment(due) if due else "",
    }


def _of_approval(payload: Mapping[str, Any], words: Vocabulary) -> str:
    return _("%(families)s protected until %(day)s.") % {
        "families": words.families(list(payload.get("families", []))),
        "day": _day(payload.get("protected_until")),
    }


def _of_return(payload: Mapping[str, Any], words: Vocabulary) -> str:
    names = pgettext("between names in a list", ", ").join(
        str(COMPLETABLE.get(name, name)) for name in payload.get("fields", [])
    )
    return _("%(reason)s. To complete: %(fields)s.") % {"reason": _of_reason(payload, words), "fields": names}


def _of_duplicate(payload: Mapping[str, Any], words: Vocabulary) -> str:
    return _("%(reason)s. Protected until %(month)s.") % {
        "reason": _of_reason(payload, words),
        "month": _month(payload.get("protected_until_month")),
    }


def _of_twins(payload: Mapping[str, Any], _words: Vocabulary) -> str:
    scores = [f"{int(float(twin['score']) * 100)}" for twin in payload.get("twins", [])]
    if not scores:
        return _("No other record is like this customer.")
    return _("Scores of 100: %(scores)s") % {"scores": pgettext("between names in a list", ", ").join(scores)}


def _of_families(payload: Mapping[str, Any], words: Vocabulary) -> str:
    return words.families(list(payload.get("families", [])))


def _of_change(payload: Mapping[str, Any], _words: Vocabulary) -> str:
    return pgettext("between names in a list", ", ").join(
        str(COMPLETABLE.get(name, name)) for name in payload.get("fields", [])
    )


def _of_handover(payload: Mapping[str, Any], _words: Vocabulary) -> str:
    return _("From %(giver)s to %(taker)s.") % {"giver": payload.get("from", ""), "taker": payload.get("to", "")}


def _of_stage(payload: Mapping[str, Any], _words: Vocabulary) -> str:
    before, after = (
        str(SalesStage(stage).label) if stage in SalesStage.values else str(stage)
        for stage in (payload.get("from", ""), payload.get("to", ""))
    )
    return _("From “%(before)s” to “%(after)s”.") % {"before": before, "after": after}


def _of_note(payload: Mapping[str, Any], _words: Vocabulary) -> str:
    return str(payload.get("note", ""))


def _of_promise(payload: Mapping[str, Any], _words: Vocabulary) -> str:
    state = str(payload.get("state", ""))
    return str(PromiseState(state).label) if state in PromiseState.values else ""


def _of_competitor(payload: Mapping[str, Any], _words: Vocabulary) -> str:
    return str(payload.get("competitor", ""))


def _of_glass(payload: Mapping[str, Any], _words: Vocabulary) -> str:
    return str(payload.get("reason", ""))


_TELLING: Mapping[str, Callable[[Mapping[str, Any], Vocabulary], str]] = {
    "deal.changed": _of_change,
    "deal.imported": _of_import,
    "deal.submitted": _of_submission,
    "deal.twins_found": _of_twins,
    "deal.returned": _of_return,
    "deal.approved": _of_approval,
    "deal.rejected": _of_reason,
    "deal.duplicate": _of_duplicate,
    "deal.withdrawn": _of_reason,
    "deal.stage_moved": _of_stage,
    "deal.lost": _of_reason,
    "deal.handed_over": _of_handover,
    "deal.handover_noted": _of_note,
    "deal.promise_settled": _of_promise,
    "deal.competitor_named": _of_competitor,
    "deal.glass_broken": _of_glass,
    "benefit.granted": _of_families,
    "benefit.ended": _of_families,
    "benefit.extended": _of_families,
    **PROTECTION_TELLING,
}
