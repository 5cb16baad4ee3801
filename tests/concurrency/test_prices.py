"""Races for the price of one customer. Each has a twin without the guard that must show what the guard prevents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from concord.pricing.models import PriceCommitment, Quote
from tests.concurrency.racing import as_owner, race, size
from tests.factories import make_customer, make_product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.price_racers"
CONTRADICTIONS = """
SELECT count(*) FROM pricing_pricecommitment a JOIN pricing_pricecommitment b
  ON a.id < b.id AND a.end_customer_id = b.end_customer_id AND a.product_id = b.product_id
 AND a.quantity && b.quantity AND a.validity && b.validity
 AND (a.unit_price <> b.unit_price OR a.currency <> b.currency)
"""


def contradictions() -> int:
    with connection.cursor() as cursor:
        cursor.execute(CONTRADICTIONS)
        return cursor.fetchone()[0]


def facts_for(cast, processes: int, rounds: int, **more):
    products = [make_product(cast.family).pk for _ in range(12)]
    customers = [make_customer().pk for _ in range(rounds)]
    now = datetime.now(UTC)
    quotes = Quote.objects.bulk_create(
        Quote(
            partner=cast.partner_a,
            seller=cast.seller_a,
            end_customer_id=customers[0],
            customer_name="Hot",
            number=f"R-{number}",
            currency="USD",
            valid_until=(now + timedelta(days=30)).date(),
            expires_at=now + timedelta(days=30),
        )
        for number in range(processes)
    )
    return {
        "products": products,
        "customers": customers,
        "quotes": [quote.pk for quote in quotes],
        "own_rollbacks": 0.3,
        **more,
    }


def judge(result, rounds: int) -> None:
    for number in range(rounds):
        results = result.of_round(number)
        winners = results.count("won")
        assert winners <= 1, (number, results)
        # A round without a winner is one in which everybody rolled back by himself: no price is refused falsely.
        assert winners == 1 or set(results) == {"rolled back"}, (number, results)
        assert set(results) <= {"won", "refused", "rolled back"}


def test_of_many_contradicting_writers_exactly_one_wins_and_nobody_deadlocks(cast, app_dsn):
    processes, rounds = size(16, 40)
    facts = facts_for(cast, processes, rounds)
    result = race(f"{WORK}:promise", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    judge(result, rounds)
    assert contradictions() == 0
    assert result.states == []  # neither a deadlock nor a lock time-out, not even one that a retry would have cured
    won = result.count("won")
    assert PriceCommitment.objects.count() == won * 8


def test_lines_written_as_typed_by_whoever_forgets_the_lock_do_not_deadlock_either(cast, app_dsn):
    """The trigger takes the lock for them: the database, not the application's discipline, holds the rule."""
    processes, rounds = size(8, 15)
    facts = facts_for(cast, processes, rounds)
    result = race(f"{WORK}:promise_row_by_row", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    judge(result, rounds)
    assert contradictions() == 0
    assert set(result.states) <= {"23P01"}


def test_twin_without_trigger_and_lock_the_same_writers_deadlock(cast, app_dsn, owner_dsn, superuser_dsn):
    processes, rounds = size(8, 15)
    facts = facts_for(cast, processes, rounds, attempts=1)
    database = connection.settings_dict["NAME"]
    with (
        as_owner(owner_dsn, "DROP TRIGGER commitment_locks_customer ON pricing_pricecommitment"),
        as_owner(superuser_dsn, f"ALTER DATABASE \"{database}\" SET deadlock_timeout = '50ms'"),
    ):
        result = race(f"{WORK}:promise_row_by_row", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert result.states.count("40P01") > 0
    assert contradictions() == 0  # the constraint still holds; only nobody can work


def test_twin_without_the_constraints_two_prices_are_promised(cast, app_dsn, owner_dsn):
    """What the constraints are for: with trigger and look before writing gone as well, both prices get in."""
    processes, rounds = size(8, 5)
    facts = facts_for(cast, processes, rounds, own_rollbacks=0.0)
    with as_owner(
        owner_dsn,
        "ALTER TABLE pricing_pricecommitment DROP CONSTRAINT one_price, DROP CONSTRAINT one_currency",
    ):
        result = race(f"{WORK}:promise_row_by_row", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert result.count("won") > rounds
    assert contradictions() > 0
