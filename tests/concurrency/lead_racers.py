"""What the processes of the races for a lead do."""

from __future__ import annotations

import time
import uuid
from contextlib import ExitStack
from datetime import UTC, datetime
from unittest import mock

from django.test import Client

from concord.portal.refusals import Refusal
from concord.portal.work import Busy
from tests.concurrency.racing import Racer


def _lead(racer: Racer, turn: int) -> uuid.UUID:
    row = racer.facts["leads"][turn]
    return uuid.UUID(row[racer.number % len(row)])


def _user(racer: Racer):
    from concord.portal.models import User

    return User.objects.get(pk=racer.facts["people"][racer.number])


def claim(racer: Racer, turn: int) -> str:
    """One seller claims the round's lead."""
    from concord.deals.actions.leads_claiming import claim_lead
    from concord.portal.actor import actor_for_user
    from concord.portal.enums import Door

    actor = actor_for_user(_user(racer), Door.SHELL)
    try:
        claim_lead(actor=actor, lead_uuid=_lead(racer, turn), now=datetime.now(UTC))
    except Busy:
        return "busy"
    except Refusal as refused:
        return f"refused: {refused.code}"
    return "won"


def claim_through_any_door(racer: Racer, turn: int) -> str:
    """The same through page, API and shell, by the racer's number."""
    lead, door = _lead(racer, turn), racer.number % 3
    if door == 0:
        return claim(racer, turn)
    client = Client()
    client.force_login(_user(racer))
    if door == 1:
        answer = client.post(
            f"/api/v1/leads/{lead}/claim/", "{}", content_type="application/json", headers={"if-match": "*"}
        )
        return "won" if answer.status_code == 200 else f"refused: {answer.json()['code']}"
    answer = client.post(f"/pool/{lead}/do/claim/")
    return "won" if answer["Location"] == f"/pool/{lead}/" else "refused: not_free"


def claim_without_the_leads_lock(racer: Racer, turn: int) -> str:
    """The same for an action that reads the lead and does not lock it."""
    from concord.deals.actions import leads_claiming
    from concord.deals.models import Lead

    def only_read(*, actor, lead_uuid, expect=None):
        from concord.portal.refusals import NotThere

        found = Lead.objects.visible_to(actor).filter(uuid=lead_uuid).first()
        if found is None:
            raise NotThere
        return found

    with mock.patch.object(leads_claiming, "locked_lead", only_read):
        return claim(racer, turn)


def claim_without_the_partners_lock(racer: Racer, turn: int) -> str:
    """The same for an action that counts a partner's claims without locking the partner."""
    from concord.deals.actions import leads_claiming
    from concord.partners.models import Partner

    def only_read(partner_id):
        return Partner.objects.unscoped("a race").select_related("tier").get(pk=partner_id)

    counted = leads_claiming.demand_room

    def count_and_dawdle(*args, **kwargs):
        owner = counted(*args, **kwargs)
        time.sleep(0.3)  # between counting and writing, others count as well
        return owner

    with ExitStack() as patches:
        patches.enter_context(mock.patch.object(leads_claiming, "lock_partner", only_read))
        patches.enter_context(mock.patch.object(leads_claiming, "demand_room", count_and_dawdle))
        return claim(racer, turn)
