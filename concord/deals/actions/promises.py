"""Keeping book of what was promised to the customer."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from concord.deals.actions.activities import contact_named
from concord.deals.actions.locked import locked_deal, subject_of
from concord.deals.actions.people import checked_text
from concord.deals.enums import PromiseKind, PromiseState
from concord.deals.models import Promise
from concord.deals.rules import can_add_activity
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.refusals import FieldError, InvalidInput, NotThere, WrongState
from concord.portal.work import action


@action
def save_promise(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    now: datetime,
    promise_uuid: uuid.UUID | None = None,
    kind: str,
    text: str,
    contact: uuid.UUID | str | None = None,
    until_on: date | None = None,
    evidence: str = "",
) -> Promise:
    """Note a promise to the customer, or change an open one.

    Locks the deal. Checks the role, every value, and that the promise is not settled. Writes the promise; whoever
    notes it (for a system, the deal's seller) has to keep it until a handover. Records ``deal.promise_made`` or
    ``deal.promise_changed``. Raises ``NotThere``, ``NotAllowed``, ``InvalidInput``, ``WrongState``.
    """
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid)
    can_add_activity(actor, deal).enforce()
    errors: list[FieldError] = []
    words = checked_text("text", text, 500, errors)
    proof = checked_text("evidence", evidence, 300, errors)
    if kind not in PromiseKind.values:
        errors.append(FieldError("/kind", "choice", _("There is no such kind of promise.")))
    if not words:
        errors.append(FieldError("/text", "required", _("Say what was promised.")))
    person = contact_named(deal, contact, errors)
    if errors:
        raise InvalidInput(errors)
    promise = Promise(deal=deal, made_at=now, responsible_id=(not actor.client_id and actor.user_id) or deal.owner_id)
    if promise_uuid:
        found = Promise.objects.filter(deal=deal, uuid=promise_uuid).first()
        if found is None:
            raise NotThere
        promise = found
        _demand_open(promise)
    is_new = promise.pk is None
    promise.kind, promise.text, promise.contact, promise.until_on, promise.evidence = (
        kind,
        words,
        person,
        until_on,
        proof,
    )
    promise.save()
    record(
        "deal.promise_made" if is_new else "deal.promise_changed",
        actor=actor,
        subject=subject_of(deal),
        payload={"promise": promise.uuid, "kind": kind, "until_on": until_on},
    )
    return promise


@action
def settle_promise(
    *, actor: Actor, deal_uuid: uuid.UUID, promise_uuid: uuid.UUID, state: str, now: datetime
) -> Promise:
    """Say that a promise was kept, broken or withdrawn. Saying the same again changes nothing.

    Locks the deal. Checks the role, the word, and that the promise is open. Writes what became of it. Records
    ``deal.promise_settled``. Raises ``NotThere``, ``NotAllowed``, ``InvalidInput``, ``WrongState``.
    """
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid)
    can_add_activity(actor, deal).enforce()
    promise = Promise.objects.filter(deal=deal, uuid=promise_uuid).first()
    if promise is None:
        raise NotThere
    if state not in PromiseState.values or state == PromiseState.OPEN:
        raise InvalidInput.at("/state", "choice", _("A promise is kept, broken or withdrawn."))
    if promise.state == state:
        return promise
    _demand_open(promise)
    promise.state, promise.settled_at = state, now
    promise.save(update_fields=["state", "settled_at", "updated_at"])
    record(
        "deal.promise_settled",
        actor=actor,
        subject=subject_of(deal),
        payload={"promise": promise.uuid, "state": state},
    )
    return promise


def _demand_open(promise: Promise) -> None:
    if promise.state != PromiseState.OPEN:
        raise WrongState(
            state=promise.state, allowed=[PromiseState.OPEN.value], message=_("This promise is settled already.")
        )
