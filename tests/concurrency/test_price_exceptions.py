"""The same refused attempt noted by everybody at once is one entry that counts them all; its twin loses some."""

from __future__ import annotations

import pytest

from concord.portal.models import Event
from concord.pricing.models import PriceException
from tests.concurrency.racing import as_owner, race, size
from tests.factories import make_customer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.exception_racers"


def entries_at(customer: int) -> list[int]:
    return list(
        PriceException.objects.unscoped("look").filter(end_customer_id=customer).values_list("times", flat=True)
    )


def test_one_entry_counts_everybody_and_is_told_once(cast, app_dsn):
    processes, rounds = size(8, 10)
    customers = [make_customer().pk for _ in range(rounds)]
    facts = {"customers": customers}
    result = race(f"{WORK}:note", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    for number, customer in enumerate(customers):
        assert sorted(result.of_round(number)) == ["counted"] * (processes - 1) + ["opened"]
        assert entries_at(customer) == [processes]
    assert Event.objects.unscoped("look").filter(verb="price_exception.opened").count() == rounds
    assert result.states == []


def test_twin_without_the_index_by_whoever_looks_first_there_are_several(cast, app_dsn, owner_dsn):
    processes, rounds = 8, 8
    customers = [make_customer().pk for _ in range(rounds)]
    with as_owner(owner_dsn, "DROP INDEX price_exception_once"):
        facts = {"customers": customers}
        race(f"{WORK}:note_after_a_look", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert any(entries_at(customer) != [processes] for customer in customers)
