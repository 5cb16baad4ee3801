"""Merges at the same moment as each other and as writes. The twin without the guard shows rows at a merged record."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from concord.partners.actions.customers import relate
from concord.partners.models import EndCustomer
from concord.pricing.models import PriceCommitment, Quote
from tests.concurrency.racing import as_owner, race, size
from tests.deals import making
from tests.factories import make_customer, make_product
from tests.pricing.quotes.conftest import make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.merge_racers"
LEFT_BEHIND = """
SELECT count(*) FROM ({tables}) AS pointing JOIN partners_endcustomer ON partners_endcustomer.id = pointing.customer
WHERE partners_endcustomer.merged_into_id IS NOT NULL
"""
TABLES = ("deals_deal", "deals_protection", "pricing_specialprice", "pricing_registrationbenefit")


def left_behind() -> int:
    """Rows that stand at a merged record though none of them is over."""
    tables = " UNION ALL ".join(f"SELECT end_customer_id AS customer FROM {table}" for table in TABLES)
    with connection.cursor() as cursor:
        cursor.execute(LEFT_BEHIND.format(tables=tables))
        return cursor.fetchone()[0]


def alive() -> set[str]:
    return {str(one) for one in EndCustomer.objects.unscoped("look").alive().values_list("uuid", flat=True)}


def pairs_of(rounds: int) -> list[tuple[str, str]]:
    return [
        (str(make_customer(f"Quarzhof {turn} AG").uuid), str(make_customer(f"Zeppelin {turn} AG").uuid))
        for turn in range(rounds)
    ]


def test_merges_in_opposite_directions_leave_exactly_one_record(cast, app_dsn):
    processes, rounds = size(4, 6)
    pairs = pairs_of(rounds)
    run = race(
        f"{WORK}:opposite_merges",
        url=app_dsn,
        processes=processes,
        rounds=rounds,
        facts={"manager": cast.vendor_manager.pk, "pairs": pairs},
    )
    left = alive()
    assert all(len(left & set(pair)) == 1 for pair in pairs)
    assert run.count("won") == rounds
    assert "40P01" not in run.states


def race_of_writes(cast, app_dsn):
    processes, rounds = size(4, 6)
    product = make_product(cast.family)
    pairs, deals = [], []
    for turn in range(rounds):
        deal = making.submitted(cast, name=f"Zeppelin {turn:03} Motorenwerke AG", products=[product])
        survivor = make_customer(f"Quarzhof {turn:03} Optik AG")
        pairs.append((str(survivor.uuid), str(deal.end_customer.uuid)))
        deals.append([str(deal.uuid)] * processes)
    return race(
        f"{WORK}:merge_or_write",
        url=app_dsn,
        processes=processes,
        rounds=rounds,
        facts={"manager": cast.vendor_manager.pk, "pairs": pairs, "deals": deals, "product": product.pk},
    )


def test_nothing_written_at_the_same_moment_is_left_behind(cast, app_dsn):
    run = race_of_writes(cast, app_dsn)
    assert left_behind() == 0
    assert all("won" in run.of_round(turn) for turn in range(len(run.outcomes) // 4))


def test_without_the_guard_rows_are_left_behind(cast, app_dsn, owner_dsn):
    tables = (*TABLES, "partners_customerrelation")
    with as_owner(owner_dsn, *(f"DROP TRIGGER not_at_merged_customer ON {table}" for table in tables)):
        race_of_writes(cast, app_dsn)
    assert left_behind() > 0


def race_of_quotes(cast, app_dsn):
    """Every round quotes of one customer are issued while it goes up in another one."""
    processes, rounds = size(4, 6)
    shop = make_shop(cast)
    pairs, quotes = [], []
    for turn in range(rounds):
        absorbed = make_customer(f"Zeppelin {turn:03} Motorenwerke AG")
        relate(partner_id=cast.partner_a.pk, end_customer_id=absorbed.pk, now=datetime.now(UTC))
        pairs.append((str(make_customer(f"Quarzhof {turn:03} Optik AG").uuid), str(absorbed.uuid)))
        quotes.append([str(shop.quote(customer=absorbed).uuid) for _ in range(processes - 1)])
    facts = {"manager": cast.vendor_manager.pk, "seller": cast.seller_a.pk, "pairs": pairs, "quotes": quotes}
    return race(f"{WORK}:merge_or_issue", url=app_dsn, processes=processes, rounds=rounds, facts=facts)


def promised_at_merged() -> int:
    """Promised prices that stand at a record that was merged into another one."""
    return PriceCommitment.objects.filter(end_customer__merged_into__isnull=False).count()


def test_no_price_is_promised_at_a_record_that_goes_up_at_the_same_moment(cast, app_dsn):
    run = race_of_quotes(cast, app_dsn)
    assert promised_at_merged() == 0
    assert run.count("won") > 0
    assert "40P01" not in run.states
    issued = Quote.objects.unscoped("look").filter(status="issued")
    assert issued.count() == PriceCommitment.objects.values("quote").distinct().count()


def test_without_the_guard_prices_are_promised_at_it(cast, app_dsn, owner_dsn):
    tables = ("pricing_quote", "pricing_pricecommitment", "partners_customerrelation")
    with as_owner(owner_dsn, *(f"DROP TRIGGER not_at_merged_customer ON {table}" for table in tables)):
        race_of_quotes(cast, app_dsn)
    assert promised_at_merged() > 0
