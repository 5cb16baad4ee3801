"""A race for the rest of a capped special price; its twin without the guard takes more than was granted."""

from __future__ import annotations

import pytest

from concord.pricing.models import SpecialPrice
from tests.concurrency.racing import as_owner, race, size
from tests.factories import FAR_AHEAD, LONG_AGO
from tests.pricing.quotes.conftest import make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.price_racers:use_special_price"


def facts_for(cast, processes, rounds):
    from concord.portal.periods import period
    from tests.factories import make_customer

    shop = make_shop(cast)
    granted = [
        SpecialPrice.objects.create(
            end_customer=make_customer(),
            product=shop.relay,
            currency="USD",
            unit_price=8,
            quantity=(1, None),
            quantity_cap=10,
            period=period(LONG_AGO, FAR_AHEAD),
            status="approved",
        ).pk
        for _ in range(rounds)
    ]
    return {"special_prices": granted, "quotes": [shop.quote().pk for _ in range(processes)]}


def test_no_more_is_taken_than_was_granted(cast, app_dsn):
    processes, rounds = size(6, 8)
    result = race(WORK, url=app_dsn, processes=processes, rounds=rounds, facts=facts_for(cast, processes, rounds))
    for number in range(rounds):
        results = result.of_round(number)
        assert results.count("won") == 1, results
        assert set(results) == {"won", "refused: special_price_used_up"}


def test_twin_without_the_trigger_more_is_taken(cast, app_dsn, owner_dsn):
    processes, rounds = size(6, 3)
    facts = facts_for(cast, processes, rounds)
    with as_owner(owner_dsn, "DROP TRIGGER special_price_cap ON pricing_specialpriceuse"):
        result = race(WORK, url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert result.count("won") > rounds
