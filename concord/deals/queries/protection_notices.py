"""What the holder of a protection, or the loser of a decision, has to know today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from concord.deals.enums import OPEN_STAGES
from concord.deals.models import Deal, ExtensionRequest, ProtectionLife
from concord.deals.protection.working_time import appeal_until
from concord.deals.protection_enums import EndCause, RequestState
from concord.deals.queries.programme import programme_terms
from concord.portal.actor import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: so long what has happened stays on the home page
_NEWS = timedelta(days=14)
#: no time to appeal is longer, whatever the calendar
_LONGEST_APPEAL = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of the panel."""

    deal: Deal
    kind: str
    label: _StrPromise
    icon: str
    tone: str
    at: datetime


def protection_notices(actor: Actor, *, now: datetime, most: int = 12) -> list[Notice]:
    """Grace that runs, requests that silence could not grant, decisions to appeal against, what ended lately.

    Six statements.
    """
    lives = ProtectionLife.objects.visible_to(actor).select_related("deal")
    in_grace = lives.filter(ended_at__isnull=True, in_grace=True, deal__sales_stage__in=OPEN_STAGES)
    told = [
        Notice(one.deal, "grace", _("Too little activity: it lapses"), "alert-triangle", "bad", one.grace_until)
        for one in in_grace.order_by("grace_until")[:most]
        if one.grace_until is not None
    ]
    lacking = ExtensionRequest.objects.visible_to(actor).filter(state=RequestState.PENDING, lacking_at__isnull=False)
    label = _("Too little is known to extend the protection")
    told += [
        Notice(one.deal, "lacking", label, "alert-triangle", "warn", one.lacking_at)
        for one in lacking.select_related("deal").order_by("lacking_at")[:most]
        if one.lacking_at is not None
    ]
    told += _appealable(actor, now=now, most=most)
    words = {
        EndCause.LAPSED.value: (_("Protection lapsed"), "shield-off", "bad"),
        EndCause.EXPIRED.value: (_("Protection ran out"), "clock-x", "muted"),
        EndCause.CUSTOMERS_CHOICE.value: (_("The customer chose another partner"), "user-check", "warn"),
        EndCause.APPEAL.value: (_("An appeal ended the protection"), "gavel", "warn"),
    }
    ended = lives.filter(ended_at__gt=now - _NEWS, ended_at__lte=now, end_cause__in=words)
    for one in ended.order_by("-ended_at")[:most]:
        if one.ended_at is not None:
            told.append(Notice(one.deal, one.end_cause, *words[one.end_cause], one.ended_at))
    return told[:most]


def _appealable(actor: Actor, *, now: datetime, most: int) -> list[Notice]:
    deals = list(
        Deal.objects.visible_to(actor)
        .filter(
            review_status__in=["duplicate", "rejected"],
            decided_at__gt=now - _LONGEST_APPEAL,
            appeal__isnull=True,
            sales_stage__in=OPEN_STAGES,
        )
        .order_by("decided_at")[:most]
    )
    if not deals:
        return []
    terms = programme_terms()
    found = [(one, appeal_until(one.decided_at, terms)) for one in deals if one.decided_at is not None]
    label = _("You may appeal against the decision")
    return [Notice(deal, "appeal", label, "scale", "info", until) for deal, until in found if until > now]
