"""What the processes of the races around people do: access that ends, drafts that are opened, leads that go back."""

from __future__ import annotations

import time
import uuid
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from unittest import mock

from tests.concurrency.protection_racers import _outcome
from tests.concurrency.racing import Racer


def _actor(user_id: int):
    from concord.portal.actor import actor_for_user
    from concord.portal.enums import Door
    from concord.portal.models import User

    return actor_for_user(User.objects.get(pk=user_id), Door.EXTRANET)


# -- a colleague leaves while work comes to her


def leave_or_work(racer: Racer, turn: int) -> str:
    """The first takes the access of the round's person away; the others give that person work, each another kind."""
    person = racer.facts["people"][turn]
    if racer.number == 0:
        return f"leave {_outcome(lambda: _deactivate(racer, person))}"
    name = racer.facts["deeds"][racer.number - 1]
    return f"{name} {_outcome(lambda: _DEEDS[name](racer, turn, person))}"


def leave_or_work_unguarded(racer: Racer, turn: int) -> str:
    """The same where nobody holds the person."""
    from concord.deals.actions import drafts, leads_claiming
    from concord.partners.actions import members
    from concord.portal.models import User
    from concord.pricing.actions import drafts as quote_drafts

    def not_held(rows, *_args, **_options):
        return rows._chain()

    asked = members._demand_nothing_open

    def slowly(member):
        asked(member)
        time.sleep(0.4)

    queries = type(User.objects.all())
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(queries, "select_for_update", not_held))
        for module in (drafts, leads_claiming, quote_drafts):
            stack.enter_context(mock.patch.object(module, "hold_active", lambda user_id, **_more: user_id))
        stack.enter_context(mock.patch.object(leads_claiming, "lock_partner", _partner_read))
        stack.enter_context(mock.patch.object(members, "_demand_nothing_open", slowly))
        return leave_or_work(racer, turn)


def _partner_read(partner_id):
    from concord.partners.models import Partner

    return Partner.objects.unscoped("a race").select_related("tier").get(pk=partner_id)


def _deactivate(racer: Racer, person: int) -> None:
    from concord.partners.actions.members import deactivate_member
    from concord.partners.models import Member

    member = Member.objects.unscoped("a race").select_related("user").get(user_id=person)
    deactivate_member(actor=_actor(racer.facts["admin"]), member=member)


def _register(racer: Racer, turn: int, person: int) -> None:
    from concord.deals.actions.drafts import create_registration
    from tests.deals import making

    create_registration(
        actor=_actor(person), registration=making.registration(f"Neukunde {turn} AG"), now=datetime.now(UTC)
    )


def _claim(racer: Racer, turn: int, person: int) -> None:
    from concord.deals.actions.leads_claiming import claim_lead

    lead = uuid.UUID(racer.facts["leads"][turn])
    claim_lead(actor=_actor(person), lead_uuid=lead, now=datetime.now(UTC))


def _quote(racer: Racer, turn: int, person: int) -> None:
    from concord.pricing.actions.quotes import QuoteLineInput, draft_quote

    actor = _actor(person)
    draft_quote(
        actor=actor,
        partner_id=actor.partner_id,
        seller_id=person,
        end_customer_id=racer.facts["customer"],
        customer_name="Kunde AG",
        currency="USD",
        valid_until=datetime.now(UTC).date() + timedelta(days=20),
        lines=[QuoteLineInput(racer.facts["sku"], 5, None)],
    )


def _take_over(racer: Racer, turn: int, person: int) -> None:
    from concord.deals.actions.handover import hand_over_deal
    from concord.portal.models import User

    hand_over_deal(
        actor=_actor(racer.facts["admin"]),
        deal_uuid=uuid.UUID(racer.facts["deals"][turn]),
        successor=User.objects.get(pk=person).email,
        now=datetime.now(UTC),
    )


_DEEDS = {"register": _register, "claim": _claim, "quote": _quote, "take over": _take_over}


# -- a draft is opened in an emergency


def break_glass(racer: Racer, turn: int) -> str:
    """The manager opens the round's draft, from several windows at once; the last racer hands the draft in."""
    from concord.deals.actions import emergency
    from concord.deals.actions.submission import submit_registration

    deal, now = uuid.UUID(racer.facts["deals"][turn]), datetime.now(UTC)
    if racer.number == racer.facts["submits"]:
        seller = _actor(racer.facts["seller"])
        return "submit " + _outcome(lambda: submit_registration(actor=seller, deal_uuid=deal, now=now))
    manager, why = _actor(racer.facts["manager"]), "The customer is on the telephone."
    return "open " + _outcome(lambda: emergency.break_glass(actor=manager, deal_uuid=deal, reason=why, now=now))


def break_glass_unlocked(racer: Racer, turn: int) -> str:
    """The same where nobody locks the draft."""
    from concord.deals.models.registration import DealQuerySet

    with mock.patch.object(DealQuerySet, "select_for_update", lambda rows, *_args, **_options: rows._chain()):
        return break_glass(racer, turn)


# -- a lead goes back while somebody is at it


def return_or_work(racer: Racer, turn: int) -> str:
    """Two timers, its holder (twice) and a rival come to the round's lead at the moment in which its time is over."""
    from concord.deals.actions.leads_claiming import claim_lead
    from concord.deals.actions.leads_follow_up import convert_lead, note_contact, return_lead
    from concord.deals.models import Lead
    from concord.portal.actor import portal_actor

    what = ("timer", "contact", "convert", "timer", "rival")[racer.number]
    public_id, now = uuid.UUID(racer.facts["leads"][turn]), datetime.now(UTC)
    at = {"lead_uuid": public_id, "now": now}
    if what == "timer":
        pk = Lead.objects.unscoped("a timer").get(uuid=public_id).pk
        return "timer won" if return_lead(actor=portal_actor(), lead_id=pk, now=now) else "timer: nothing due"
    holder, rival = (_actor(one) for one in racer.facts["people"])
    deeds = {
        "contact": lambda: note_contact(actor=holder, text="Called.", **at),
        "convert": lambda: convert_lead(actor=holder, **at),
        "rival": lambda: claim_lead(actor=rival, **at),
    }
    return f"{what} {_outcome(deeds[what])}"


def return_or_work_unlocked(racer: Racer, turn: int) -> str:
    """The same where nobody locks the lead, and the timer thinks a moment before it takes it back."""
    from concord.deals.actions import leads_follow_up
    from concord.deals.models.lead import LeadQuerySet

    put_back = leads_follow_up.put_back

    def slowly(*args, **values):
        time.sleep(0.4)
        put_back(*args, **values)

    with (
        mock.patch.object(LeadQuerySet, "select_for_update", lambda rows, *_args, **_options: rows._chain()),
        mock.patch.object(leads_follow_up, "put_back", slowly),
    ):
        if racer.number:
            time.sleep(0.15)
        return return_or_work(racer, turn)
