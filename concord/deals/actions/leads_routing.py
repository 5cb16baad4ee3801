"""Offering a lead to one partner after the other, until one takes it or it is free for everybody."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from concord.deals.actions.leads_claiming import demand_room
from concord.deals.actions.leads_locked import (
    LeadExpectation,
    lead_to_time,
    lock_partner,
    locked_lead,
    person_told,
    put_back,
    set_free,
    subject_of_lead,
    take,
    tell,
)
from concord.deals.actions.locked import not_on_offer
from concord.deals.models import Lead, LeadOffer
from concord.deals.pool.terms import pool_terms
from concord.deals.pool_enums import (
    OPEN_LEAD_STATES,
    ClaimEnd,
    ClaimWay,
    LeadDeed,
    LeadState,
    OfferAnswer,
    ReleaseReason,
)
from concord.deals.pool_rules import can_run_pool, can_work_leads, demand_lead_state
from concord.deals.queries.lead_candidates import weighed_partners
from concord.deals.queries.lead_protection import holders_of, is_kept_from
from concord.deals.queries.leads import offer_to
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.refusals import InvalidInput, WrongState
from concord.portal.work import action


class OfferOver(WrongState):
    """The offer cannot be answered any more."""

    def __init__(self) -> None:
        super().__init__(state=OfferAnswer.EXPIRED, allowed=[LeadState.OFFERED], message=_("The offer has run out."))


@action
def route_lead(*, actor: Actor, lead_uuid: uuid.UUID, now: datetime) -> Lead:
    """Offer a lead that nobody holds to the best partner that was not offered it before.

    Locks the lead. Checks role and state; an offer that waits is taken back first. Writes the offer with its reasons,
    or puts the lead into the pool when no partner is left. Records ``lead.offered`` or ``lead.freed``. Raises
    ``NotThere``, ``NotAllowed``, ``WrongState``.
    """
    can_run_pool(actor).enforce()
    lead = locked_lead(actor=actor, lead_uuid=lead_uuid)
    _demand_open(lead)
    _take_back_offer(lead, now=now)
    _offer_next(lead, actor=actor, now=now, is_asked=True)
    return lead


@action
def free_lead(*, actor: Actor, lead_uuid: uuid.UUID, now: datetime) -> Lead:
    """Put a lead into the pool for everybody, whatever offer waits or claim is held.

    Locks the lead. Checks role and that it was neither converted nor withdrawn. Writes the lead, ends offer or claim.
    Records ``lead.freed``, to the partner that had it, if any. Raises ``NotThere``, ``NotAllowed``, ``WrongState``.
    """
    can_run_pool(actor).enforce()
    lead = locked_lead(actor=actor, lead_uuid=lead_uuid)
    if lead.state not in {*OPEN_LEAD_STATES, LeadState.CLAIMED}:
        raise WrongState(state=lead.state, allowed=[*OPEN_LEAD_STATES, LeadState.CLAIMED])
    _take_back_offer(lead, now=now)
    subject = subject_of_lead(lead)
    put_back(lead, end=ClaimEnd.TAKEN_BACK, now=now)
    visibility = Visibility.INTERNAL if subject.partner_id is None else Visibility.PARTNER
    tell("lead.freed", actor=actor, subject=subject, visibility=visibility)
    return lead


@action
def accept_lead(
    *,
    actor: Actor,
    lead_uuid: uuid.UUID,
    now: datetime,
    owner_id: int | None = None,
    expect: LeadExpectation | None = None,
) -> Lead:
    """Take an offered lead; ``owner_id`` names the colleague who will work on it.

    Locks the partner, then the lead. Checks role, state, that the offer has not run out, that the customer is not
    protected for another since, and the holding limit of the tier (the daily one is for free claims). Writes offer,
    claim and lead. Records ``lead.accepted``. Raises ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``,
    ``Conflict``, ``InvalidInput``.
    """
    can_work_leads(actor).enforce()
    lead, offer = _offered(LeadDeed.ACCEPT, actor=actor, lead_uuid=lead_uuid, now=now, expect=expect)
    if is_kept_from(lead, offer.partner_id, now=now):
        # Since the offer the customer was protected for somebody else: it sounds like any offer that is over.
        raise OfferOver
    owner = demand_room(actor, offer.partner_id, owner_id, now=now, is_free_claim=False)
    _answer(offer, OfferAnswer.ACCEPTED, now=now)
    take(lead, partner_id=offer.partner_id, owner_id=owner, way=ClaimWay.ACCEPTED, now=now)
    tell(
        "lead.accepted",
        actor=actor,
        subject=subject_of_lead(lead),
        payload={"owner": person_told(owner), "follow_up_by": lead.follow_up_by},
    )
    return lead


@action
def decline_lead(
    *,
    actor: Actor,
    lead_uuid: uuid.UUID,
    now: datetime,
    reason: str = ReleaseReason.OTHER,
    expect: LeadExpectation | None = None,
) -> Lead:
    """Decline an offered lead: it goes to the next partner and is not offered to this one again.

    Locks the partner, then the lead. Checks role, state, reason and that the offer has not run out. Writes offer and
    lead. Records ``lead.declined``, then what ``route_lead`` records. Raises ``NotThere``, ``NotAllowed``,
    ``WrongState``, ``Changed``, ``InvalidInput``.
    """
    can_work_leads(actor).enforce()
    if reason not in ReleaseReason.values:
        raise InvalidInput.at("/reason", "unknown_reason", not_on_offer(ReleaseReason.values))
    lead, offer = _offered(LeadDeed.DECLINE, actor=actor, lead_uuid=lead_uuid, now=now, expect=expect)
    _answer(offer, OfferAnswer.DECLINED, now=now, reason=reason)
    tell("lead.declined", actor=actor, subject=subject_of_lead(lead), payload={"reason": reason})
    _offer_next(lead, actor=actor, now=now)
    return lead


@action
def route_new_lead(*, actor: Actor, lead_id: int, now: datetime) -> bool:
    """For the timer: the first offer of a lead that came in. Safe to repeat; says whether it had to be done.

    Locks the lead unless somebody else does. Writes and records what ``route_lead`` does.
    """
    lead = lead_to_time(lead_id, states=(LeadState.NEW,))
    if lead is None:
        return False
    _offer_next(lead, actor=actor, now=now)
    return True


@action
def expire_offer(*, actor: Actor, lead_id: int, now: datetime) -> bool:
    """For the timer: an offer that nobody answered ends, and the next partner is asked. Safe to repeat.

    Locks the lead unless somebody else does. Records ``lead.offer_expired``, then what ``route_lead`` records.
    """
    lead = lead_to_time(lead_id, states=(LeadState.OFFERED,))
    if lead is None or lead.offered_until is None or lead.offered_until > now:
        return False
    offer = offer_to(lead, lead.partner_id)
    if offer is not None:
        _answer(offer, OfferAnswer.EXPIRED, now=now)
    tell("lead.offer_expired", actor=actor, subject=subject_of_lead(lead), payload={"until": lead.offered_until})
    _offer_next(lead, actor=actor, now=now)
    return True


def _offered(
    deed: LeadDeed, *, actor: Actor, lead_uuid: uuid.UUID, now: datetime, expect: LeadExpectation | None
) -> tuple[Lead, LeadOffer]:
    """The lead, locked after its partner, with the offer that waits for the actor's partner."""
    lock_partner(actor.partner_id)
    lead = locked_lead(actor=actor, lead_uuid=lead_uuid)
    demand_lead_state(deed, lead)
    if expect is not None:
        expect(lead)
    offer = offer_to(lead, actor.partner_id)
    if offer is None or offer.until <= now:
        raise OfferOver
    return lead, offer


def _offer_next(lead: Lead, *, actor: Actor, now: datetime, is_asked: bool = False) -> None:
    """Offer to the next partner, or free the lead: no partner left, enough were asked, or the source is not routed.

    The lead of a protected customer goes to its holder alone, whatever the source; freed, it is free for no other.
    """
    best = None
    if is_asked or _is_routed(lead) or holders_of(lead, lead.families.values_list("pk", flat=True), now=now):
        best = next((one for one in weighed_partners(lead, now=now) if not one.ruled_out), None)
    if best is None:
        set_free(lead, now=now)
        _tell_freed(lead, actor=actor)
        return
    until = pool_terms().accept_until(now)
    LeadOffer.objects.create(
        lead=lead, partner_id=best.partner_id, offered_at=now, until=until, reasons=best.as_reasons()
    )
    lead.state = LeadState.OFFERED
    lead.partner_id = best.partner_id
    lead.offered_until = until
    lead.save()
    tell("lead.offered", actor=actor, subject=subject_of_lead(lead), payload={"until": until})


def _is_routed(lead: Lead) -> bool:
    return lead.source.is_routed and lead.offers.count() < pool_terms().most_offers


def _take_back_offer(lead: Lead, *, now: datetime) -> None:
    lead.offers.filter(answer="").update(answer=OfferAnswer.TAKEN_BACK, answered_at=now)


def _answer(offer: LeadOffer, answer: OfferAnswer, *, now: datetime, reason: str = "") -> None:
    offer.answer = answer
    offer.answered_at = now
    offer.decline_reason = reason
    offer.save()


def _demand_open(lead: Lead) -> None:
    if lead.state not in OPEN_LEAD_STATES:
        raise WrongState(state=lead.state, allowed=OPEN_LEAD_STATES)


def _tell_freed(lead: Lead, *, actor: Actor) -> None:
    tell("lead.freed", actor=actor, subject=subject_of_lead(lead), visibility=Visibility.INTERNAL)
