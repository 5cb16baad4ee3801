"""Mails about leads: short, to those who can do something about it, naming nobody before the claim."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from concord.deals.models import Lead
from concord.deals.pool_enums import LeadState
from concord.partners.models import Member
from concord.portal.enums import Role
from concord.portal.models import BrandSettings, Event, User

#: the state in which the lead must still be for the mail to make sense
_STILL = {
    "lead.offered": (LeadState.OFFERED,),
    "lead.assigned": (LeadState.CLAIMED,),
    "lead.follow_up_due": (LeadState.CLAIMED, LeadState.CONVERTED),
}


def _lead_of(event: Event) -> str:
    return str(json.loads(event.payload)["lead"])


def lead_mail_targets(event: Event) -> Iterable[str]:
    """Whom an event about a lead is mailed to, by user id: its owner, or of an offer the partner's administrators."""
    lead = Lead.objects.unscoped("whom a mail goes to").filter(uuid=_lead_of(event)).first()
    if lead is None or lead.partner_id is None or lead.partner_id != event.partner_id:
        return ()
    if lead.owner_id is not None:
        return (str(lead.owner_id),)
    people = Member.objects.unscoped("whom a mail goes to").filter(
        partner_id=lead.partner_id, role=Role.PARTNER_ADMINISTRATOR, user__is_active=True
    )
    return [str(user_id) for user_id in people.values_list("user_id", flat=True)]


def send_lead_mail(event: Event, target: str) -> None:
    """Tell one person of an offer, an assignment or a deadline, unless it has been overtaken since."""
    lead = Lead.objects.unscoped("the lead of the mail").filter(uuid=_lead_of(event)).first()
    user = User.objects.filter(pk=int(target), is_active=True, member__partner_id=event.partner_id or 0).first()
    if lead is None or user is None or lead.partner_id != event.partner_id or lead.state not in _STILL[event.verb]:
        return
    if lead.owner_id is not None and lead.owner_id != user.pk:
        return
    brand = BrandSettings.load()
    path = reverse("pool:lead", args=[lead.uuid])
    with translation.override(user.language):
        context = {
            "brand_name": brand.vendor_name or brand.brand_name,
            "subject": _subject(event.verb),
            "lead": lead,
            "verb": event.verb,
            "until": _told(lead.offered_until or lead.follow_up_by or event.at, user),
            "action_url": f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}",
            "action_label": _("Open the lead"),
            "reason": _("You get this because you work on leads for your company."),
        }
        mail = EmailMultiAlternatives(
            subject=context["subject"], body=render_to_string("deals/email/lead.txt", context), to=[user.email]
        )
        mail.attach_alternative(render_to_string("deals/email/lead.html", context), "text/html")
    mail.send()


def _told(moment: datetime, user: User) -> str:
    """The moment in the reader's zone and language."""
    local = timezone.localtime(moment, ZoneInfo(user.time_zone))
    return f"{date_format(local, 'DATETIME_FORMAT')} ({local:%Z})"


def _subject(verb: str) -> str:
    if verb == "lead.offered":
        return _("A lead is offered to your company")
    if verb == "lead.assigned":
        return _("A lead was assigned to you")
    return _("A lead waits for your follow-up")
