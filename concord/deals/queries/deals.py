"""Lists of deals as their readers see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.fields import DateTimeField
from django.db.models.functions import Coalesce

from concord.deals.enums import OPEN_STAGES, ReviewStatus
from concord.deals.models import Deal, DealTwin, Protection
from concord.portal.actor import Actor
from concord.portal.paging import Widen
from concord.portal.scoping import counts
from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Quote

_OF_INTEREST = (QuoteStatus.ISSUED, QuoteStatus.ACCEPTED)


#: what lists show of a deal itself
_SHOWN = ("uuid", "partner", "owner", "title", "customer_name", "customer_country", "review_status", "sales_stage")
_MOMENTS = ("submitted_at", "decided_at", "expected_close_on", "updated_at")


def with_figures(deals: QuerySet[Deal], actor: Actor, *, now: datetime) -> QuerySet[Deal]:
    """Deals with what a list shows beside them: the end of the live protection, and the latest quote.

    One statement, whatever the number of rows. ``quoted_amount`` is the customer's total in ``quoted_currency``.
    """
    latest_quote = (
        Quote.objects.visible_to(actor)
        .filter(story_type="deal", story_uuid=OuterRef("uuid"), status__in=_OF_INTEREST)
        .order_by("-issued_at", "-pk")
    )
    live = (
        Protection.objects.visible_to(actor)
        .filter(deal=OuterRef("pk"), period__contains=now)
        .annotate(ends=F("period__endswith"))
        .order_by("ends")
    )
    return deals.annotate(
        protected_until=Subquery(live.values("ends")[:1], output_field=DateTimeField()),
        quoted_amount=Subquery(latest_quote.values("customer_total")[:1]),
        quoted_currency=Subquery(latest_quote.values("currency")[:1]),
    )


def deals_listed(actor: Actor, *, now: datetime) -> Widen:
    """What makes the rows of a list of the actor's deals out of a page of deals: figures, partner and seller."""

    def widened(page: QuerySet[Deal]) -> QuerySet[Deal]:
        shown = page.select_related("partner", "owner").only(*_SHOWN, *_MOMENTS, "partner__name", "owner__name")
        return with_figures(shown, actor, now=now)

    return widened


def deals_for_systems(actor: Actor) -> QuerySet[Deal]:
    """The actor's deals with everything that their representation in the API shows; three statements a page."""
    return (
        Deal.objects.visible_to(actor)
        .select_related("partner", "owner", "end_customer", "decision_reason", "closing_reason")
        .prefetch_related("lines__product__family", "protections__family")
    )


def waiting_for_an_answer(actor: Actor) -> QuerySet[Deal]:
    """The desk's queue: what was submitted and not answered, the answer due first at the top."""
    rivals = (
        Deal.objects.visible_to(actor)
        .filter(
            end_customer=OuterRef("end_customer"),
            review_status__in=[ReviewStatus.SUBMITTED, ReviewStatus.RETURNED, ReviewStatus.APPROVED],
            sales_stage__in=OPEN_STAGES,
        )
        .exclude(pk=OuterRef("pk"))
    )
    best = DealTwin.objects.filter(deal=OuterRef("pk")).order_by("-score")
    return (
        Deal.objects.visible_to(actor)
        .filter(review_status=ReviewStatus.SUBMITTED, sales_stage__in=OPEN_STAGES)
        .select_related("partner__tier", "owner")
        .annotate(
            twin_count=Coalesce(
                Subquery(
                    DealTwin.objects.filter(deal=OuterRef("pk"))
                    .order_by()
                    .values("deal")
                    .annotate(n=Count("pk"))
                    .values("n")
                ),
                0,
            ),
            rival_count=Coalesce(
                Subquery(rivals.order_by().values("end_customer").annotate(n=Count("pk")).values("n")), 0
            ),
            twin_score=Subquery(best.values("score")[:1]),
        )
        .order_by("answer_due_at", "pk")
    )


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """How the desk's queue stands."""

    waiting: int
    overdue: int
    due_soon: int
    returned: int


def queue_figures(actor: Actor, *, now: datetime, soon: timedelta = timedelta(hours=4)) -> QueueFigures:
    """Counts of the queue in one statement; ``soon`` is clock time."""
    undecided = Deal.objects.visible_to(actor).filter(sales_stage__in=OPEN_STAGES)
    waiting = undecided.filter(review_status=ReviewStatus.SUBMITTED)
    found = counts(
        waiting=waiting,
        overdue=waiting.filter(answer_due_at__lt=now),
        due_soon=waiting.filter(answer_due_at__gte=now, answer_due_at__lt=now + soon),
        returned=undecided.filter(review_status=ReviewStatus.RETURNED),
    )
    return QueueFigures(**found)


def overdue_answers(actor: Actor, *, now: datetime, most: int = 100) -> list[Deal]:
    """Registrations whose answer is overdue, the longest overdue at the top."""
    waiting = Deal.objects.visible_to(actor).filter(
        review_status=ReviewStatus.SUBMITTED, sales_stage__in=OPEN_STAGES, answer_due_at__lte=now
    )
    return list(waiting.select_related("partner").order_by("answer_due_at", "pk")[:most])


def counts_by_state(actor: Actor) -> Mapping[str, int]:
    """How many of the actor's deals stand where, by ``Deal.state``; one statement."""
    return _by_state(_deals_counted(actor))


def _deals_counted(actor: Actor) -> QuerySet[Any, tuple[str, str, int]]:
    found = Deal.objects.visible_to(actor).order_by()
    return found.values_list("review_status", "sales_stage").annotate(n=Count("pk"))


def _by_state(rows: Iterable[tuple[str, str, int]]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for review, stage, number in rows:
        state = review if stage in OPEN_STAGES else stage
        found[state] = found.get(state, 0) + number
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """What the actor has going on: deals by ``Deal.state``, and how many quotes are in force."""

    deals: Mapping[str, int]
    quotes_in_force: int


def standing(actor: Actor, *, now: datetime) -> Standing:
    """How many of the actor's deals stand where, and how many of its quotes are in force; one statement."""
    quotes = Quote.objects.visible_to(actor).filter(status=QuoteStatus.ISSUED, expires_at__gt=now).order_by()
    in_force = quotes.values_list(Value("quote"), Value("")).annotate(n=Count("pk"))
    rows = list(_deals_counted(actor).union(in_force, all=True))
    return Standing(_by_state(row for row in rows if row[1]), sum(row[2] for row in rows if not row[1]))


def totals_by_currency(actor: Actor, deals: QuerySet[Deal]) -> list[tuple[str, Decimal]]:
    """What stands quoted in these deals, per currency, the largest first. No currency is ever added to another.

    Of each deal the latest quote counts. Summed by the database, one statement.
    """
    quotes = Quote.objects.visible_to(actor)
    latest = (
        quotes.filter(story_type="deal", status__in=_OF_INTEREST, story_uuid__in=deals.order_by().values("uuid"))
        .order_by("story_uuid", "-issued_at", "-pk")
        .distinct("story_uuid")
    )
    sums = quotes.filter(pk__in=latest.values("pk")).order_by().values_list("currency").annotate(Sum("customer_total"))
    return sorted(sums, key=lambda item: (-item[1], item[0]))


def search_deals(actor: Actor, text: str, *, limit: int) -> list[Deal]:
    """Deals whose title or customer holds the text, the newest first."""
    return list(
        Deal.objects.visible_to(actor)
        .filter(Q(title__icontains=text) | Q(customer_name__icontains=text))
        .select_related("partner")
        .order_by("-pk")[:limit]
    )
