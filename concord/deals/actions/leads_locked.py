"""What the actions on leads share: the lead locked, who takes it, and how it goes back into the pool."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from concord.deals.actions.locked import Changed
from concord.deals.models import Lead, LeadClaim
from concord.deals.pool.terms import pool_terms
from concord.deals.pool_enums import ClaimEnd, ClaimWay, LeadState
from concord.partners.models import Partner
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.models import Event, User
from concord.portal.refusals import Conflict, NotThere

#: raises when the locked lead is not the version that the caller has read
LeadExpectation = Callable[[Lead], None]


class NotFree(Conflict):
    """The lead is not in the pool for this partner: taken, withdrawn, elsewhere, or never there. All sound the same."""

    default_code = "not_free"

    def __init__(self) -> None:
        super().__init__(_("This lead is not free to claim. Somebody may have been faster."))


def lead_as_read_at(version: str) -> LeadExpectation:
    """An expectation for pages: the form carries the lead's ``updated_at`` as it was shown."""

    def expect(lead: Lead) -> None:
        if version != lead.updated_at.isoformat():
            raise Changed

    return expect


@dataclass(frozen=True, slots=True)
class LeadSubject:
    """A lead, with the partner that it is with at that moment: a fact is told to that partner."""

    lead: uuid.UUID
    partner_id: int | None

    def chain(self, visibility: Visibility) -> Subject:
        """Where a fact goes. What a partner may read has a chain of that lead and partner, whose numbers count its own
        facts alone: in one chain for all, they would tell how many others had the lead before."""
        if self.partner_id is None or visibility == Visibility.INTERNAL:
            return Subject("lead", self.lead)
        return Subject("lead_at_partner", uuid.uuid5(self.lead, str(self.partner_id)), self.partner_id)


def subject_of_lead(lead: Lead) -> LeadSubject:
    """What facts about a lead are recorded of, as it stands now."""
    return LeadSubject(lead.uuid, lead.partner_id)


def tell(
    verb: str,
    *,
    actor: Actor,
    subject: LeadSubject,
    payload: Mapping[str, Any] | None = None,
    visibility: Visibility = Visibility.PARTNER,
) -> Event:
    """Record a fact about a lead; its ``lead`` names the lead, whichever chain it stands in."""
    told = {**(payload or {}), "lead": subject.lead}
    return record(verb, actor=actor, subject=subject.chain(visibility), payload=told, visibility=visibility)


def person_told(user_id: int | None) -> uuid.UUID | None:
    """A person as facts name one: numbers of rows would tell partners how many there are."""
    return User.objects.filter(pk=user_id or 0).values_list("uuid", flat=True).first()


def locked_lead(*, actor: Actor, lead_uuid: uuid.UUID, expect: LeadExpectation | None = None) -> Lead:
    """A lead that the actor may see, locked until the transaction ends.

    Raises ``NotThere`` for one that is not there or not for the actor, and whatever ``expect`` raises.
    """
    lead = (
        Lead.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("source", "deal")
        .filter(uuid=lead_uuid)
        .first()
    )
    if lead is None:
        raise NotThere
    if expect is not None:
        expect(lead)
    return lead


def lead_to_time(lead_id: int, *, states: tuple[LeadState, ...]) -> Lead | None:
    """A lead for a timer: locked, unless somebody else is at it or it has moved on; then ``None``."""
    return (
        Lead.objects.unscoped("timers look after every lead")
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("source", "deal")
        .filter(pk=lead_id, state__in=states)
        .first()
    )


def lock_partner(partner_id: int | None) -> Partner:
    """The partner with its tier, locked so that its limits are counted one at a time; taken before the lead's lock."""
    # The row lock of an update that leaves the key alone: foreign keys may still be checked against it.
    return (
        Partner.objects.unscoped("the limits of a partner are counted one at a time")
        .select_for_update(no_key=True, of=("self",))
        .select_related("tier")
        .get(pk=partner_id or 0)
    )


def take(lead: Lead, *, partner_id: int, owner_id: int, way: ClaimWay, now: datetime) -> None:
    """Inside an action that holds the locks: the lead is the partner's from now on, under one new claim."""
    LeadClaim.objects.create(lead=lead, partner_id=partner_id, owner_id=owner_id, way=way, claimed_at=now)
    lead.state = LeadState.CLAIMED
    lead.partner_id = partner_id
    lead.owner_id = owner_id
    lead.claimed_at = now
    lead.follow_up_by = pool_terms().first_follow_up_by(now)
    lead.contacted_at = None
    lead.reminders = 0
    lead.offered_until = None
    lead.save()


def put_back(lead: Lead, *, end: ClaimEnd, now: datetime, reason: str = "", state: LeadState = LeadState.POOL) -> None:
    """Inside an action that holds the lock: the claim ends, and the lead is free again (or in another open state)."""
    lead.claims.filter(ended_at__isnull=True).update(ended_at=now, end=end, reason=reason)
    set_free(lead, now=now, state=state)


def set_free(lead: Lead, *, now: datetime, state: LeadState = LeadState.POOL) -> None:
    """Inside an action that holds the lock: nobody's from now on.

    A lead that is given back counts as free since it was free first: a later day would tell strangers that it was held.
    """
    lead.state = state
    lead.partner_id = None
    lead.owner_id = None
    lead.deal = None
    lead.claimed_at = None
    lead.follow_up_by = None
    lead.contacted_at = None
    lead.offered_until = None
    lead.reminders = 0
    lead.free_since = (lead.free_since or now) if state == LeadState.POOL else None
    lead.save()
