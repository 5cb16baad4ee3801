"""Claiming a lead from the pool, giving it back, and handing it on."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from concord.deals.actions.leads_locked import (
    LeadExpectation,
    NotFree,
    lock_partner,
    locked_lead,
    person_told,
    put_back,
    subject_of_lead,
    take,
    tell,
)
from concord.deals.actions.locked import not_on_offer
from concord.deals.models import Lead
from concord.deals.pool_enums import (
    OPEN_LEAD_STATES,
    ClaimEnd,
    ClaimWay,
    LeadDeed,
    LeadState,
    OfferAnswer,
    ReleaseReason,
)
from concord.deals.pool_rules import can_run_pool, can_work_leads, can_work_on, demand_lead_state
from concord.deals.queries.lead_protection import is_kept_from
from concord.deals.queries.leads import cools_down_until, leads_owned_by, room_of
from concord.partners.actions.colleagues import hold_active
from concord.partners.models import Member, Partner
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.refusals import Conflict, InvalidInput, NotThere, WrongState
from concord.portal.work import action


class KeptForHolder(Conflict):
    """The customer is protected: its lead goes to the holder, or waits until the protection is over."""

    default_code = "protected_for_another"

    def __init__(self) -> None:
        super().__init__(
            _("This customer is protected for another partner. Assign the lead to that one, or wait until it ends.")
        )


@action
def claim_lead(
    *,
    actor: Actor,
    lead_uuid: uuid.UUID,
    now: datetime,
    owner_id: int | None = None,
    expect: LeadExpectation | None = None,
) -> Lead:
    """Claim a free lead; ``owner_id`` names the colleague who will work on it.

    Locks the partner, so that its limits count right, then the lead. Checks role, that the lead is free for this
    partner (its customer not protected for another), the cooldown of former owners, and the daily and holding limits
    of the tier. Writes claim and lead. Records ``lead.claimed``. Raises ``NotAllowed``, ``NotFree`` (taken, elsewhere
    or not there: it sounds the same), ``WrongState`` for one's own, ``Changed``, ``Conflict``, ``InvalidInput``.
    """
    can_work_leads(actor).enforce()
    partner = lock_partner(actor.partner_id)
    try:
        lead = locked_lead(actor=actor, lead_uuid=lead_uuid)
    except NotThere:
        raise NotFree from None
    demand_lead_state(LeadDeed.CLAIM, lead)
    if expect is not None:
        expect(lead)
    if is_kept_from(lead, partner.pk, now=now):
        raise NotFree
    if cools_down_until(partner_id=partner.pk, end_customer_id=lead.end_customer_id, now=now):
        message = _("Your company had this customer before and let it go. It may claim it again later.")
        raise Conflict(message, code="cooling_down")
    owner = demand_room(actor, partner.pk, owner_id, now=now, is_free_claim=True)
    take(lead, partner_id=partner.pk, owner_id=owner, way=ClaimWay.CLAIMED, now=now)
    tell(
        "lead.claimed",
        actor=actor,
        subject=subject_of_lead(lead),
        payload={"owner": person_told(owner), "follow_up_by": lead.follow_up_by},
    )
    return lead


@action
def release_lead(
    *,
    actor: Actor,
    lead_uuid: uuid.UUID,
    now: datetime,
    reason: str = ReleaseReason.OTHER,
    expect: LeadExpectation | None = None,
) -> Lead:
    """Give a claimed lead back; the partner cools down before it may claim this customer again.

    Locks the lead. Checks role, state and reason. Writes claim and lead. Records ``lead.released``. Raises
    ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``, ``InvalidInput``.
    """
    if reason not in ReleaseReason.values:
        raise InvalidInput.at("/reason", "unknown_reason", not_on_offer(ReleaseReason.values))
    lead = locked_lead(actor=actor, lead_uuid=lead_uuid)
    demand_lead_state(LeadDeed.RELEASE, lead)
    can_work_on(actor, lead).enforce()
    if expect is not None:
        expect(lead)
    subject = subject_of_lead(lead)
    put_back(lead, end=ClaimEnd.RELEASED, reason=reason, now=now)
    tell("lead.released", actor=actor, subject=subject, payload={"reason": reason})
    return lead


@action
def assign_lead(*, actor: Actor, lead_uuid: uuid.UUID, owner_id: int, now: datetime) -> Lead:
    """Give a lead to a person at a partner by hand; territory, limits and cooldown are the manager's to weigh.

    Locks the lead. Checks role, state (open or claimed), that the person works at an active partner, and that the
    customer is not protected for another. Ends a waiting
    offer and a running claim. Writes claim and lead. Records ``lead.assigned``. Raises ``NotThere``, ``NotAllowed``,
    ``WrongState``, ``InvalidInput``, ``KeptForHolder``.
    """
    can_run_pool(actor).enforce()
    member = _partner_member(owner_id)
    if member is None or member.partner_id is None:
        raise InvalidInput.at("/owner", "unknown_owner", _("Choose a person who works at an active partner."))
    lead = locked_lead(actor=actor, lead_uuid=lead_uuid)
    if lead.state not in {*OPEN_LEAD_STATES, LeadState.CLAIMED}:
        raise WrongState(state=lead.state, allowed=[*OPEN_LEAD_STATES, LeadState.CLAIMED])
    if is_kept_from(lead, member.partner_id, now=now):
        raise KeptForHolder
    _end_offer(lead, now=now)
    lead.claims.filter(ended_at__isnull=True).update(ended_at=now, end=ClaimEnd.TAKEN_BACK)
    take(lead, partner_id=member.partner_id, owner_id=owner_id, way=ClaimWay.ASSIGNED, now=now)
    tell(
        "lead.assigned",
        actor=actor,
        subject=subject_of_lead(lead),
        payload={"owner": person_told(owner_id), "follow_up_by": lead.follow_up_by},
    )
    return lead


@action
def withdraw_lead(*, actor: Actor, lead_uuid: uuid.UUID, now: datetime) -> Lead:
    """Take a lead out for good: a mistake, or a person who does not want to be contacted.

    Locks the lead. Checks role and that it was neither converted nor withdrawn. Ends a waiting offer and a running
    claim. Writes the lead. Records ``lead.withdrawn`` to the partner that had it, if any. Raises ``NotThere``,
    ``NotAllowed``, ``WrongState``.
    """
    can_run_pool(actor).enforce()
    lead = locked_lead(actor=actor, lead_uuid=lead_uuid)
    if lead.state not in {*OPEN_LEAD_STATES, LeadState.CLAIMED}:
        raise WrongState(state=lead.state, allowed=[*OPEN_LEAD_STATES, LeadState.CLAIMED])
    subject = subject_of_lead(lead)
    _end_offer(lead, now=now)
    put_back(lead, end=ClaimEnd.TAKEN_BACK, now=now, state=LeadState.WITHDRAWN)
    visibility = Visibility.INTERNAL if subject.partner_id is None else Visibility.PARTNER
    tell("lead.withdrawn", actor=actor, subject=subject, visibility=visibility)
    return lead


@action
def reassign_leads(
    *,
    actor: Actor,
    from_user_id: int,
    to_user_id: int,
    now: datetime,
    leads: Collection[uuid.UUID] | None = None,
) -> int:
    """Hand a person's claimed leads (or the named ones of them) to a colleague; how many moved.

    Part of a handover, whose action says who may do that. Locks the leads, in order. Checks that both work at the same
    partner. Writes leads and claims; deadlines run on. Records ``lead.reassigned`` for each. Raises ``InvalidInput``.
    """
    wanted = leads_owned_by(from_user_id)
    if leads is not None:
        wanted = wanted.filter(uuid__in=list(leads))
    successor = _partner_member(to_user_id)
    giver, taker = person_told(from_user_id), person_told(to_user_id)
    moved = 0
    for lead in wanted.select_for_update(of=("self",)).order_by("pk"):
        if successor is None or successor.partner_id != lead.partner_id:
            raise InvalidInput.at("/successor", "unknown_owner", _("Nobody of that name works at this partner."))
        lead.owner_id = to_user_id
        lead.save()
        lead.claims.filter(ended_at__isnull=True).update(owner_id=to_user_id)
        tell(
            "lead.reassigned",
            actor=actor,
            subject=subject_of_lead(lead),
            payload={"from": giver, "to": taker},
        )
        moved += 1
    return moved


def demand_room(actor: Actor, partner_id: int, owner_id: int | None, *, now: datetime, is_free_claim: bool) -> int:
    """Inside an action that holds the partner's lock: refuse what is over its limits; the owner that the lead gets."""
    partner = Partner.objects.visible_to(actor).select_related("tier").get(pk=partner_id)
    room = room_of(partner, now=now)
    if room.is_full:
        message = ngettext(
            "Your company holds %(n)d lead, the most its tier allows. Finish or release one first.",
            "Your company holds %(n)d leads, the most its tier allows. Finish or release one first.",
            room.held,
        ) % {"n": room.held}
        raise Conflict(message, code="too_many_held", details={"limit": room.most_held})
    if is_free_claim and room.is_spent:
        message = ngettext(
            "Your company has claimed %(n)d lead today, the most its tier allows. Claim this one tomorrow.",
            "Your company has claimed %(n)d leads today, the most its tier allows. Claim this one tomorrow.",
            room.today,
        ) % {"n": room.today}
        raise Conflict(message, code="too_many_today", details={"limit": room.most_today})
    return _owner(actor, partner_id, owner_id)


def _owner(actor: Actor, partner_id: int, owner_id: int | None) -> int:
    """Who works on it: the actor, or a colleague named by an administrator or a system."""
    if owner_id is None or owner_id == actor.user_id:
        if actor.user_id is None:
            raise InvalidInput.at("/owner", "required", _("Say who works on this lead."))
        return hold_active(actor.user_id)
    if not actor.sees_whole_partner:
        raise InvalidInput.at("/owner", "not_yours", _("Only the company's administrator claims for a colleague."))
    member = _partner_member(owner_id)
    if member is None or member.partner_id != partner_id:
        raise InvalidInput.at("/owner", "unknown_owner", _("Nobody of that name works at this partner."))
    return hold_active(owner_id)


def _partner_member(user_id: int) -> Member | None:
    return (
        Member.objects.unscoped("whoever is given a lead works at a partner")
        .filter(user_id=user_id, user__is_active=True, partner__status="active")
        .first()
    )


def _end_offer(lead: Lead, *, now: datetime) -> None:
    lead.offers.filter(answer="").update(answer=OfferAnswer.TAKEN_BACK, answered_at=now)
