"""What the processes of the price races do."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from unittest import mock

from concord.portal.refusals import Conflict
from concord.portal.work import Busy, action
from tests.concurrency.racing import Racer

LINES = 8


class ChangedMyMind(Exception):
    """The writer rolls back by itself, after it wrote."""


def _wanted(racer: Racer, turn: int):
    from concord.pricing.queries.commitments import Wanted

    chance = random.Random(f"{racer.number} {turn}")
    products = chance.sample(racer.facts["products"], LINES)  # shuffled: every writer in its own order
    price = Decimal(100 + racer.number)
    return chance, [Wanted(product, 1, None, price, "USD") for product in products]


def promise(racer: Racer, turn: int) -> str:
    """Promise eight prices that nobody else may have at the same time; sometimes change one's mind."""
    from concord.portal.actor import portal_actor
    from concord.portal.locking import database_clock, lock_end_customers
    from concord.pricing.actions.commitments import write_promises

    chance, wanted = _wanted(racer, turn)
    gives_up = chance.random() < racer.facts["own_rollbacks"]

    @action
    def write() -> None:
        lock_end_customers([racer.facts["customers"][turn]])
        at = database_clock()
        write_promises(
            actor=portal_actor(),
            quote_id=racer.facts["quotes"][racer.number],
            end_customer_id=racer.facts["customers"][turn],
            wanted=wanted,
            start=at,
            until=at + timedelta(days=30),
            skus={one.product_id: str(one.product_id) for one in wanted},
            related=(),
            time_zone="UTC",
        )
        if gives_up:
            raise ChangedMyMind

    return _outcome(write)


def promise_row_by_row(racer: Racer, turn: int) -> str:
    """The same for somebody who writes lines as typed, one by one, and takes no lock of his own."""
    from django.db.backends.postgresql.psycopg_any import NumericRange

    from concord.portal.periods import period
    from concord.pricing.models import PriceCommitment

    chance, wanted = _wanted(racer, turn)
    gives_up = chance.random() < racer.facts["own_rollbacks"]
    start = datetime.now(UTC)

    @action
    def write() -> None:
        for one in wanted:
            PriceCommitment.objects.create(
                end_customer_id=racer.facts["customers"][turn],
                product_id=one.product_id,
                quantity=NumericRange(1, None),
                validity=period(start, start + timedelta(days=30)),
                unit_price=one.unit_price,
                currency="USD",
                quote_id=racer.facts["quotes"][racer.number],
            )
        if gives_up:
            raise ChangedMyMind

    with mock.patch("concord.portal.work.ATTEMPTS", racer.facts.get("attempts", 4)):
        return _outcome(write)


def _outcome(write) -> str:
    try:
        write()
    except ChangedMyMind:
        return "rolled back"
    except Busy:
        return "busy"
    except Conflict as refused:
        return "refused" if refused.code == "price_conflict" else f"refused: {refused.code}"
    return "won"


def finish(racer: Racer, turn: int) -> str:
    """Accept, withdraw or decline the quote of the round: whichever this racer is for."""
    from concord.portal.actor import portal_actor
    from concord.pricing.actions import quotes

    name = racer.facts["actions"][racer.number % len(racer.facts["actions"])]
    try:
        getattr(quotes, name)(actor=portal_actor(), quote_uuid=racer.facts["quotes"][turn])
    except Conflict as refused:
        return f"refused: {refused.code}"
    return name


def same_request(racer: Racer, turn: int) -> str:
    """Send the same request with the same key as everybody else; one racer in four sends another body."""
    from django.test import Client

    from concord.portal.models import User

    client = Client()
    client.force_login(User.objects.get(pk=racer.facts["user"]))
    other = racer.number % 4 == 3
    body = dict(racer.facts["body"], note="another body" if other else "")
    answer = client.post(
        "/api/v1/quotes/",
        json.dumps(body),
        content_type="application/json",
        headers={"Idempotency-Key": f"race-{turn}"},
    )
    told = answer.json().get("id", answer.json().get("code", ""))
    return f"{answer.status_code} {'other' if other else 'same'} {told}"


def end_quote(racer: Racer, turn: int) -> str:
    """Accept, withdraw, supersede, expire or reprice the quote of the round: the one or the other of two."""
    from concord.portal.actor import portal_actor
    from concord.pricing.actions import quotes

    name = racer.facts["pair"][racer.number]
    one = racer.facts["rounds"][turn]
    unguarded = racer.facts.get("unguarded")
    try:
        if unguarded:
            _end_unguarded(name, one)
        elif name == "supersede":
            quotes.issue_quote(actor=portal_actor(), quote_uuid=one["revision"])
        elif name == "expire":
            quotes.expire_quotes(now=datetime.fromisoformat(one["expires_at"]))
        elif name == "reprice":
            quotes.reprice(actor=portal_actor(), quote_uuid=one["quote"])
        else:
            getattr(quotes, f"{name}_quote")(actor=portal_actor(), quote_uuid=one["quote"])
    except Busy:
        return "busy"
    except Conflict as refused:
        return f"refused: {refused.code}"
    return name


_STATE_AFTER = {
    "accept": "accepted", "withdraw": "withdrawn", "supersede": "superseded", "expire": "expired",
    "reprice": "superseded",
}  # fmt: skip


@action
def _end_unguarded(name: str, one: dict) -> None:
    """What somebody would write who reads the state, looks at it, and saves."""
    import time

    from concord.portal.actor import portal_actor
    from concord.pricing.actions.quote_facts import record_for
    from concord.pricing.models import Quote

    quote = Quote.objects.unscoped("test").select_related("partner").get(uuid=one["quote"])
    if quote.status != "issued":
        raise Conflict("too late", code="wrong_state")
    time.sleep(0.02)
    quote.status, quote.ended_at = _STATE_AFTER[name], datetime.now(UTC)
    quote.save()
    record_for(f"quote.{quote.status}", actor=portal_actor(), quote=quote)


def use_special_price(racer: Racer, turn: int) -> str:
    """Reserve of a capped special price: with a count before it, but without the customer's lock."""
    from concord.pricing.models import SpecialPriceUse

    @action
    def write() -> None:
        now = datetime.now(UTC)
        SpecialPriceUse.objects.create(
            special_price_id=racer.facts["special_prices"][turn],
            quote_id=racer.facts["quotes"][racer.number],
            quantity=6,
            since=now,
            until=now + timedelta(days=9),
        )

    try:
        write()
    except Busy:
        return "busy"
    except Conflict as refused:
        return f"refused: {refused.code}"
    return "won"
