"""Opening a deal that is not one's own in an emergency: with a reason, for two hours, and its owner is told."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.deals.actions.locked import subject_of
from concord.deals.models import Deal, EmergencyAccess
from concord.deals.rules import can_break_glass
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.refusals import InvalidInput, NotThere
from concord.portal.ui.formats import format_moment
from concord.portal.work import action

HOLDS = timedelta(hours=2)


@action
def break_glass(*, actor: Actor, deal_uuid: uuid.UUID, reason: str, now: datetime) -> EmergencyAccess:
    """Let a manager read a deal that a seller keeps as a draft, for two hours; it ends by itself.

    Locks the deal. Checks the role, that there is such a draft, and the reason. Writes the access; asking again while
    one holds changes nothing. Records ``deal.glass_broken``, which the owner reads in the history and gets by mail.
    Raises ``NotAllowed``, ``NotThere``, ``InvalidInput``.
    """
    can_break_glass(actor).enforce()
    deal = (
        Deal.objects.unscoped("opened in an emergency, with a reason that the owner reads")
        .select_for_update(of=("self",))
        .filter(uuid=deal_uuid, review_status="draft")
        .first()
    )
    if deal is None or actor.user_id is None:
        raise NotThere
    text = reason.strip()
    if not 10 <= len(text) <= 500 or "\x00" in text:
        message = gettext_lazy("Say why, in 10 to 500 characters: the owner reads it.")
        raise InvalidInput.at("/reason", "required", message)
    held = EmergencyAccess.objects.filter(deal=deal, user_id=actor.user_id, ends_at__gt=now).first()
    if held is not None:
        return held
    access = EmergencyAccess.objects.create(
        deal=deal, user_id=actor.user_id, reason=text, begins_at=now, ends_at=now + HOLDS
    )
    record(
        "deal.glass_broken",
        actor=actor,
        subject=subject_of(deal),
        payload={"reason": text, "until": access.ends_at},
    )
    return access


def tell_owner(deal_uuid: uuid.UUID, who: str, payload: dict[str, Any]) -> None:
    """Write to the owner of a deal that was opened, in the owner's language."""
    deal = (
        Deal.objects.unscoped("the mail goes to the deal's owner")
        .select_related("owner")
        .filter(uuid=deal_uuid)
        .first()
    )
    if deal is None or not deal.owner.is_active:
        return
    path = reverse("deals:history", args=[deal.uuid])
    with translation.override(deal.owner.language):
        until = format_moment(datetime.fromisoformat(payload["until"]))
        text = _(
            "%(who)s has opened your draft “%(deal)s” and may read it until %(until)s. The reason given: %(reason)s"
        ) % {"who": who, "deal": deal.title or deal.customer_name, "until": until, "reason": payload["reason"]}
        subject = _("Your draft was opened by the vendor")
        body = f"{text}\n\n{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}"
        EmailMessage(subject=subject, body=body, to=[deal.owner.email]).send()
