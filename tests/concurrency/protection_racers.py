"""What the processes of the races for a customer do."""

from __future__ import annotations

import json
import random
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from concord.portal.refusals import Refusal
from concord.portal.work import Busy, action
from tests.concurrency.racing import Racer


def _manager(racer: Racer):
    from concord.portal.actor import actor_for_user
    from concord.portal.enums import Door
    from concord.portal.models import User

    return actor_for_user(User.objects.get(pk=racer.facts["manager"]), Door.DESK)


def _outcome(write) -> str:
    try:
        write()
    except Busy:
        return "busy"
    except Refusal as refused:
        return f"refused: {refused.code}"
    return "won"


def approve(racer: Racer, turn: int) -> str:
    """One manager approves one partner's registration of the round's customer."""
    from concord.deals.actions.decisions import approve_registration

    deal = uuid.UUID(racer.facts["deals"][turn][racer.number])
    return _outcome(
        lambda: approve_registration(actor=_manager(racer), deal_uuid=deal, now=datetime.now(UTC)),
    )


def approve_without_the_others_locks(racer: Racer, turn: int) -> str:
    """The same for an action that locks the deal's own record alone and not those that may be the same company."""
    from concord.deals.actions import decisions

    locked = decisions.locked_deal

    def only_its_own(**asked):
        return locked(**{**asked, "customers": ()})

    with mock.patch.object(decisions, "locked_deal", only_its_own):
        return approve(racer, turn)


def protect_as_typed(racer: Racer, turn: int) -> str:
    """Protect families one by one in one's own order, without any lock and without looking first."""
    from concord.deals.models import Protection
    from concord.portal.periods import period

    families = list(racer.facts["families"])
    random.Random(f"{racer.number} {turn}").shuffle(families)
    start = datetime.now(UTC)

    @action
    def write() -> None:
        for family in families:
            Protection.objects.create(
                deal_id=racer.facts["holders"][racer.number][0],
                partner_id=racer.facts["holders"][racer.number][1],
                end_customer_id=racer.facts["customers"][turn],
                family_id=family,
                period=period(start, start + timedelta(days=90)),
            )

    with mock.patch("concord.portal.work.ATTEMPTS", 1):
        return _outcome(write)


def submit(racer: Racer, turn: int) -> str:
    """Submit one of the partner's own drafts."""
    from concord.deals.actions.submission import submit_registration
    from concord.portal.actor import actor_for_user
    from concord.portal.enums import Door
    from concord.portal.models import User

    seller = actor_for_user(User.objects.get(pk=racer.facts["seller"]), Door.EXTRANET)
    deal = uuid.UUID(racer.facts["deals"][turn][racer.number])
    return _outcome(lambda: submit_registration(actor=seller, deal_uuid=deal, now=datetime.now(UTC)))


def submit_without_the_partners_lock(racer: Racer, turn: int) -> str:
    """The same without the lock that makes the partner's limits count right; between counting and writing is time."""
    from concord.deals.actions import submission

    count = submission._demand_room

    def count_and_dwell(*args: Any, **kwargs: Any) -> None:
        count(*args, **kwargs)
        time.sleep(0.5)

    with mock.patch.multiple(submission, _lock_partner=lambda _id: None, _demand_room=count_and_dwell):
        return submit(racer, turn)


def post(racer: Racer, turn: int) -> str:
    """The same request with the same key, sent by everybody at once."""
    from django.test import Client

    from concord.portal.models import User

    client = Client()
    client.force_login(User.objects.get(pk=racer.facts["seller"]))
    answer = client.post(
        "/api/v1/deals/",
        json.dumps(racer.facts["bodies"][turn]),
        content_type="application/json",
        headers={"idempotency-key": racer.facts["keys"][turn]},
    )
    return f"{answer.status_code} {answer.json().get('id', answer.json().get('code'))}"
