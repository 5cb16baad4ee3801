"""Races for one quote: the same request many times at once, and changes of state that exclude each other."""

from __future__ import annotations

import pytest

from concord.pricing.actions.quotes import issue_quote
from concord.pricing.models import PriceCommitment, Quote
from tests.concurrency.racing import race, size
from tests.pricing.quotes.conftest import make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.price_racers"


def body_for(shop):
    return {
        "customer": str(shop.customer.uuid),
        "customer_name": "Kunde AG",
        "currency": "USD",
        "valid_until": shop.day(20).isoformat(),
        "lines": [{"sku": "RELAY-1", "quantity": 5}],
        "issue": True,
    }


def test_the_same_request_sixteen_times_at_once_makes_one_quote(cast, app_dsn):
    shop = make_shop(cast)
    processes, rounds = size(16, 4)
    facts = {"user": cast.seller_a.pk, "body": body_for(shop)}
    result = race(f"{WORK}:same_request", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    for number in range(rounds):
        results = result.of_round(number)
        made = {one.split()[2] for one in results if one.startswith("201")}
        assert len(made) == 1, results  # one quote, and everybody with that body got its answer
        winner = {one.split()[1] for one in results if one.startswith("201")}
        assert len(winner) == 1
        others = [one for one in results if not one.startswith("201")]
        assert {one.split()[0] for one in others} <= {"422"}, results
        assert len(others) == sum(one.split()[1] not in winner for one in results)
    assert Quote.objects.unscoped("test").count() == rounds
    assert PriceCommitment.objects.count() == rounds


@pytest.mark.parametrize(
    "pair",
    [
        ("accept_quote", "withdraw_quote"),
        ("accept_quote", "decline_quote"),
        ("withdraw_quote", "decline_quote"),
        ("withdraw_quote", "withdraw_quote"),
    ],
    ids="-".join,
)
def test_of_two_changes_that_exclude_each_other_exactly_one_happens(cast, app_dsn, pair):
    shop = make_shop(cast)
    processes, rounds = size(8, 12)
    actor = cast.actor(cast.seller_a)
    quotes = [issue_quote(actor=actor, quote_uuid=shop.quote().uuid) for _ in range(rounds)]
    facts = {"actions": list(pair), "quotes": [str(quote.uuid) for quote in quotes]}
    result = race(f"{WORK}:finish", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    for number, quote in enumerate(quotes):
        results = result.of_round(number)
        done = [one for one in results if not one.startswith("refused")]
        assert len(done) == 1, results
        assert set(results) - set(done) <= {"refused: wrong_state"}
        stored = Quote.objects.unscoped("test").get(pk=quote.pk)
        assert done == [
            {"accepted": "accept_quote", "withdrawn": "withdraw_quote", "declined": "decline_quote"}[stored.status]
        ]
        (promise,) = PriceCommitment.objects.filter(quote=quote)
        # No end is ever later than it was; who withdrew ended it, who accepted did not.
        assert promise.validity.upper == (quote.expires_at if stored.status == "accepted" else stored.ended_at)
    assert result.states == []
