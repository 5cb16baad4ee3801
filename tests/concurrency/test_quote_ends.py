"""Ends of a quote that exclude each other, two at a time: exactly one of them happens, and no promise is prolonged.

``RACE_ROUNDS`` says how many rounds each pair has; 300 is what a release is measured by.
"""

from __future__ import annotations

import itertools
import os
from decimal import Decimal

import pytest

from concord.portal.models import Event
from concord.pricing.actions.quotes import revise_quote
from concord.pricing.models import Price, PriceCommitment, Quote
from tests.concurrency.racing import race
from tests.factories import make_customer
from tests.pricing.quotes.conftest import make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.price_racers:end_quote"
ENDS = ("accept", "withdraw", "supersede", "expire", "reprice")
FINAL = {"quote.accepted", "quote.withdrawn", "quote.superseded", "quote.expired"}
ROUNDS = int(os.environ.get("RACE_ROUNDS", "4"))


def prepare(shop, rounds):
    """Quotes in force, one customer a round, each with a revision that could supersede it, and a newer list price."""
    manager = shop.cast.pricing_manager
    made = []
    for number in range(rounds):
        quote = shop.issue(
            (shop.relay, 5), (shop.switch, 2),
            by=manager, partner=shop.cast.partner_a, customer=make_customer(),
            valid_until=shop.day(2 + number % 360),
        )  # fmt: skip
        revision = revise_quote(actor=shop.actor(manager), quote_uuid=quote.uuid)
        made.append((quote, revision))
    Price.objects.filter(product=shop.switch).update(unit_price=Decimal("4.60"))
    return made


def facts_of(made, pair, **more):
    rounds = [
        {"quote": str(quote.uuid), "revision": str(revision.uuid), "expires_at": quote.expires_at.isoformat()}
        for quote, revision in made
    ]
    return {"pair": pair, "rounds": rounds, **more}


def ends_of(quote):
    return [
        verb
        for verb in Event.objects.unscoped("test").about("quote", quote.uuid).values_list("verb", flat=True)
        if verb in FINAL
    ]


def test_of_two_ends_one_happens(cast, app_dsn):
    shop = make_shop(cast)
    pairs = list(itertools.combinations(ENDS, 2))
    made = prepare(shop, ROUNDS * len(pairs))
    for number, pair in enumerate(pairs):
        # Expiring looks at every quote whose day is over, so a pair has its own days, in order.
        own = sorted(made[number * ROUNDS : (number + 1) * ROUNDS], key=lambda one: one[0].expires_at)
        result = race(WORK, url=app_dsn, processes=2, rounds=ROUNDS, facts=facts_of(own, pair))
        assert result.states == [], pair
        for turn, (quote, _revision) in enumerate(own):
            results = result.of_round(turn)
            # Once a quote is withdrawn or repriced, its revision is not issued at the old price either.
            refused = {one.removeprefix("refused: ") for one in results if one.startswith("refused")}
            assert refused <= {"wrong_state", "prices_changed", "price_conflict", "nothing_to_reprice"}, (pair, results)
            stored = Quote.objects.unscoped("test").get(pk=quote.pk)
            ends = ends_of(quote)
            assert ends == [f"quote.{stored.status}"], (pair, results, ends, stored.status)
            for promise in PriceCommitment.objects.filter(quote=quote):
                is_kept = stored.status in {"accepted", "expired"}
                assert promise.validity.upper == (quote.expires_at if is_kept else stored.ended_at), (pair, results)


def test_twins_without_compare_and_swap_both_happen(cast, app_dsn):
    """Every pair once more as somebody would write it who looks first and saves then: each of them is lost there."""
    rounds, pairs = 4, list(itertools.combinations(ENDS, 2))
    made = prepare(make_shop(cast), rounds * len(pairs))
    for number, pair in enumerate(pairs):
        own = made[number * rounds : (number + 1) * rounds]
        result = race(WORK, url=app_dsn, processes=2, rounds=rounds, facts=facts_of(own, pair, unguarded=True))
        both = [turn for turn in range(rounds) if sorted(result.of_round(turn)) == sorted(pair)]
        assert any(len(ends_of(own[turn][0])) == 2 for turn in both), (pair, result.outcomes)
