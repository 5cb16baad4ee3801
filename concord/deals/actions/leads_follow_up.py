"""What comes after a claim: contacts, the registration that it becomes, reminders, and the way back into the pool."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from concord.deals.actions.drafts import Registration, create_registration
from concord.deals.actions.leads_locked import (
    LeadExpectation,
    lead_to_time,
    locked_lead,
    person_told,
    put_back,
    subject_of_lead,
    tell,
)
from concord.deals.enums import OPEN_STAGES, ReviewStatus
from concord.deals.models import Deal, Lead, LeadContact
from concord.deals.pool.terms import pool_terms
from concord.deals.pool_enums import ClaimEnd, LeadDeed, LeadState
from concord.deals.pool_rules import can_work_on, demand_lead_state
from concord.deals.queries.leads import open_claim
from concord.portal.actor import Actor
from concord.portal.refusals import InvalidInput
from concord.portal.work import action

LONGEST_NOTE = 2_000


@action
def note_contact(
    *, actor: Actor, lead_uuid: uuid.UUID, text: str, now: datetime, expect: LeadExpectation | None = None
) -> Lead:
    """Note a contact with the customer: the next follow-up is due later, at most until the longest time of holding.

    Locks the lead. Checks role, state and text. Writes the contact, claim and lead. Records ``lead.contacted``. Raises
    ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``, ``InvalidInput``.
    """
    lead = locked_lead(actor=actor, lead_uuid=lead_uuid)
    demand_lead_state(LeadDeed.FOLLOW_UP, lead)
    can_work_on(actor, lead).enforce()
    if expect is not None:
        expect(lead)
    said = text.strip()
    if not said or len(said) > LONGEST_NOTE or "\x00" in said:
        message = _("Say in 1 to %(most)d characters what was done.") % {"most": LONGEST_NOTE}
        raise InvalidInput.at("/text", "length", message)
    claim = open_claim(lead)
    assert claim is not None and lead.claimed_at is not None  # the database holds both  # noqa: PT018
    LeadContact.objects.create(claim=claim, by_id=actor.user_id, at=now, text=said)
    claim.contacted_at = claim.contacted_at or now
    claim.save()
    lead.contacted_at = lead.contacted_at or now
    lead.follow_up_by = pool_terms().next_follow_up_by(lead.claimed_at, now)
    lead.reminders = 0
    lead.save()
    tell("lead.contacted", actor=actor, subject=subject_of_lead(lead), payload={"follow_up_by": lead.follow_up_by})
    return lead


@action
def convert_lead(
    *,
    actor: Actor,
    lead_uuid: uuid.UUID,
    now: datetime,
    public_id: uuid.UUID | None = None,
    expect: LeadExpectation | None = None,
) -> Deal:
    """Begin the registration that a claimed lead becomes, filled in from it: the follow-up counts as done.

    A draft that is not submitted in time sends the lead back. Locks the lead. Checks role and state. Writes the draft,
    claim and lead. Records ``deal.created`` and ``lead.converted``. Raises ``NotThere``, ``NotAllowed``,
    ``WrongState``, ``Changed``, ``InvalidInput``.
    """
    lead = locked_lead(actor=actor, lead_uuid=lead_uuid)
    demand_lead_state(LeadDeed.CONVERT, lead)
    can_work_on(actor, lead).enforce()
    if expect is not None:
        expect(lead)
    deal = create_registration(
        actor=actor,
        registration=_registration_of(lead),
        now=now,
        owner_id=lead.owner_id,
        public_id=public_id,
    )
    claim = open_claim(lead)
    assert claim is not None  # the database holds it
    claim.contacted_at = claim.contacted_at or now
    claim.converted_at = now
    claim.save()
    lead.state = LeadState.CONVERTED
    lead.deal = deal
    lead.contacted_at = lead.contacted_at or now
    lead.follow_up_by = pool_terms().draft_until(now)
    lead.reminders = 0
    lead.save()
    tell("lead.converted", actor=actor, subject=subject_of_lead(lead), payload={"deal": deal.uuid})
    return deal


@action
def remind_of_lead(*, actor: Actor, lead_id: int, now: datetime) -> bool:
    """For the timer: the next rung of the ladder of reminders. After downtime only the latest rung is told.

    Locks the lead unless somebody else does. Writes how far the ladder was climbed. Records ``lead.follow_up_due``.
    Safe to repeat; says whether there was something to tell.
    """
    lead = lead_to_time(lead_id, states=(LeadState.CLAIMED, LeadState.CONVERTED))
    if lead is None or not _is_awaited(lead) or lead.follow_up_by is None or lead.follow_up_by <= now:
        return False
    rungs = pool_terms().rungs_due(lead.follow_up_by, now)
    if rungs <= lead.reminders:
        return False
    lead.reminders = rungs
    lead.save()
    tell(
        "lead.follow_up_due",
        actor=actor,
        subject=subject_of_lead(lead),
        payload={"follow_up_by": lead.follow_up_by, "reminder": rungs, "owner": person_told(lead.owner_id)},
    )
    return True


@action
def return_lead(*, actor: Actor, lead_id: int, now: datetime) -> bool:
    """For the timer: a lead that was not followed up in time is free again. Safe to repeat.

    Locks the lead unless somebody else does. Checks that the deadline has passed, and of a converted one that its
    registration is still a draft. Writes claim and lead. Records ``lead.returned`` to the partner that had it.
    """
    lead = lead_to_time(lead_id, states=(LeadState.CLAIMED, LeadState.CONVERTED))
    if lead is None or not _is_awaited(lead) or lead.follow_up_by is None or lead.follow_up_by > now:
        return False
    subject, due = subject_of_lead(lead), lead.follow_up_by
    put_back(lead, end=ClaimEnd.RETURNED, now=now)
    tell("lead.returned", actor=actor, subject=subject, payload={"follow_up_by": due})
    return True


def _is_awaited(lead: Lead) -> bool:
    """Whether the partner still owes something: a contact, or the submission of the draft."""
    if lead.state == LeadState.CLAIMED:
        return True
    deal = lead.deal
    return deal is not None and deal.review_status == ReviewStatus.DRAFT and deal.sales_stage in OPEN_STAGES


def _registration_of(lead: Lead) -> Registration:
    return Registration(
        customer_name=lead.customer_name,
        customer_country=lead.customer_country,
        customer_city=lead.customer_city,
        customer_registration_number=lead.customer_registration_number,
        customer_website=lead.customer_website,
        contact_name=lead.contact_name,
        contact_email=lead.contact_email,
        contact_role=lead.contact_role,
        title=lead.summary,
        description=lead.details,
    )
