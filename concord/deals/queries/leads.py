"""Leads as their readers may see them: who the customer is stays hidden until the reader's company holds the lead."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, DateTimeField, F, Max, Q, QuerySet, Value, When
from django.db.models.query import ModelIterable

from concord.deals.enums import OPEN_STAGES, ReviewStatus
from concord.deals.models import Lead, LeadClaim, LeadContact, LeadOffer, LeadSource
from concord.deals.models.lead import free_for
from concord.deals.pool.terms import pool_terms
from concord.deals.pool_enums import HELD_STATES, ClaimEnd, ClaimWay, LeadState
from concord.partners.models import Partner
from concord.portal.actor import Actor
from concord.portal.periods import local_date

#: what names the customer or a person there, or may do so: hidden until claimed
HIDDEN = (
    "external_id",
    "customer_name",
    "customer_registration_number",
    "customer_website",
    "details",
    "contact_name",
    "contact_email",
    "contact_phone",
    "contact_role",
)


def is_revealed(actor: Actor, lead: Lead) -> bool:
    """Whether the actor reads the whole lead: the vendor, and those at the partner that holds it who see it at all."""
    if actor.is_vendor:
        return actor.sees_business
    mine = actor.sees_whole_partner or lead.owner_id == actor.user_id
    return lead.state in HELD_STATES and lead.partner_id == actor.partner_id and mine


def told(actor: Actor, lead: Lead) -> Lead:
    """The lead with what the actor may not read yet taken out. The row is for showing and refuses to be saved."""
    if not is_revealed(actor, lead):
        for name in HIDDEN:
            setattr(lead, name, "")
        lead.partner_id = lead.partner_id if lead.partner_id == actor.partner_id else None
        lead.save = _refuse_to_save  # type: ignore[method-assign]
    return lead


def _refuse_to_save(*_args: object, **_kwargs: object) -> None:
    raise RuntimeError("a lead with hidden fields is for showing only")


def leads_for(actor: Actor) -> QuerySet[Lead]:
    """The actor's leads with what doors show; two statements a page. What the actor may not read is taken out."""
    rows = (
        Lead.objects.visible_to(actor).select_related("source", "partner", "owner", "deal").prefetch_related("families")
    )
    # Where rows come out of the database, so that no door can forget it.
    rows._iterable_class = _told_to(actor)
    return rows


def _told_to(actor: Actor) -> type[ModelIterable[Lead]]:
    class Told(ModelIterable[Lead]):
        def __iter__(self) -> Iterator[Lead]:
            for lead in super().__iter__():
                yield told(actor, lead)

    return Told


def search_leads(leads: QuerySet[Lead], actor: Actor, text: str) -> QuerySet[Lead]:
    """Those that hold the text; of what is hidden from the actor nothing is looked at."""
    open_facts = Q(customer_city__icontains=text) | Q(sector__icontains=text) | Q(summary__icontains=text)
    secret = Q(customer_name__icontains=text) | Q(contact_name__icontains=text)
    if not actor.is_vendor:
        secret &= Q(state__in=HELD_STATES, partner_id=actor.partner_id)
    return leads.filter(open_facts | secret)


@dataclass(frozen=True, slots=True)
class Room:
    """What a partner may still claim: held of how many, claimed today of how many."""

    held: int
    most_held: int
    today: int
    most_today: int

    @property
    def is_full(self) -> bool:
        """Whether the holding limit is reached."""
        return self.held >= self.most_held

    @property
    def is_spent(self) -> bool:
        """Whether the claims of the day are used up."""
        return self.today >= self.most_today


def room_of(partner: Partner, *, now: datetime) -> Room:
    """What the partner holds and has claimed today, its own local day. Two statements."""
    day_began = datetime.combine(local_date(now, partner.time_zone), time.min, tzinfo=ZoneInfo(partner.time_zone))
    today = LeadClaim.objects.unscoped("limits count all claims of the partner").filter(
        partner_id=partner.pk, way=ClaimWay.CLAIMED, claimed_at__gte=day_began
    )
    held = holding().filter(partner_id=partner.pk)
    return Room(held.count(), partner.tier.leads_held, today.count(), partner.tier.lead_claims_a_day)


def holding() -> QuerySet[Lead]:
    """Leads that count against holding limits: claimed, or in a deal that is still open; what was won does not."""
    in_open_deal = Q(state=LeadState.CONVERTED, deal__sales_stage__in=OPEN_STAGES) & ~Q(
        deal__review_status__in=[ReviewStatus.REJECTED, ReviewStatus.DUPLICATE]
    )
    return Lead.objects.unscoped("limits count all leads of a partner").filter(
        Q(state=LeadState.CLAIMED) | in_open_deal
    )


def cools_down_until(*, partner_id: int, end_customer_id: int, now: datetime) -> datetime | None:
    """Until when the partner may not claim this customer again, because it let it go before; ``None``: it may."""
    since = now - timedelta(days=pool_terms().cooldown_days)
    ended = (
        LeadClaim.objects.unscoped("a partner's own former claims")
        .filter(
            partner_id=partner_id,
            lead__end_customer_id=end_customer_id,
            end__in=[ClaimEnd.RELEASED, ClaimEnd.RETURNED, ClaimEnd.LAPSED],
            ended_at__gt=since,
        )
        .aggregate(last=Max("ended_at"))["last"]
    )
    return ended + timedelta(days=pool_terms().cooldown_days) if ended else None


def open_claim(lead: Lead) -> LeadClaim | None:
    """The claim under which the lead is held."""
    return lead.claims.filter(ended_at__isnull=True).first()


def contacts_of(lead: Lead) -> list[LeadContact]:
    """What was noted under the present claim, the latest first; earlier holders' notes stay theirs."""
    return list(LeadContact.objects.filter(claim__lead=lead, claim__ended_at__isnull=True).select_related("by"))


def offer_to(lead: Lead, partner_id: int | None) -> LeadOffer | None:
    """The offer of the lead that waits for this partner's answer."""
    return lead.offers.filter(partner_id=partner_id or 0, answer="").first()


def with_due(leads: QuerySet[Lead]) -> QuerySet[Any]:
    """Leads with ``due``: by when the partner has to answer the offer, to call, or to submit the draft."""
    waits = Q(state=LeadState.CLAIMED) | Q(state=LeadState.CONVERTED, deal__review_status=ReviewStatus.DRAFT)
    due = Case(
        When(state=LeadState.OFFERED, then=F("offered_until")),
        When(waits, then=F("follow_up_by")),
        output_field=DateTimeField(),
    )
    return leads.annotate(due=due)


def sortable(leads: QuerySet[Lead]) -> QuerySet[Any]:
    """Leads with what the contact's columns are sorted by: of who is not shown yet, nothing, whoever reads."""
    names = ("contact_name", "contact_email", "contact_phone")
    shown = {f"by_{name}": Case(When(state__in=HELD_STATES, then=F(name)), default=Value("")) for name in names}
    return leads.annotate(**shown)


def to_follow_up(actor: Actor, *, most: int = 20) -> list[Lead]:
    """What waits for the actor in the pool, with ``due``: offers, claims and drafts, the first due at the top."""
    own = leads_for(actor).filter(partner_id=actor.partner_id or 0)
    return list(with_due(own).filter(due__isnull=False).prefetch_related(None).order_by("due", "pk")[:most])


def leads_owned_by(user_id: int) -> QuerySet[Lead]:
    """The leads that a person works on and somebody else must take over when the person goes: claimed ones.

    A lead that was turned into a deal goes the deal's way and keeps its owner's name as the one who claimed it.
    """
    return Lead.objects.unscoped("a person's leads are handed over").filter(owner_id=user_id, state=LeadState.CLAIMED)


def is_in_pool(*, customer_ids: Collection[int], family_ids: Collection[int] | None, partner_id: int | None) -> bool:
    """Whether a free lead stands at one of these customers (for a partner: one that it may see). One statement."""
    free = Q(state=LeadState.POOL) if partner_id is None else free_for(partner_id)
    found = Lead.objects.unscoped("a pre-check says that, and nothing more").filter(
        free, end_customer_id__in=list(customer_ids) or [0]
    )
    if family_ids is not None:
        found = found.filter(Q(families__in=list(family_ids) or [0]) | Q(families__isnull=True))
    return found.exists()


def active_sources() -> QuerySet[LeadSource]:
    """The sources in use."""
    return LeadSource.objects.filter(is_active=True)


def source_coded(code: str) -> LeadSource | None:
    """A source in use by its code."""
    return active_sources().filter(code=code).first()
