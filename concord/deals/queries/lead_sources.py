"""What became of the leads of each source: for the score that partners see, and for who pays for the next campaign."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from concord.deals.enums import SalesStage
from concord.deals.models import Lead, LeadClaim, LeadSource
from concord.deals.pool.quality import Quality, Track, rate_source, summed
from concord.deals.pool_enums import ClaimWay
from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Quote


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source with what happened to its leads."""

    source: LeadSource
    track: Track
    quality: Quality

    @property
    def value(self) -> list[tuple[str, Decimal]]:
        """What was won, by currency, the largest first."""
        return sorted(self.track.value.items(), key=lambda pair: (-pair[1], pair[0]))


def source_rows(*, since: datetime | None = None, until: datetime | None = None) -> list[SourceRow]:
    """Every source with its leads of a period (``None``: open), the best score first. Four statements.

    A lead counts as held, contacted and converted when any partner held it and came that far; as won when its deal
    was. The value is what the customers accepted in quotes of won deals, by currency.
    """
    leads = Lead.objects.unscoped("sources are judged by all their leads")
    if since is not None:
        leads = leads.filter(created_at__gte=since)
    if until is not None:
        leads = leads.filter(created_at__lt=until)
    counts = _counts(leads)
    values = _values(leads)
    tracks = {
        source.pk: Track(**counts.get(source.pk, {}), value=dict(values.get(source.pk, {})))
        for source in LeadSource.objects.all()
    }
    everything = summed(tracks.values())
    rows = [
        SourceRow(source, tracks[source.pk], rate_source(tracks[source.pk], everything))
        for source in LeadSource.objects.all()
    ]
    return sorted(rows, key=lambda row: (-row.quality.score, -row.track.received, row.source.code))


def _counts(leads: QuerySet[Lead]) -> dict[int, dict[str, int]]:
    # The partner whose deal lapsed held the customer before there was a lead: that claim says nothing of the source.
    claims = (
        LeadClaim.objects.unscoped("what any partner made of a lead")
        .filter(lead=OuterRef("pk"))
        .exclude(way=ClaimWay.DEAL)
    )
    rows = (
        leads.order_by()
        .annotate(
            was_held=Exists(claims),
            was_contacted=Exists(claims.filter(Q(contacted_at__isnull=False) | Q(converted_at__isnull=False))),
            was_converted=Exists(claims.filter(converted_at__isnull=False)),
        )
        .values("source_id")
        .annotate(
            received=Count("pk"),
            held=Count("pk", filter=Q(was_held=True)),
            contacted=Count("pk", filter=Q(was_contacted=True)),
            converted=Count("pk", filter=Q(was_converted=True)),
            won=Count("pk", filter=Q(deal__sales_stage=SalesStage.WON)),
        )
    )
    names = ("received", "held", "contacted", "converted", "won")
    return {row["source_id"]: {name: row[name] for name in names} for row in rows.values("source_id", *names)}


def _values(leads: QuerySet[Lead]) -> dict[int, dict[str, Decimal]]:
    won = dict(leads.filter(deal__sales_stage=SalesStage.WON).values_list("deal__uuid", "source_id"))
    accepted = Quote.objects.unscoped("what came of leads, by source").filter(
        story_type="deal", story_uuid__in=list(won), status=QuoteStatus.ACCEPTED
    )
    totals: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for deal, currency, amount in accepted.values_list("story_uuid", "currency", "customer_total"):
        if deal is not None:
            of_source = totals[won[deal]]
            of_source[currency] = of_source.get(currency, Decimal()) + amount
    return totals
