"""The mails that follow a handover: to the colleague who takes over, and to the customers' people when asked for."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from concord.deals.models import Deal, DealContact
from concord.portal.limits import Limit, TooMany, spend
from concord.portal.models import Event, User

logger = structlog.get_logger(__name__)

#: however often deals are handed to and fro, a person at a customer is not written to more often by one partner
_TO_ONE_PERSON = Limit("handover-mail", 2, timedelta(days=1))


def write_to_successor(payload: dict[str, Any], giver: str) -> None:
    """Tell the colleague what is his or hers now, with the addresses of the briefs. None to who has no access."""
    person = User.objects.filter(uuid=payload["to"], is_active=True).first()
    if person is None:
        return
    deals = Deal.objects.unscoped("the mail names the deals that its reader owns now").filter(
        uuid__in=payload["deals"], owner=person
    )
    root = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    with translation.override(person.language):
        lines = [f"{deal.customer_name}: {root}{reverse('deals:brief', args=[deal.uuid])}" for deal in deals]
        text = _("Hello %(name)s,") % {"name": person.name}
        text += "\n\n" + _("%(giver)s's work is yours now. The briefs say where everything stands:") % {"giver": giver}
        text += "\n\n" + "\n".join(lines)
        note = _note(payload)
        if note:
            text += "\n\n" + note
        subject = _("%(giver)s has handed work over to you") % {"giver": giver}
        EmailMessage(subject=subject, body=text, to=[person.email]).send()


def _note(payload: dict[str, Any]) -> str:
    """What was noted for the successor, who is the one to read it."""
    if not payload.get("noted"):
        return ""
    said = Event.objects.unscoped("the note is for the reader of this mail").get(uuid=str(payload["noted"]))
    return str(json.loads(said.payload)["note"])


def write_to_contact(contact_uuid: uuid.UUID | str, payload: dict[str, Any], giver: str) -> None:
    """Tell one person at a customer who is there for them now, in that person's language."""
    contact = DealContact.objects.select_related("deal").filter(uuid=contact_uuid, left_at__isnull=True).first()
    person = User.objects.filter(uuid=payload["to"]).first()
    if contact is None or person is None or not contact.email:
        return
    deal = Deal.objects.unscoped("the mail is about this deal").select_related("partner").get(pk=contact.deal_id)
    try:
        spend(_TO_ONE_PERSON, f"{deal.partner_id}:{hashlib.sha256(contact.email.casefold().encode()).hexdigest()}")
    except TooMany:
        logger.info("handover_mail_left_out", contact=str(contact_uuid))
        return
    subject, text = introduction(contact, giver=giver, successor=person, company=deal.partner.name)
    EmailMessage(subject=subject, body=text, to=[contact.email], reply_to=[person.email]).send()


def introduction(contact: DealContact, *, giver: str, successor: User, company: str) -> tuple[str, str]:
    """Subject and text that introduce the successor, in the contact's language. Nothing of the deal is in it."""
    with translation.override(contact.language):
        subject = _("Your contact at %(company)s") % {"company": company}
        text = _(
            "Hello %(name)s,\n\nfrom now on %(successor)s (%(email)s) is there for you instead of %(giver)s. Everything"
            " that was agreed with you stands.\n\nKind regards\n%(company)s"
        ) % {
            "name": contact.name,
            "successor": successor.name,
            "email": successor.email,
            "giver": giver,
            "company": company,
        }
    return subject, text


def drafted_mail(contact: DealContact, *, giver: str, successor: User, company: str) -> str:
    """The same as a ``mailto:`` address, for people who write themselves."""
    subject, text = introduction(contact, giver=giver, successor=successor, company=company)
    return f"mailto:{quote(contact.email, safe='@')}?subject={quote(subject)}&body={quote(text)}"
