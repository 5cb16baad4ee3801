"""What follows from events about deals and leads."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable

from django.utils import timezone

from concord.deals.actions.calendar import end_calendar_feeds
from concord.deals.actions.emergency import tell_owner
from concord.deals.actions.handover_mails import write_to_contact, write_to_successor
from concord.deals.actions.lead_mails import lead_mail_targets, send_lead_mail
from concord.deals.actions.leads_receiving import lead_from_lapsed_deal
from concord.deals.actions.leads_routing import route_new_lead
from concord.deals.actions.stages import stage_after_quote
from concord.deals.models import Deal, Lead
from concord.deals.queries.leads import source_coded
from concord.partners.models import Member
from concord.portal.actor import portal_actor
from concord.portal.events import Consumer, register_consumer
from concord.portal.models import Event

#: verbs of deals whose customer goes back to everybody; the source of that name says so in the desk
LAPSED = frozenset({"deal.lapsed", "deal.expired"})

#: what people at partners are told by mail
MAILED = frozenset({"lead.offered", "lead.assigned", "lead.follow_up_due"})


def lapse(event: Event, _target: str) -> None:
    """A deal lapsed: its customer becomes a lead. Safe to repeat; nothing happens when the source is not in use."""
    source = source_coded("lapsed")
    deal = (
        Deal.objects.unscoped("what lapsed goes into the pool, whoever had it")
        .select_related("end_customer")
        .filter(uuid=event.subject_uuid)
        .first()
    )
    if event.subject_type == "deal" and source is not None and deal is not None:
        lead_from_lapsed_deal(actor=portal_actor(), deal=deal, source=source, now=timezone.now())


def route(event: Event, _target: str) -> None:
    """A lead came in: it is offered at once, and not only when the timer comes by. Safe to repeat."""
    lead_id = (
        Lead.objects.unscoped("new leads are routed")
        .filter(uuid=event.subject_uuid)
        .values_list("pk", flat=True)
        .first()
    )
    if lead_id is not None:
        route_new_lead(actor=portal_actor(), lead_id=lead_id, now=timezone.now())


def handed_over(event: Event, target: str) -> None:
    """Work was handed over: the successor, and each of the customers' people who is told, gets one mail."""
    kind, _colon, public_id = target.partition(":")
    payload = json.loads(event.payload)
    if kind == "contact":
        write_to_contact(public_id, payload, payload["from"])
    else:
        write_to_successor(payload, payload["from"])


def told_of_handover(event: Event) -> Iterable[str]:
    """One target for each mail, so that one that fails does not send the others again."""
    return ["successor", *(f"contact:{contact}" for contact in json.loads(event.payload)["contacts"])]


def quoted(event: Event, _target: str) -> None:
    """A quote of a deal went out: the sale is quoted, unless it is further on already. Safe to repeat."""
    if event.subject_type == "deal":
        quote = uuid.UUID(json.loads(event.payload)["quote"])
        stage_after_quote(actor=portal_actor(), deal_uuid=event.subject_uuid, quote_uuid=quote, now=timezone.now())


def glass_broken(event: Event, _target: str) -> None:
    """A draft was opened in an emergency: its owner is told."""
    tell_owner(event.subject_uuid, event.actor_name, json.loads(event.payload))


def member_gone(event: Event, _target: str) -> None:
    """Somebody has lost the access: the secret address of the calendar ends, for good."""
    member = Member.objects.unscoped("the person that the event is about").filter(uuid=event.subject_uuid).first()
    if member is not None:
        end_calendar_feeds(user_id=member.user_id, now=timezone.now())


def register() -> None:
    """Follow the log from now on."""
    register_consumer(Consumer("deals.handover", frozenset({"member.handed_over"}), handed_over, told_of_handover))
    register_consumer(Consumer("deals.emergency", frozenset({"deal.glass_broken"}), glass_broken))
    register_consumer(Consumer("deals.stage", frozenset({"quote.issued"}), quoted))
    register_consumer(Consumer("deals.calendar", frozenset({"member.deactivated"}), member_gone))
    register_consumer(Consumer("deals.pool.lapsed", LAPSED, lapse))
    register_consumer(Consumer("deals.pool.mail", MAILED, send_lead_mail, lead_mail_targets))
    register_consumer(Consumer("deals.pool.routing", frozenset({"lead.created"}), route))
