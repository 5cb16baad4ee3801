"""What the processes of the race of doors do: each comes through its own door and wants its own price."""

from __future__ import annotations

import io
import json
import random
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from unittest import mock

from concord.portal.refusals import Refusal
from concord.portal.work import Busy
from tests.concurrency.racing import Racer

DOORS = ("page", "api", "shell", "desk", "reprice", "import")


def door_of(number: int) -> str:
    """The door of a racer."""
    return DOORS[number % len(DOORS)]


def come_in(racer: Racer, turn: int) -> str:
    """Issue, grant or reprice at the customer of the round. ``issued`` is a price that got in."""
    if not racer.facts.get("unguarded"):
        return _come_in(racer, turn)
    from concord.portal.locking import database_clock
    from concord.pricing.actions import issuing

    def unlocked(_customer):
        return database_clock()

    def slowly(*args, **values):
        time.sleep(0.5)  # between the look and the commit
        return freeze(*args, **values)

    freeze = issuing.freeze
    with (
        mock.patch.object(issuing, "lock_end_customer_at", unlocked),
        mock.patch.object(issuing, "freeze", slowly),
    ):
        return _come_in(racer, turn)


def _come_in(racer: Racer, turn: int) -> str:
    door, one = door_of(racer.number), racer.facts["rounds"][turn]
    # Each round another door goes first: a shell has less to do than a page and would win them all.
    if DOORS.index(door) != turn % len(DOORS):
        time.sleep(random.Random(f"{racer.number} {turn}").uniform(0.05, 0.4))
    mine = one["racers"][racer.number]
    if door == "shell":
        return _shell(racer, mine)
    if door == "import":
        return _import(racer, turn)
    client = _client(racer.facts["users"][door])
    if door == "api":
        answer = client.post(
            "/api/v1/quotes/",
            json.dumps(one["body"]),
            content_type="application/json",
            headers={"Idempotency-Key": f"{turn}-{racer.number}"},
        )
        return "issued" if answer.status_code == 201 else f"{answer.status_code} {answer.json().get('code')}"
    answer = client.post(mine["url"], mine.get("form", {}))
    if answer.status_code != 302:
        return f"{answer.status_code} {door}"
    return "granted" if door == "desk" else "issued"


def _shell(racer: Racer, mine: dict) -> str:
    from concord.portal.actor import actor_for_user
    from concord.portal.enums import Door
    from concord.portal.models import User
    from concord.pricing.actions.quotes import issue_quote

    actor = actor_for_user(User.objects.get(pk=racer.facts["users"]["shell"]), Door.SHELL)
    try:
        issue_quote(actor=actor, quote_uuid=mine["quote"])
    except Busy:
        return "busy"
    except Refusal as refused:  # no such price, once another currency is promised
        return f"{refused.status} {refused.code}"
    return "issued"


def _import(racer: Racer, turn: int) -> str:
    """Bring in another list price that holds at once, and quote it."""
    from concord.portal.actor import actor_for_user, portal_actor
    from concord.portal.enums import Door
    from concord.portal.imports import kind_of, run_import
    from concord.portal.models import User
    from concord.pricing.actions.quotes import QuoteLineInput, draft_quote, issue_quote

    told, now = racer.facts["import"], datetime.now(UTC)
    brought = run_import(
        kind_of("prices"),
        io.BytesIO(f"sku,unit_price\n{told['sku']},{Decimal('9.50') - Decimal(turn) / 100}\n".encode()),
        actor=portal_actor(Door.IMPORT),
        now=now,
        options={"list": told["list"], "publish_at": "now", "complete": False},
    )
    if not brought.stored:
        return f"not imported: {brought.all_errors[0].code}"
    seller = actor_for_user(User.objects.get(pk=racer.facts["users"]["shell"]), Door.IMPORT)
    try:
        quote = draft_quote(
            actor=seller,
            partner_id=seller.partner_id,
            seller_id=seller.user_id,
            end_customer_id=racer.facts["rounds"][turn]["customer"],
            customer_name="Kunde AG",
            currency="USD",
            valid_until=now.date() + timedelta(days=20),
            lines=[QuoteLineInput(told["sku"], 5, None)],
        )
        issue_quote(actor=seller, quote_uuid=quote.uuid)
    except Busy:
        return "busy"
    except Refusal as refused:
        return f"{refused.status} {refused.code}"
    return "issued"


def _client(user: int):
    from django.test import Client

    from concord.portal.models import User

    client = Client(raise_request_exception=False)  # an error is a 500, as outside
    client.force_login(User.objects.get(pk=user))
    return client
