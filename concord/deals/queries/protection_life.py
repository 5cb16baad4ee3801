"""The life of a deal's protection: its facts for the arithmetic, and what pages and queues show of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, FilteredRelation, OuterRef, Q, Subquery

from concord.deals.enums import OPEN_STAGES, ReviewStatus, SalesStage
from concord.deals.models import AnswerEscalation, Appeal, Deal, ExtensionRequest, ProtectionHold, ProtectionLife
from concord.deals.protection.life import Hold, Life, reaches_further
from concord.deals.protection_enums import AppealState, RequestState
from concord.deals.queries.protections import same_companies
from concord.deals.queries.work import qualified_activities
from concord.portal.actor import Actor
from concord.portal.scoping import ScopedQuerySet, counts

#: no activity happens behind it
FOREVER = datetime.max.replace(tzinfo=UTC)


def _lives(deal: Deal) -> ScopedQuerySet[Any]:
    return ProtectionLife.objects.unscoped("the deal was fetched through its scope").filter(deal=deal)


def live_life(deal: Deal) -> ProtectionLife | None:
    """The deal's protection that is alive, or ``None``; the caller has fetched the deal through its scope."""
    row: ProtectionLife | None = _lives(deal).filter(ended_at__isnull=True).first()
    return row


def last_life(deal: Deal) -> ProtectionLife | None:
    """The latest life of the deal's protection, ended or not."""
    row: ProtectionLife | None = _lives(deal).order_by("-started_at", "-pk").first()
    return row


def qualified_moments(deal: Deal, since: datetime) -> list[datetime]:
    """When the partner's qualified activities happened, from ``since`` on, oldest first. One statement."""
    found = qualified_activities(deal, since, FOREVER)
    return list(found.order_by("happened_at").values_list("happened_at", flat=True))


def life_of(row: ProtectionLife, deal: Deal, holds: Iterable[ProtectionHold] | None = None) -> Life:
    """The facts of a stored life, with the holds that were granted. One statement, unless its holds are at hand."""
    if holds is None:
        holds = ProtectionHold.objects.unscoped("the holds of one life").filter(life=row)
    periods = [one for one in holds if one.state == RequestState.GRANTED]
    return Life(
        started_at=row.started_at,
        length=row.length,
        hard_length=row.hard_length,
        test_every=row.test_every,
        test_needs=row.test_needs,
        grace=row.grace,
        warn_days=tuple(row.warn_days),
        window_from=row.window_from,
        counted_from=row.counted_from,
        in_grace=row.in_grace,
        is_tested=deal.sales_stage != SalesStage.WON,
        warned=row.warned,
        kept_until=row.kept_until,
        cut_at=row.cut_at,
        holds=tuple(Hold(one.period.lower, one.period.upper) for one in periods),
    )


@dataclass(frozen=True, slots=True)
class ProtectionView:
    """What a deal's page says of its protection at a moment. ``counted`` of ``needed`` activities by ``test_by``."""

    row: ProtectionLife
    counted: int
    needed: int
    test_by: datetime
    in_grace: bool
    can_reach_further: bool
    extensions_left: int
    hold_left: timedelta
    standing: ProtectionHold | None
    #: the stop of the clock that could be ended: the one that stands, else the next to come
    to_end: ProtectionHold | None
    extension: ExtensionRequest | None
    hold: ProtectionHold | None
    is_live: bool

    @property
    def lacks_activity(self) -> bool:
        """Whether the test would not be passed today."""
        return self.is_live and self.counted < self.needed


def _shown_life(deal: Deal) -> list[Any]:
    """The deal's latest life, with the moments that count, the latest request for extension and its holds.

    One statement: the life comes once a hold, which hangs on it as ``stop``, the latest hold first.
    """
    latest_request = requests_of(deal).order_by("-asked_at", "-pk").values("pk")[:1]
    moments = qualified_activities(deal, OuterRef("counted_from"), FOREVER)
    return list(
        _lives(deal)
        .filter(pk=Subquery(_lives(deal).order_by("-started_at", "-pk").values("pk")[:1]))
        .annotate(
            moments=ArraySubquery(moments.values("happened_at")),
            asked=FilteredRelation("deal__extension_requests"),
            stop=FilteredRelation("holds"),
        )
        .filter(Q(asked__isnull=True) | Q(asked=Subquery(latest_request)))
        .select_related("asked__reason", "stop__cause", "stop__reason")
        .order_by("-stop__asked_at", "-stop__pk")
    )


def protection_view(deal: Deal, *, now: datetime) -> ProtectionView | None:
    """The latest protection of a deal with everything its card shows; ``None`` when there never was one.

    One statement.
    """
    rows = _shown_life(deal)
    if not rows:
        return None
    row: Any = rows[0]
    holds: list[ProtectionHold] = [one.stop for one in rows if getattr(one, "stop", None) is not None]
    life = life_of(row, deal, holds)
    test_by = life.grace_until if life.in_grace else life.test_due_at
    is_live = row.ended_at is None and row.ends_at > now
    return ProtectionView(
        row=row,
        counted=sum(one < test_by for one in row.moments),
        needed=life.test_needs if life.is_tested else 0,
        test_by=test_by,
        in_grace=life.in_grace,
        can_reach_further=is_live and reaches_further(life, row.extension),
        extensions_left=row.most_extensions - row.extensions,
        hold_left=row.most_held - row.held,
        standing=next((one for one in holds if one.state == RequestState.GRANTED and now in one.period), None),
        to_end=min(
            (one for one in holds if one.state == RequestState.GRANTED and one.period.upper > now),
            key=lambda one: one.period.lower,
            default=None,
        ),
        extension=getattr(row, "asked", None),
        hold=holds[0] if holds else None,
        is_live=is_live,
    )


def due_lives(*, now: datetime, most: int) -> list[int]:
    """Deals whose protection has something due, the longest due first.

    In grace, activities are looked for each time; so are requests that nobody answered in time.
    """
    due = ProtectionLife.objects.unscoped("timers look after every protection").filter(ended_at__isnull=True)
    unanswered = ExtensionRequest.objects.unscoped("timers look after every request").filter(
        state=RequestState.PENDING, answer_due_at__lte=now
    )
    due = due.filter(Q(next_at__lte=now) | Q(in_grace=True) | Q(deal__in=unanswered.values("deal_id")))
    return list(due.order_by("next_at", "pk").values_list("deal_id", flat=True)[:most])


def requests_of(deal: Deal) -> ScopedQuerySet[Any]:
    """The deal's requests for extension, the latest first; the deal was fetched through its scope."""
    return ExtensionRequest.objects.unscoped("the deal was fetched through its scope").filter(deal=deal)


def holds_of(deal: Deal) -> ScopedQuerySet[Any]:
    """The deal's stops of the clock, the latest first; the deal was fetched through its scope."""
    return ProtectionHold.objects.unscoped("the deal was fetched through its scope").filter(deal=deal)


def hold_to_end(row: ProtectionLife, *, now: datetime) -> ProtectionHold | None:
    """The stop of this life's clock that stands now, else the next that is granted to come; one statement."""
    found: ProtectionHold | None = (
        ProtectionHold.objects.unscoped("the holds of one life")
        .filter(life=row, state=RequestState.GRANTED, period__endswith__gt=now)
        .select_related("cause")
        .order_by("period")
        .first()
    )
    return found


def unanswered_extension(deal: Deal, *, by: datetime) -> ExtensionRequest | None:
    """The deal's request that should have been answered by a moment."""
    found: ExtensionRequest | None = requests_of(deal).filter(state=RequestState.PENDING, answer_due_at__lte=by).first()
    return found


def pending_extensions(actor: Actor) -> list[ExtensionRequest]:
    """Requests that wait for the vendor, the first due at the top."""
    found = ExtensionRequest.objects.visible_to(actor).filter(state=RequestState.PENDING)
    return list(found.select_related("deal__partner", "asked_by").order_by("answer_due_at", "pk"))


def pending_holds(actor: Actor) -> list[ProtectionHold]:
    """Holds that partners asked for, the oldest at the top."""
    found = ProtectionHold.objects.visible_to(actor).filter(state=RequestState.PENDING)
    return list(found.select_related("deal__partner", "cause", "asked_by").order_by("asked_at", "pk"))


def ending_lives(actor: Actor, *, now: datetime, within: timedelta, most: int = 100) -> list[ProtectionLife]:
    """Protections that end soon or stand in grace, the first to end at the top."""
    found = ProtectionLife.objects.visible_to(actor).filter(ended_at__isnull=True, ends_at__gt=now)
    soon = found.filter(ends_at__lte=now + within) | found.filter(in_grace=True)
    return list(soon.select_related("deal__partner").order_by("ends_at", "pk")[:most])


def rivals_at(deal: Deal) -> list[Deal]:
    """Registrations of other partners at the same customer that the customer may prefer; for the vendor alone."""
    waiting = Deal.objects.unscoped("the vendor decides between registrations").filter(
        end_customer_id__in=same_companies({deal.end_customer_id or 0}), sales_stage__in=OPEN_STAGES
    )
    return list(waiting.exclude(partner_id=deal.partner_id).select_related("partner").order_by("submitted_at", "pk"))


@dataclass(frozen=True, slots=True)
class ProtectionFigures:
    """Counts for the desk's home. ``escalated`` and ``to_judge`` are the reader's own."""

    extensions: int
    holds: int
    appeals: int
    ending: int
    in_grace: int
    escalated: int
    to_judge: int


def protection_figures(actor: Actor, *, now: datetime) -> ProtectionFigures:
    """What waits; one statement."""
    alive = ProtectionLife.objects.visible_to(actor).filter(ended_at__isnull=True)
    appeals = Appeal.objects.visible_to(actor).filter(state=AppealState.OPEN)
    told = Deal.objects.visible_to(actor).filter(
        Exists(
            AnswerEscalation.objects.filter(
                deal=OuterRef("pk"), person_id=actor.user_id, due_at=OuterRef("answer_due_at")
            )
        ),
        review_status=ReviewStatus.SUBMITTED,
        sales_stage__in=OPEN_STAGES,
    )
    return ProtectionFigures(
        **counts(
            extensions=ExtensionRequest.objects.visible_to(actor).filter(state=RequestState.PENDING),
            holds=ProtectionHold.objects.visible_to(actor).filter(state=RequestState.PENDING),
            appeals=appeals,
            ending=alive.filter(ends_at__gt=now, ends_at__lte=now + timedelta(days=7)),
            in_grace=alive.filter(ends_at__gt=now, in_grace=True),
            escalated=told if actor.user_id else told.none(),
            to_judge=appeals.filter(judge_id=actor.user_id),
        )
    )
