"""Noting what was done for a deal, and what is due next."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from concord.deals.actions.locked import locked_deal, subject_of
from concord.deals.enums import ActivityKind
from concord.deals.models import Activity
from concord.deals.rules import can_add_activity
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import record
from concord.portal.refusals import FieldError, InvalidInput, NotThere
from concord.portal.work import action


@action
def add_activity(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    kind: ActivityKind,
    text: str,
    now: datetime,
    happened_at: datetime | None = None,
    is_internal: bool = False,
    next_step: str = "",
    next_due_at: datetime | None = None,
) -> Activity:
    """Note something that was done, with the next step when there is one.

    Locks the deal. Checks the role and every value; a note for the vendor alone is the vendor's to make. Writes the
    activity; a further next step takes the place of the open one. Records ``deal.activity_added``, visible to the
    partner unless it is internal. Raises ``NotThere``, ``NotAllowed``, ``InvalidInput``.
    """
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid)
    can_add_activity(actor, deal).enforce()
    errors: list[FieldError] = []
    if kind not in ActivityKind.values:
        errors.append(FieldError("/kind", "choice", _("There is no such kind of activity.")))
    if not text.strip():
        errors.append(FieldError("/text", "required", _("Say what was done.")))
    if happened_at is not None and happened_at > now + timedelta(minutes=5):
        errors.append(FieldError("/happened_at", "future", _("What was done lies in the past.")))
    if len(next_step) > 200:
        errors.append(FieldError("/next_step", "max_length", _("At most %(most)d characters.") % {"most": 200}))
    if next_due_at is not None and not next_step.strip():
        errors.append(FieldError("/next_step", "required", _("Say what is due then.")))
    if errors:
        raise InvalidInput(errors)
    if next_step.strip():
        deal.activities.filter(next_done_at__isnull=True).exclude(next_step="").update(next_done_at=now)
    activity = Activity.objects.create(
        deal=deal,
        kind=kind,
        happened_at=happened_at or now,
        text=text.strip(),
        by_id=actor.user_id,
        is_internal=is_internal and actor.is_vendor,
        next_step=next_step.strip(),
        next_due_at=next_due_at,
    )
    record(
        "deal.activity_added",
        actor=actor,
        subject=subject_of(deal),
        payload={"activity": activity.uuid, "kind": activity.kind, "next_due_at": next_due_at},
        visibility=Visibility.INTERNAL if activity.is_internal else Visibility.PARTNER,
    )
    return activity


@action
def finish_step(*, actor: Actor, deal_uuid: uuid.UUID, activity_uuid: uuid.UUID, now: datetime) -> Activity:
    """Say that a next step is done. Safe to repeat.

    Locks the deal. Checks the role. Writes the activity. Records ``deal.step_done`` the first time. Raises
    ``NotThere``, ``NotAllowed``.
    """
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid)
    can_add_activity(actor, deal).enforce()
    activity = deal.activities.filter(uuid=activity_uuid).exclude(next_step="").first()
    if activity is None or (activity.is_internal and not actor.is_vendor):
        raise NotThere
    if activity.next_done_at is None:
        activity.next_done_at = now
        activity.save(update_fields=["next_done_at", "updated_at"])
        record(
            "deal.step_done",
            actor=actor,
            subject=subject_of(deal),
            payload={"activity": activity.uuid},
            visibility=Visibility.INTERNAL if activity.is_internal else Visibility.PARTNER,
        )
    return activity
