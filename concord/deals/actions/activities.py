"""Noting what was done for a deal, and what is due next."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from concord.deals.actions.locked import locked_deal, readers_of, subject_of
from concord.deals.models import Activity, Deal, DealContact
from concord.deals.queries.work import kind_of_activity
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
    kind: str,
    text: str,
    now: datetime,
    happened_at: datetime | None = None,
    contact: uuid.UUID | str | None = None,
    is_internal: bool = False,
    next_step: str = "",
    next_due_at: datetime | None = None,
) -> Activity:
    """Note something that was done, with whom, and the next step when there is one.

    ``kind`` is the code of a kind on offer. Locks the deal. Checks the role and every value; a note for the vendor
    alone is the vendor's to make. Writes the activity; a further next step takes the place of the open one that the
    same side sees. Records ``deal.activity_added``, visible to the
    partner unless it is internal. Raises ``NotThere``, ``NotAllowed``, ``InvalidInput``.
    """
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid)
    can_add_activity(actor, deal).enforce()
    errors: list[FieldError] = []
    if kind_of_activity(kind) is None:
        errors.append(FieldError("/kind", "choice", _("There is no such kind of activity.")))
    person = contact_named(deal, contact, errors)
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
    internal = is_internal and actor.is_vendor
    if next_step.strip():
        _open_steps(deal).filter(is_internal=internal).update(next_done_at=now)
    activity = Activity.objects.create(
        deal=deal,
        kind_id=str(kind),
        contact=person,
        happened_at=happened_at or now,
        text=text.strip(),
        by_id=actor.user_id,
        is_internal=internal,
        next_step=next_step.strip(),
        next_due_at=next_due_at,
        # A system calls nobody: what it announces the deal's seller has to do, a note for the vendor apart.
        responsible_id=deal.owner_id if actor.client_id and not internal else actor.user_id,
    )
    record(
        "deal.activity_added",
        actor=actor,
        subject=subject_of(deal),
        payload={"activity": activity.uuid, "kind": activity.kind_id, "next_due_at": next_due_at},
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


@action
def correct_activity(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    activity_uuid: uuid.UUID,
    now: datetime,
    text: str,
    next_step: str = "",
    next_due_at: datetime | None = None,
    contact: uuid.UUID | str | None = None,
) -> Activity:
    """Correct what was noted: the text, with whom, and an open next step. What it said before stays in the history.

    Locks the deal. Checks that the actor noted it (or may note for the deal as its owner) and every value. Writes the
    activity. Records ``deal.activity_changed`` with the text as it was; of a draft, which is the partner's own, for the
    partner alone. Raises ``NotThere``, ``NotAllowed``,
    ``InvalidInput``.
    """
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid)
    can_add_activity(actor, deal).enforce()
    activity = deal.activities.filter(uuid=activity_uuid).first()
    if activity is None or (activity.is_internal and not actor.is_vendor):
        raise NotThere
    errors: list[FieldError] = []
    if not text.strip():
        errors.append(FieldError("/text", "required", _("Say what was done.")))
    if next_due_at is not None and not next_step.strip():
        errors.append(FieldError("/next_step", "required", _("Say what is due then.")))
    person = contact_named(deal, contact, errors)
    if errors:
        raise InvalidInput(errors)
    before = activity.text
    activity.text, activity.contact = text.strip(), person
    if activity.next_done_at is None:
        activity.next_step, activity.next_due_at = next_step.strip(), next_due_at
        activity.responsible_id = activity.responsible_id or actor.user_id
    activity.save()
    record(
        "deal.activity_changed",
        actor=actor,
        subject=subject_of(deal),
        payload={"activity": activity.uuid, "before": before[:500], "next_due_at": activity.next_due_at},
        visibility=_readers_of_change(deal, activity),
    )
    return activity


def _readers_of_change(deal: Deal, activity: Activity) -> Visibility:
    if activity.is_internal:
        return Visibility.INTERNAL
    return readers_of(deal)


def contact_named(deal: Deal, contact: uuid.UUID | str | None, errors: list[FieldError]) -> DealContact | None:
    """A person at the deal's customer by public id; an unknown one becomes an error at ``/contact``."""
    if not contact:
        return None
    try:
        found = deal.contacts.filter(uuid=uuid.UUID(str(contact))).first()
    except ValueError:
        found = None
    if found is None:
        errors.append(FieldError("/contact", "unknown", _("This person does not belong to the deal.")))
    return found


def _open_steps(deal: Deal) -> QuerySet[Activity]:
    return deal.activities.filter(next_done_at__isnull=True).exclude(next_step="")
