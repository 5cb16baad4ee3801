"""The brief: everything that somebody needs who takes a deal over in half an hour, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import PromiseState
from concord.deals.models import Activity, Deal, DealContact, Evidence, Objection, Promise
from concord.deals.protection.readiness import SECOND_PERSON_WITHIN, ReadinessFacts, readiness
from concord.deals.protection.unknowns import Gap, Given, Known, Person, Unknown, unknowns
from concord.deals.queries.history import Entry, last_entries
from concord.deals.queries.programme import programme_terms
from concord.deals.queries.readiness import Readiness
from concord.deals.queries.registrations import activities_of, next_step_of
from concord.deals.queries.story import contacts_of, objections_of
from concord.portal.actor import Actor
from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Quote, QuoteLine
from concord.pricing.queries.availability import Availability, availability_for

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_LAST = 10

_SENTENCES: Mapping[Unknown, _StrPromise] = {
    Unknown.NO_CONTACT: _("Nobody at the customer is known."),
    Unknown.NO_DECISION_MAKER: _("Nobody is known to decide."),
    Unknown.CONTACT_WITHOUT_ROLE: _("What part does %(name)s have in the decision?"),
    Unknown.CONTACT_WITHOUT_ADDRESS: _("How is %(name)s reached?"),
    Unknown.PROMISE_WITHOUT_EVIDENCE: _("Where is “%(name)s” written?"),
    Unknown.PROMISE_WITHOUT_DATE: _("Until when does “%(name)s” hold?"),
    Unknown.PROMISE_OVERDUE: _("Was “%(name)s” kept? Its day has passed."),
    Unknown.NO_RECENT_NOTE: _("What happened lately? Nothing was noted for a while."),
    Unknown.NO_NEXT_STEP: _("What comes next?"),
    Unknown.STEP_WITHOUT_DATE: _("When is “%(name)s” due?"),
    Unknown.OBJECTION_UNANSWERED: _("How is “%(name)s” answered?"),
    Unknown.COMPETITOR_UNKNOWN: _("Against whom do we sell?"),
    Unknown.NO_EXPECTED_CLOSE: _("When will the customer decide?"),
    Unknown.EXPECTED_CLOSE_PASSED: _("The day on which the customer wanted to decide has passed."),
    Unknown.NO_LIVE_QUOTE: _("No quote is in force."),
    Unknown.QUOTE_ENDS_BEFORE_CLOSE: _("Quote %(name)s runs out before the customer decides."),
}


@dataclass(frozen=True, slots=True)
class Question:
    """Something that we do not know, in words, and the page where it is filled in."""

    what: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class BriefLine:
    """A quoted product: the customer's price, the partner's own net (for that partner alone), and stock now."""

    sku: str
    name: str
    quantity: int
    customer_unit_price: Decimal
    partner_unit_net: Decimal | None
    stock: Availability


@dataclass(frozen=True, slots=True)
class BriefQuote:
    """A live quote with its lines. ``partner_total`` is there for the partner alone."""

    quote: Quote
    partner_total: Decimal | None
    lines: tuple[BriefLine, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """The whole brief of a deal as its reader may know it."""

    deal: Deal
    contacts: Sequence[DealContact]
    promises: Sequence[Promise]
    quotes: Sequence[BriefQuote]
    objections: Sequence[Objection]
    overdue: Sequence[Activity]
    next_step: Activity | None
    events: Sequence[Entry]
    questions: Sequence[Question]
    readiness: Readiness
    at: datetime


def brief_of(actor: Actor, deal: Deal, *, now: datetime) -> Brief:
    """The brief of a deal that the actor may see; the number of statements does not grow with what hangs on it."""
    contacts, promises, objections = contacts_of(deal), _promises(deal), objections_of(deal)
    activities = activities_of(actor, deal)
    quotes = _quotes(actor, deal, now)
    step = next_step_of(activities)
    open_steps = [one for one in activities if one.next_step and one.next_done_at is None]
    known = Known(
        people=tuple(Person(one.public_id, one.name, one.role, bool(one.email or one.phone)) for one in contacts),
        promises=tuple(
            Given(one.public_id, one.text, _is_proven(one), one.until_on)
            for one in promises
            if one.state == PromiseState.OPEN
        ),
        open_objections=tuple((one.public_id, one.text) for one in objections if one.answered_at is None),
        quotes=tuple((one.quote.number, one.quote.valid_until) for one in quotes),
        last_note_at=_last_note(activities),
        next_step=step.next_step if step else "",
        next_due_at=step.next_due_at if step else None,
        competitor=deal.competitor,
        expected_close_on=deal.expected_close_on,
    )
    terms = programme_terms()
    gaps = unknowns(known, now=now, quiet_after=timedelta(days=terms.quiet_after_days))
    scored = readiness(_facts(known, activities, now), now=now)
    return Brief(
        deal=deal,
        contacts=contacts,
        promises=promises,
        quotes=quotes,
        objections=objections,
        overdue=[one for one in open_steps if one.next_due_at is not None and one.next_due_at < now],
        next_step=step,
        events=last_entries(actor, deal, most=_LAST),
        questions=[_question(deal, gap, step) for gap in gaps],
        readiness=Readiness(scored.score, terms.readiness_at_least, scored.missing),
        at=now,
    )


def _promises(deal: Deal) -> list[Promise]:
    files = Evidence.objects.unscoped("whether there is a file, not what is in it").filter(
        deal=deal, about=OuterRef("uuid"), is_internal=False
    )
    found = Promise.objects.filter(deal=deal).select_related("contact", "responsible").annotate(has_file=Exists(files))
    return sorted(found, key=lambda one: (one.state != PromiseState.OPEN, str(one.until_on or "9999"), one.pk))


def _is_proven(promise: Promise) -> bool:
    return bool(promise.evidence) or bool(getattr(promise, "has_file", False))


def _last_note(activities: Sequence[Activity]) -> datetime | None:
    return max((one.happened_at for one in activities if not one.is_internal), default=None)


def _facts(known: Known, activities: Sequence[Activity], now: datetime) -> ReadinessFacts:
    lately = [one for one in activities if not one.is_internal and one.happened_at >= now - SECOND_PERSON_WITHIN]
    return ReadinessFacts(
        people=len({one.by_id for one in lately if one.by_id}),
        last_note_at=known.last_note_at,
        contacts=len(known.people),
        contacts_without_role=sum(not one.role for one in known.people),
        promises=len(known.promises),
        promises_without_evidence=sum(not one.proven for one in known.promises),
    )


def _quotes(actor: Actor, deal: Deal, now: datetime) -> list[BriefQuote]:
    live = Quote.objects.visible_to(actor).filter(
        story_type="deal", story_uuid=deal.uuid, status=QuoteStatus.ISSUED, expires_at__gt=now
    )
    # A quote in force has lines: they bring it along, in one statement.
    lines = list(QuoteLine.objects.filter(quote__in=live).select_related("quote").order_by("-quote", "position"))
    asks_for = None if actor.is_vendor else actor.partner_id
    stock = availability_for([one.product_id for one in lines], now=now, partner_id=asks_for)
    is_own = actor.partner_id is not None and actor.partner_id == deal.partner_id
    quotes = {line.quote_id: line.quote for line in lines}
    return [
        BriefQuote(
            quote,
            quote.partner_total if is_own else None,
            tuple(
                BriefLine(
                    line.sku,
                    line.name,
                    line.quantity,
                    line.customer_unit_price,
                    line.partner_unit_net if is_own else None,
                    stock[line.product_id],
                )
                for line in lines
                if line.quote_id == quote.pk
            ),
        )
        for quote in quotes.values()
    ]


def _question(deal: Deal, gap: Gap, step: Activity | None) -> Question:
    sentence = str(_SENTENCES[gap.what])
    return Question(gap.what.value, sentence % {"name": gap.name} if gap.name else sentence, _place(deal, gap, step))


def _place(deal: Deal, gap: Gap, step: Activity | None) -> str:
    """The page where the answer is written down."""
    if gap.what in {Unknown.NO_CONTACT, Unknown.NO_DECISION_MAKER}:
        return reverse("deals:story-new", args=[deal.uuid, "contacts"])
    if gap.what == Unknown.COMPETITOR_UNKNOWN:
        return reverse("deals:competitor", args=[deal.uuid])
    if gap.what == Unknown.STEP_WITHOUT_DATE and step is not None:
        return reverse("deals:activity", args=[deal.uuid, step.uuid])
    for sort in ("contact", "promise", "objection"):
        if gap.key and gap.what.value.startswith(sort):
            return reverse("deals:story-item", args=[deal.uuid, f"{sort}s", gap.key])
    page = reverse("deals:detail", args=[deal.uuid])
    return f"{page}#activities" if gap.what in {Unknown.NO_RECENT_NOTE, Unknown.NO_NEXT_STEP} else page
