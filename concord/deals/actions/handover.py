"""Handing work over: deals with their promises, steps, quotes, leads and calendar, in one transaction."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from concord.deals.actions.leads_claiming import reassign_leads
from concord.deals.actions.locked import Changed, Expectation, locked_deal, subject_of
from concord.deals.models import Activity, Deal, DealContact, Promise
from concord.deals.queries.handover import (
    deals_to_hand_over,
    member_of,
    open_promises_of,
    open_steps_of,
    open_work_of,
    successors_of,
)
from concord.deals.rules import can_hand_over, can_hand_over_person
from concord.partners.actions.members import deactivate_member
from concord.partners.models import Member
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.limits import Limit, spend
from concord.portal.models import Event, User
from concord.portal.refusals import InvalidInput, NotThere
from concord.portal.work import action
from concord.pricing.actions.quote_sellers import reassign_quotes

#: mails that introduce successors to customers' people, for each partner
HANDOVER_MAILS = Limit("handover-mails", 400, timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Moved:
    """What a handover moved."""

    deals: int
    steps: int
    promises: int
    quotes: int
    leads: int


@action
def hand_over_deal(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    successor: str,
    now: datetime,
    note: str = "",
    tell_customer: bool = False,
    expect: Expectation | None = None,
) -> Deal:
    """Give one deal to a colleague of its owner, named by e-mail address.

    Locks the deal, then the successor. Checks the role and that the successor works at the same partner. Writes owner,
    open steps, open promises and the seller of its live quotes. Records ``deal.handed_over`` and, for who is told,
    ``member.handed_over``; what a partner's people note for each other in facts of their own, for the partner alone.
    Raises ``TooMany`` (mails to customers), ``NotThere``, ``NotAllowed``, ``InvalidInput`` and what ``expect`` raises.
    """
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect)
    can_hand_over(actor, deal).enforce()
    member = member_of(deal.owner_id)
    if member is None:
        raise NotThere
    person = _successor(member, email=successor)
    text = _checked_note(note)
    _move(actor, [deal], member, person, note=text, now=now)
    _tell(actor, member, {person.pk: [deal]}, {person.pk: person}, note=text, tell_customer=tell_customer)
    return deal


@action
def hand_over_person(
    *,
    actor: Actor,
    member: Member,
    default: uuid.UUID | None,
    now: datetime,
    by_deal: Mapping[uuid.UUID, uuid.UUID] | None = None,
    note: str = "",
    tell_customer: bool = False,
    then_deactivate: bool = False,
) -> Moved:
    """Give everything that a person works on to one or several colleagues, and take the access away when asked to.

    ``by_deal`` names successors (public ids of users) for single deals, ``default`` takes everything else. Locks the
    person's deals, in order, then successors, leads and quotes. Checks the role and every successor, and that deals
    named are still the person's. Writes owners, open steps and promises, sellers of live quotes and leads. Records
    ``deal.handed_over`` for each deal and ``member.handed_over`` for each successor. Raises ``NotAllowed``,
    ``InvalidInput``, ``Changed``, ``TooMany`` (mails to customers) and what ``deactivate_member`` raises.
    """
    can_hand_over_person(actor, member).enforce()
    text = _checked_note(note)
    deals = list(deals_to_hand_over(member.user_id).select_for_update(of=("self",)))
    chosen = dict(by_deal or {})
    if set(chosen) - {deal.uuid for deal in deals}:
        raise Changed
    work = open_work_of(member.user_id)
    rest = [deal for deal in deals if deal.uuid not in chosen]
    moved = Moved(len(deals), work.steps, work.promises, work.quotes, work.leads)
    shares: dict[int, list[Deal]] = defaultdict(list)
    people: dict[int, User] = {}
    for deal in deals:
        if deal.uuid in chosen:
            person = _successor(member, public_id=chosen[deal.uuid], pointer=f"/by_deal/{deal.uuid}")
            people[person.pk] = person
            shares[person.pk].append(deal)
    loose = work.leads or work.quotes or work.steps or work.promises
    heir = _successor(member, public_id=default) if default or rest or (loose and not shares) else None
    if heir is not None:
        people[heir.pk] = heir
        shares[heir.pk].extend(rest)
    for key in sorted(shares):
        _move(actor, shares[key], member, people[key], note=text, now=now)
    if people:
        remainder = heir or people[min(people)]
        open_steps_of(member.user_id).update(**_taker(member, remainder))
        open_promises_of(member.user_id).update(**_taker(member, remainder))
        reassign_leads(actor=actor, from_user_id=member.user_id, to_user_id=remainder.pk, now=now)
        reassign_quotes(actor=actor, from_user_id=member.user_id, to_user_id=remainder.pk)
        _tell(actor, member, shares, people, note=text, tell_customer=tell_customer)
    if then_deactivate:
        deactivate_member(actor=actor, member=member)
    return moved


def _taker(member: Member, remainder: User) -> dict[str, Any]:
    """Who takes what hangs on deals of others: a partner's deal has an owner who sees it; at the vendor, the heir."""
    if member.partner_id is None:
        return {"responsible": remainder}
    owners = Deal.objects.unscoped("what hangs on a deal goes to its owner").filter(pk=OuterRef("deal_id"))
    return {"responsible_id": Subquery(owners.values("owner_id"))}


def _move(actor: Actor, deals: Collection[Deal], member: Member, person: User, *, note: str, now: datetime) -> None:
    """Everything that hangs on these locked deals goes to one colleague."""
    for deal in sorted(deals, key=lambda one: one.pk):
        mine: dict[str, Any] = {"deal": deal, "responsible_id": member.user_id}
        steps = Activity.objects.filter(**mine, next_done_at__isnull=True).exclude(next_step="")
        promises = Promise.objects.filter(**mine, state="open")
        counts = {"steps": steps.update(responsible=person), "promises": promises.update(responsible=person)}
        deal.owner = person
        deal.save(update_fields=["owner", "updated_at"])
        _noted("deal.handover_noted", actor, subject_of(deal), person, note)
        record(
            "deal.handed_over",
            actor=actor,
            subject=subject_of(deal),
            payload={"from": member.user.name, "to": person.name, "to_user": person.uuid, **counts},
        )
    if deals:
        reassign_quotes(
            actor=actor,
            from_user_id=member.user_id,
            to_user_id=person.pk,
            story_uuids=[deal.uuid for deal in deals],
        )


def _tell(
    actor: Actor,
    member: Member,
    shares: Mapping[int, Collection[Deal]],
    people: Mapping[int, User],
    *,
    note: str,
    tell_customer: bool,
) -> None:
    """One fact for each successor; who is written to follows from it."""
    told = {key: _to_tell(shares[key]) if tell_customer else [] for key in sorted(shares)}
    if any(told.values()):
        # A mail to people outside has a measure of its own: nobody writes to half a town by handing deals to and fro.
        spend(HANDOVER_MAILS, f"partner:{member.partner_id or 0}", times=sum(len(one) for one in told.values()))
    for key in sorted(shares):
        deals = list(shares[key])
        subject = Subject("member", member.uuid, member.partner_id)
        noted = _noted("member.handover_noted", actor, subject, people[key], note)
        record(
            "member.handed_over",
            actor=actor,
            subject=subject,
            payload={
                "from": member.user.name,
                "to": people[key].uuid,
                "deals": [deal.uuid for deal in deals],
                "contacts": told[key],
                "noted": noted.uuid if noted else None,
            },
        )


def _to_tell(deals: Collection[Deal]) -> list[uuid.UUID]:
    """The customers' people that can be written to, each address once, however many deals name it."""
    contacts = DealContact.objects.filter(deal__in=deals, left_at__isnull=True).exclude(email="")
    by_address: dict[str, uuid.UUID] = {}
    for one in contacts.order_by("pk"):
        by_address.setdefault(one.email.casefold(), one.uuid)
    return list(by_address.values())


def _noted(verb: str, actor: Actor, subject: Subject, person: User, note: str) -> Event | None:
    """A note is a fact of its own: what a partner's people write for each other is not the vendor's to read."""
    if not note:
        return None
    readers = Visibility.OWN if actor.is_partner else Visibility.PARTNER
    return record(verb, actor=actor, subject=subject, payload={"to": person.uuid, "note": note}, visibility=readers)


def _successor(
    member: Member, *, public_id: uuid.UUID | None = None, email: str = "", pointer: str = "/successor"
) -> User:
    """An active colleague, held so that nobody takes his or her access away meanwhile. Raises ``InvalidInput``."""
    found = [one for one in successors_of(member) if one.uuid == public_id or (email and one.email == email.lower())]
    held = User.objects.select_for_update(no_key=True).filter(pk__in=[one.pk for one in found], is_active=True).first()
    if held is None:
        raise InvalidInput.at(pointer, "unknown_successor", _("Choose an active colleague who takes over."))
    return held


def _checked_note(note: str) -> str:
    text = note.strip()
    if len(text) > 1_000 or "\x00" in text:
        raise InvalidInput.at("/note", "max_length", _("At most %(most)d characters.") % {"most": 1_000})
    return text
