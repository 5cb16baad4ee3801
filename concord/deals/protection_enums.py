"""Choices of a protection's life, its extensions, holds and appeals, and what the history calls their facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from concord.portal.ui.looks import Look

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class EndCause(models.TextChoices):
    """Why a protection ended."""

    EXPIRED = "expired", _("Its time was over")
    LAPSED = "lapsed", _("Too little activity at the customer")
    CUSTOMERS_CHOICE = "choice", _("The customer chose in writing")
    APPEAL = "appeal", _("An appeal was decided")
    CLOSED = "closed", _("The deal was lost or withdrawn")
    DECIDED = "decided", _("The registration was changed and decided on again")


class RequestState(models.TextChoices):
    """Where a request about a protection stands."""

    PENDING = "pending", _("Waiting for an answer")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    MOOT = "moot", _("Over with the protection")
    TAKEN_BACK = "undone", _("Taken back before it began")


class AppealState(models.TextChoices):
    """Where an appeal stands."""

    OPEN = "open", _("Waiting for judgement")
    UPHELD = "upheld", _("Decision upheld")
    OVERTURNED = "overturned", _("Decision overturned")


class EscalationLevel(models.TextChoices):
    """How late an answer is when it is told to the escalation person."""

    NEAR = "near", _("Due soon")
    OVERDUE = "overdue", _("Overdue")


PROTECTION_EVENT_LABELS: dict[str, _StrPromise] = {
    "deal.answer_near": _("Answer due soon"),
    "deal.answer_overdue": _("Answer overdue"),
    "deal.protection_warned": _("Protection ends soon"),
    "deal.activity_test_passed": _("Enough activity at the customer"),
    "deal.grace_started": _("Too little activity: time to make up for it"),
    "deal.lapsed": _("Protection lapsed"),
    "deal.expired": _("Protection ran out"),
    "deal.extension_requested": _("Extension asked for"),
    "deal.extended": _("Protection extended"),
    "deal.extension_refused": _("Extension refused"),
    "deal.extension_lacking": _("Nobody answered, and too little is known to extend"),
    "deal.hold_requested": _("Stop of the clock asked for"),
    "deal.held": _("Clock stopped"),
    "deal.hold_refused": _("Stop of the clock refused"),
    "deal.hold_ended": _("Clock runs on"),
    "deal.customer_chose": _("The customer has chosen"),
    "deal.appealed": _("Appeal filed"),
    "deal.appeal_upheld": _("Appeal: the decision stands"),
    "deal.appeal_overturned": _("Appeal: the decision was overturned"),
    "deal.precedent_published": _("Published as a precedent"),
}

REQUEST_LOOKS = {
    RequestState.PENDING.value: Look("warn", "clock", RequestState.PENDING.label),
    RequestState.GRANTED.value: Look("ok", "circle-check", RequestState.GRANTED.label),
    RequestState.REFUSED.value: Look("bad", "circle-x", RequestState.REFUSED.label),
    RequestState.MOOT.value: Look("muted", "minus", RequestState.MOOT.label),
    RequestState.TAKEN_BACK.value: Look("muted", "arrow-back", RequestState.TAKEN_BACK.label),
}
LIFE_LOOKS = {
    "live": Look("ok", "shield-check", _("In force")),
    "grace": Look("bad", "alert-triangle", _("In grace")),
    "ended": Look("muted", "shield-off", _("Over")),
}
APPEAL_LOOKS = {
    AppealState.OPEN.value: Look("warn", "scale", AppealState.OPEN.label),
    AppealState.UPHELD.value: Look("muted", "gavel", AppealState.UPHELD.label),
    AppealState.OVERTURNED.value: Look("ok", "gavel", AppealState.OVERTURNED.label),
}
