"""Races for stock: whoever writes, never more is kept than there is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db.models import Sum

from concord.partners.actions.customers import relate
from concord.pricing.models import StockLevel, StockReservation, StockSettings, Warehouse
from tests.concurrency.racing import as_owner, race, size
from tests.factories import make_customer, make_product, set_price
from tests.pricing.quotes.conftest import Shop, make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.reservation_racers"
THERE = 10


def stocked_products(shop: Shop, rounds: int) -> list[int]:
    place = Warehouse.objects.create(code="NORTH", name="North")
    products = [make_product(shop.cast.family, f"RACED-{number}") for number in range(rounds)]
    for product in products:
        set_price(shop.price_list, product, "10")
        StockLevel.objects.create(warehouse=place, product=product, on_hand=THERE, as_of=datetime.now(UTC))
    return [product.pk for product in products]


def most_kept(products: list[int]) -> int:
    rows = StockReservation.objects.unscoped("test").filter(product__in=products, ended_at__isnull=True)
    return max(row["kept"] for row in rows.values("product").annotate(kept=Sum("quantity")))


def facts_for(shop: Shop, processes: int, rounds: int) -> dict[str, object]:
    quotes = [shop.quote((shop.switch, 1)).pk for _ in range(processes)]
    return {"quotes": quotes, "products": stocked_products(shop, rounds), "quantity": 4}


def test_of_many_who_want_the_last_pieces_only_so_many_get_them(cast, app_dsn):
    processes, rounds = size(8, 8)
    facts = facts_for(make_shop(cast), processes, rounds)
    result = race(f"{WORK}:reserve", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    for number in range(rounds):
        results = result.of_round(number)
        assert results.count("kept") == THERE // 4, results
        assert set(results) == {"kept", "refused: reservation_within_stock"}
    assert most_kept(facts["products"]) == 8
    assert "40P01" not in result.states


def test_twin_without_the_trigger_more_is_kept_than_there_is(cast, app_dsn, owner_dsn):
    processes, rounds = size(8, 3)
    facts = facts_for(make_shop(cast), processes, rounds)
    with as_owner(owner_dsn, "DROP TRIGGER reservation_within_stock ON pricing_stockreservation"):
        race(f"{WORK}:reserve", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert most_kept(facts["products"]) > THERE


def test_quotes_issued_at_once_to_many_customers_share_what_is_there(cast, app_dsn):
    processes, rounds = size(6, 3)
    shop = make_shop(cast)
    settings = StockSettings.load()
    settings.reserves_for_quotes = True
    settings.save()
    products = stocked_products(shop, rounds)
    quotes = []
    for number in range(rounds):
        customers = [make_customer(f"Kunde {number}-{racer} GmbH") for racer in range(processes)]
        for customer in customers:
            relate(partner_id=cast.partner_a.pk, end_customer_id=customer.pk, now=datetime.now(UTC))
        quotes.append([str(shop.quote((f"RACED-{number}", 4), customer=customer).uuid) for customer in customers])
    facts = {"quotes": quotes}
    result = race(f"{WORK}:issue", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert result.count("issued") == processes * rounds  # nobody is refused a quote for want of stock
    assert most_kept(products) == THERE
    assert result.states == []
