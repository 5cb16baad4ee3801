"""How often each reason was given: every decision counts, also one that was followed by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, JSONField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from concord.deals.enums import ReasonKind
from concord.deals.models import ReasonCode
from concord.portal.models import Event

_VERBS = {
    "deal.approved": ReasonKind.APPROVE,
    "deal.returned": ReasonKind.RETURN,
    "deal.rejected": ReasonKind.REJECT,
    "deal.duplicate": ReasonKind.DUPLICATE,
    "deal.lost": ReasonKind.LOSE,
    "deal.withdrawn": ReasonKind.WITHDRAW,
}


@dataclass(frozen=True, slots=True)
class Use:
    """A reason, how often it was given in the time asked for, and its share of that kind of decision in per cent."""

    reason: ReasonCode
    times: int
    share: int


def times_given(*, since: datetime | None = None) -> dict[tuple[str, str], int]:
    """By kind and code. One statement."""
    facts = Event.objects.unscoped("reasons are counted over all partners").filter(verb__in=list(_VERBS))
    if since is not None:
        facts = facts.filter(at__gte=since)
    counted = (
        facts.annotate(reason=KeyTextTransform("reason", Cast("payload", JSONField())))
        .order_by()
        .values_list("verb", "reason")
        .annotate(n=Count("pk"))
    )
    return {(_VERBS[verb].value, code): times for verb, code, times in counted if code}


def reasons_given(*, since: datetime) -> list[Use]:
    """Every reason with its use, the most given of each kind first; also those that nobody gave. Two statements."""
    given = times_given(since=since)
    by_kind: dict[str, int] = {}
    for (kind, _code), times in given.items():
        by_kind[kind] = by_kind.get(kind, 0) + times
    uses = []
    for reason in ReasonCode.objects.all():
        times = given.get((reason.kind, reason.code), 0)
        whole = by_kind.get(reason.kind, 0)
        uses.append(Use(reason, times, round(100 * times / whole) if whole else 0))
    order = list(ReasonKind.values)
    return sorted(uses, key=lambda use: (order.index(use.reason.kind), -use.times, use.reason.pk))
