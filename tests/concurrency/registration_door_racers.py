"""What the processes of the race for a customer do: each comes with its own partner's registration, by its own door."""

from __future__ import annotations

import io
import random
import time
import uuid
from datetime import UTC, datetime
from unittest import mock

from django.urls import reverse

from concord.portal.refusals import Refusal
from concord.portal.work import Busy
from tests.concurrency.racing import Racer

#: ``page`` and ``import`` first bring the registration in, at the same moment as others decide
DOORS = ("page", "api", "import", "desk", "bulk", "shell")


def door_of(number: int) -> str:
    """The door of a racer."""
    return DOORS[number % len(DOORS)]


def come_in(racer: Racer, turn: int) -> str:
    """Have the racer's partner protected at the customer of the round. ``won`` is a protection."""
    door, mine = door_of(racer.number), racer.facts["rounds"][turn][racer.number]
    # Each round another door goes first: a shell has less to do than a page and would win them all.
    if DOORS.index(door) != turn % len(DOORS):
        time.sleep(random.Random(f"{racer.number} {turn}").uniform(0.05, 0.4))
    if door in {"page", "import"}:
        refusal = _hand_in(racer, door, mine)
        return refusal or _by_api(racer, mine["deal"] or _taken_over(mine))
    if door == "api":
        return _by_api(racer, mine["deal"])
    if door == "shell":
        return _by_shell(racer, mine["deal"])
    return _by_desk(racer, door, mine)


def come_in_unguarded(racer: Racer, turn: int) -> str:
    """The same where nobody locks the customer, and with a moment of thought between looking and writing."""
    from concord.deals.actions import decisions, locked

    write = decisions.protect

    def slowly(*args, **values):
        time.sleep(0.5)
        return write(*args, **values)

    with (
        mock.patch.object(locked, "lock_end_customers", return_value=None),
        mock.patch.object(decisions, "lock_end_customers", return_value=None),
        mock.patch.object(decisions, "protect", slowly),
    ):
        return come_in(racer, turn)


def _user(pk: int):
    from concord.portal.models import User

    return User.objects.get(pk=pk)


def _client(user: int):
    from django.test import Client

    client = Client(raise_request_exception=False)  # an error is a 500, as outside
    client.force_login(_user(user))
    return client


def _hand_in(racer: Racer, door: str, mine: dict) -> str:
    if door == "page":
        way = reverse("deals:do", args=[mine["deal"], "submit"])
        _client(mine["seller"]).post(way, {"version": mine["version"]})
        return ""
    from concord.deals.actions.submission import submit_registration
    from concord.portal.actor import actor_for_user, portal_actor
    from concord.portal.enums import Door
    from concord.portal.imports import kind_of, run_import

    outcome = run_import(
        kind_of("deals"),
        io.BytesIO(mine["file"].encode()),
        actor=portal_actor(Door.IMPORT),
        now=datetime.now(UTC),
        options=mine["options"],
    )
    if outcome.all_errors:
        return f"not imported: {outcome.all_errors[0].code}"
    seller = actor_for_user(_user(mine["seller"]), Door.EXTRANET)
    try:
        submit_registration(actor=seller, deal_uuid=uuid.UUID(_taken_over(mine)), now=datetime.now(UTC))
    except Busy:
        return "busy"
    except Refusal as refused:
        return f"not handed in: {refused.code}"
    return ""


def _taken_over(mine: dict) -> str:
    from concord.deals.models import Deal

    return str(Deal.objects.unscoped("a racer").get(external_id=mine["external_id"]).uuid)


def _by_api(racer: Racer, deal: str) -> str:
    answer = _client(racer.facts["manager"]).post(
        f"/api/v1/deals/{deal}/approve/", "{}", content_type="application/json", headers={"if-match": "*"}
    )
    return "won" if answer.status_code == 200 else f"{answer.status_code} {answer.json().get('code')}"


def _by_desk(racer: Racer, door: str, mine: dict) -> str:
    from concord.deals.models import Deal

    client, form = _client(racer.facts["manager"]), {"approve-reason": "meets_the_rules"}
    if door == "desk":
        url = reverse("registrations:decide", args=[mine["deal"], "approve"])
        status = client.post(url, {**form, "approve-version": mine["version"]}).status_code
    else:
        url = reverse("registrations:bulk_decide", args=["approve"])
        status = client.post(url, {**form, "deal": f"{mine['deal']}|{mine['version']}"}).status_code
    if status not in {200, 302, 409}:
        return f"{status} {door}"
    is_won = Deal.objects.unscoped("a racer").filter(uuid=mine["deal"], review_status="approved").exists()
    return "won" if is_won else "409 already_protected"


def _by_shell(racer: Racer, deal: str) -> str:
    from concord.deals.actions.decisions import approve_registration
    from concord.portal.actor import actor_for_user
    from concord.portal.enums import Door

    actor = actor_for_user(_user(racer.facts["manager"]), Door.SHELL)
    try:
        approve_registration(actor=actor, deal_uuid=uuid.UUID(deal), now=datetime.now(UTC))
    except Busy:
        return "busy"
    except Refusal as refused:
        return f"{refused.status} {refused.code}"
    return "won"
