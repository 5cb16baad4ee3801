"""The partners that a lead may be offered to, as routing weighs them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Count, Max

from concord.deals.models import Lead, LeadClaim, LeadOffer
from concord.deals.pool.routing import Candidate, Need, Weighed, rank_partners
from concord.deals.pool.terms import pool_terms
from concord.deals.pool_enums import ClaimEnd, LeadState
from concord.deals.queries.lead_protection import holders_of
from concord.deals.queries.leads import holding
from concord.partners.enums import PartnerStatus
from concord.partners.models import Partner


def weighed_partners(lead: Lead, *, now: datetime) -> list[Weighed]:
    """All active partners for one lead, the best first, with what speaks for each. Ten statements."""
    need = Need(lead.customer_country, frozenset(lead.families.values_list("pk", flat=True)))
    return rank_partners(need, _candidates(lead, holders=holders_of(lead, need.families, now=now), now=now))


def partners_named(weighed: list[Weighed]) -> dict[int, Partner]:
    """The partners behind a ranking, for the desk."""
    ids = [one.partner_id for one in weighed]
    return Partner.objects.unscoped("the desk sees who would be offered a lead").in_bulk(ids)


def _candidates(lead: Lead, *, holders: Collection[int], now: datetime) -> list[Candidate]:
    partners = (
        Partner.objects.unscoped("a lead is offered to the best of all partners")
        .filter(status=PartnerStatus.ACTIVE)
        .select_related("tier")
        .prefetch_related("families")
    )
    held = dict(holding().order_by().values_list("partner_id").annotate(n=Count("pk")))
    offers = LeadOffer.objects.unscoped("load and turns of all partners")
    waiting = dict(
        Lead.objects.unscoped("open offers count as held")
        .filter(state=LeadState.OFFERED)
        .order_by()
        .values_list("partner_id")
        .annotate(n=Count("pk"))
    )
    last = dict(offers.order_by().values_list("partner_id").annotate(at=Max("offered_at")))
    before = set(offers.filter(lead=lead).values_list("partner_id", flat=True))
    since = now - timedelta(days=pool_terms().cooldown_days)
    cooling = set(
        LeadClaim.objects.unscoped("former owners of the same customer")
        .filter(
            lead__end_customer_id=lead.end_customer_id,
            end__in=[ClaimEnd.RELEASED, ClaimEnd.RETURNED, ClaimEnd.LAPSED],
            ended_at__gt=since,
        )
        .values_list("partner_id", flat=True)
    )
    return [
        Candidate(
            partner_id=partner.pk,
            country=partner.country,
            territories=frozenset(partner.territories),
            families=frozenset(family.pk for family in partner.families.all()),
            rank=partner.tier.rank,
            load=held.get(partner.pk, 0) + waiting.get(partner.pk, 0),
            limit=partner.tier.leads_held,
            is_holder=partner.pk in holders,
            was_offered=partner.pk in before,
            is_cooling_down=partner.pk in cooling,
            last_offered_at=last.get(partner.pk),
        )
        for partner in partners
    ]
