"""What waits for a partner's person, and what has become of its protections: everything in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import DateField, DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import OPEN_STAGES, PromiseState, ReviewStatus
from concord.deals.models import Activity, Deal, ExtensionRequest, Promise, Protection, ProtectionLife, ReasonCode
from concord.deals.protection.terms import ProgrammeTerms
from concord.deals.protection.working_time import appeal_until
from concord.deals.protection_enums import EndCause, RequestState
from concord.portal.actor import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: lines of a kind that the page shows, and notices in all
_MOST: Final = 8
_MOST_NOTICES: Final = 12
#: protections that end soon are counted up to so many
_MOST_COUNTED: Final = 100
#: so long what has happened stays on the page
_NEWS: Final = timedelta(days=14)
#: no time to appeal is longer, whatever the calendar
_LONGEST_APPEAL: Final = timedelta(days=120)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_STEPS_WITHIN: Final = timedelta(days=1)
_PROMISES_WITHIN: Final = timedelta(days=7)

_COLUMNS: Final = ("sort", "deal_uuid", "customer_name", "name", "name_zh", "at", "day")
_LOOKS: Final[Mapping[str, tuple[_StrPromise, str, str]]] = {
    "grace": (_("Too little activity: it lapses"), "alert-triangle", "bad"),
    "lacking": (_("Too little is known to extend the protection"), "alert-triangle", "warn"),
    "appealable": (_("You may appeal against the decision"), "scale", "info"),
    EndCause.LAPSED.value: (_("Protection lapsed"), "shield-off", "bad"),
    EndCause.EXPIRED.value: (_("Protection ran out"), "clock-x", "muted"),
    EndCause.CUSTOMERS_CHOICE.value: (_("The customer chose another partner"), "user-check", "warn"),
    EndCause.APPEAL.value: (_("An appeal ended the protection"), "gavel", "warn"),
}
_ENDED: Final = (EndCause.LAPSED, EndCause.EXPIRED, EndCause.CUSTOMERS_CHOICE, EndCause.APPEAL)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits: at which deal, what, and since or until when; of promises only the ``day`` counts."""

    deal_uuid: uuid.UUID
    customer_name: str
    text: str
    at: datetime | None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What the holder of a protection, or the loser of a decision, has to know today."""

    deal_uuid: uuid.UUID
    customer_name: str
    kind: str
    label: _StrPromise
    icon: str
    tone: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Registrations to complete, protections that end soon, steps and promises due, notices; the first due first."""

    returned: tuple[Line, ...]
    ending: tuple[Line, ...]
    ending_count: int
    steps: tuple[Line, ...]
    promises: tuple[Line, ...]
    notices: tuple[Notice, ...]


def waiting_for(actor: Actor, *, now: datetime, terms: ProgrammeTerms) -> Waiting:
    """What waits for the actor's deals, as far as the page shows it; one statement."""
    deals = Deal.objects.visible_to(actor)
    arms = [arm.values_list(*_COLUMNS) for arm in (*_work(actor, deals, now, terms), *_protections(actor, deals, now))]
    rows: dict[str, list[Line]] = {}
    for sort, deal, customer, name, name_zh, at, day in arms[0].union(*arms[1:], all=True):
        text = ReasonCode(name=name, name_zh=name_zh).display_name
        rows.setdefault(sort, []).append(Line(deal, customer, text, at, day))
    ending = _ordered(rows, "ending")
    return Waiting(
        returned=_ordered(rows, "returned"),
        ending=ending[:_MOST],
        ending_count=len(ending),
        steps=_ordered(rows, "step"),
        promises=tuple(sorted(rows.get("promise", ()), key=lambda line: str(line.day))),
        notices=tuple(_notices(rows, now, terms))[:_MOST_NOTICES],
    )


def _ordered(rows: Mapping[str, list[Line]], sort: str, *, latest_first: bool = False) -> tuple[Line, ...]:
    return tuple(sorted(rows.get(sort, ()), key=lambda line: line.at or _NEVER, reverse=latest_first))


def _arm(rows: QuerySet[Any], sort: str, *, order: str, most: int, deal: str = "deal__", **facts: Any) -> Any:
    """So many rows of one kind, in the columns that all kinds have in common; a deal's own columns keep their names."""
    columns: dict[str, Any] = {
        "sort": Value(sort),
        "deal_uuid": F(f"{deal}uuid"),
        "name": Value(""),
        "name_zh": Value(""),
        "at": Cast(Value(None), DateTimeField()),
        "day": Cast(Value(None), DateField()),
    }
    if deal:
        columns["customer_name"] = F(f"{deal}customer_name")
    return rows.annotate(**{**columns, **facts}).order_by(order, "pk")[:most]


def _work(actor: Actor, deals: QuerySet[Deal], now: datetime, terms: ProgrammeTerms) -> Iterator[QuerySet[Any]]:
    open_deals = deals.filter(sales_stage__in=OPEN_STAGES)
    returned = open_deals.filter(review_status=ReviewStatus.RETURNED)
    reason: dict[str, Any] = {"name": F("decision_reason__name"), "name_zh": F("decision_reason__name_zh")}
    yield _arm(returned, "returned", order="decided_at", most=_MOST, deal="", at=F("decided_at"), **reason)
    ending = Protection.objects.visible_to(actor).filter(
        GreaterThan(F("period__endswith"), now),
        period__startswith__lte=now,
        period__endswith__lte=now + timedelta(days=terms.warn_before_end_days),
        deal__in=open_deals,
    )
    family: dict[str, Any] = {"name": F("family__name"), "name_zh": F("family__name_zh")}
    yield _arm(ending, "ending", order="period__endswith", most=_MOST_COUNTED, at=F("period__endswith"), **family)
    steps = Activity.objects.filter(
        ~Q(next_step=""),
        deal__in=open_deals,
        is_internal=False,
        next_done_at__isnull=True,
        next_due_at__lte=now + _STEPS_WITHIN,
    )
    yield _arm(steps, "step", order="next_due_at", most=_MOST, at=F("next_due_at"), name=F("next_step"))
    promises = Promise.objects.filter(
        deal__in=deals, state=PromiseState.OPEN, until_on__lte=now.date() + _PROMISES_WITHIN
    )
    yield _arm(promises, "promise", order="until_on", most=_MOST, day=F("until_on"), name=F("text"))


def _protections(actor: Actor, deals: QuerySet[Deal], now: datetime) -> Iterator[QuerySet[Any]]:
    """Grace that runs, requests that silence could not grant, decisions to appeal against, what ended lately."""
    lives = ProtectionLife.objects.visible_to(actor)
    in_grace = lives.filter(
        ended_at__isnull=True, in_grace=True, grace_until__isnull=False, deal__sales_stage__in=OPEN_STAGES
    )
    yield _arm(in_grace, "grace", order="grace_until", most=_MOST_NOTICES, at=F("grace_until"))
    lacking = ExtensionRequest.objects.visible_to(actor).filter(state=RequestState.PENDING, lacking_at__isnull=False)
    yield _arm(lacking, "lacking", order="lacking_at", most=_MOST_NOTICES, at=F("lacking_at"))
    decided = deals.filter(
        review_status__in=[ReviewStatus.REJECTED, ReviewStatus.DUPLICATE],
        decided_at__gt=now - _LONGEST_APPEAL,
        appeal__isnull=True,
        sales_stage__in=OPEN_STAGES,
    )
    yield _arm(decided, "appealable", order="decided_at", most=_MOST_NOTICES, deal="", at=F("decided_at"))
    ended = lives.filter(ended_at__gt=now - _NEWS, ended_at__lte=now, end_cause__in=_ENDED)
    yield _arm(ended, "ended", order="-ended_at", most=_MOST_NOTICES, at=F("ended_at"), name=F("end_cause"))


def _notices(rows: Mapping[str, list[Line]], now: datetime, terms: ProgrammeTerms) -> Iterator[Notice]:
    def said(kind: str, line: Line, at: datetime | None) -> Notice:
        return Notice(line.deal_uuid, line.customer_name, kind, *_LOOKS[kind], at)

    for kind in ("grace", "lacking"):
        yield from (said(kind, line, line.at) for line in _ordered(rows, kind))
    until = [(line, appeal_until(line.at, terms)) for line in _ordered(rows, "appealable") if line.at]
    yield from (said("appealable", line, end) for line, end in until if end > now)
    yield from (said(line.text, line, line.at) for line in _ordered(rows, "ended", latest_first=True))
