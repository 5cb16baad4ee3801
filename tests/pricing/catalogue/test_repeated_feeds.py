"""A large file that comes again: not read when nothing was touched, read like any other when anything was."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from concord.portal.imports import repeats
from concord.portal.models import ImportMark
from concord.pricing.models import IncomingStock, Price, PriceListVersion, Product, StockLevel, Warehouse
from tests.factories import make_price_list, make_product

PRICES = "sku,minimum_quantity,unit_price\nA-1,1,10.50\nA-1,10,9.75\nB-2,1,4\n"
STOCK = (
    "warehouse,sku,on_hand,incoming_quantity,incoming_date,as_of\n"
    "MAIN,A-1,5,7,2026-09-01,2026-05-01T06:00:00Z\nMAIN,B-2,9,,,2026-05-01T06:00:00Z\n"
)


@pytest.fixture
def prices(cast, feed, monkeypatch):
    """Two products with a draft of their prices, from a file that counts as a large one."""
    monkeypatch.setattr(repeats, "WORTH", 1)
    for sku in ("A-1", "B-2"):
        make_product(cast.family, sku)
    make_price_list("USD", code="usd")

    def again(text=PRICES, **more):
        with CaptureQueriesContext(connection) as queries:
            outcome = feed("prices", text, list="usd", **more)
        outcome_read = any("price_stage" in query["sql"] for query in queries)
        counts = outcome.counts
        return outcome_read, (counts.created, counts.updated, counts.unchanged), outcome

    assert again()[:2] == (True, (3, 0, 0))
    return again


@pytest.fixture
def stock(cast, feed, monkeypatch):
    monkeypatch.setattr(repeats, "WORTH", 1)
    for sku in ("A-1", "B-2"):
        make_product(cast.family, sku)
    Warehouse.objects.create(code="MAIN", name="Main")

    def again(text=STOCK, **more):
        with CaptureQueriesContext(connection) as queries:
            outcome = feed("stock", text, **more)
        outcome_read = any("stock_stage" in query["sql"] for query in queries)
        counts = outcome.counts
        return outcome_read, (counts.created, counts.updated, counts.unchanged), outcome

    assert again()[:2] == (True, (2, 0, 0))
    return again


def test_the_same_prices_are_not_read_again_and_answered_as_if_they_were(prices, monkeypatch):
    was_read, counts, short = prices()
    assert (was_read, counts) == (False, (0, 0, 3))
    ImportMark.objects.all().delete()
    was_read, counts, long = prices()
    assert (was_read, counts) == (True, (0, 0, 3))
    assert short == long
    assert prices(dry=True)[:2] == (False, (0, 0, 3))


def test_prices_are_not_read_again_once_they_are_published(prices):
    assert prices(publish_at="now")[0] is False
    assert PriceListVersion.objects.latest("number").status == "in_force"
    assert prices()[:2] == (False, (0, 0, 3))


@pytest.mark.parametrize(
    ("touch", "counts"),
    [
        (lambda: Price.objects.filter(minimum_quantity=10).update(unit_price="9.76"), (0, 1, 2)),
        (lambda: Price.objects.filter(minimum_quantity=10).update(gross_unit_price="11"), (0, 0, 3)),
        (lambda: Price.objects.filter(minimum_quantity=10).delete(), (1, 0, 2)),
        (lambda: Price.objects.filter(minimum_quantity=10).update(minimum_quantity=11), (1, 0, 2)),
    ],
)
def test_whoever_touched_a_price_has_the_file_read(prices, touch, counts):
    touch()
    assert prices()[:2] == (True, counts)
    assert prices()[:2] == (False, (0, 0, 3))


def test_a_product_of_another_name_is_another_product(prices):
    Product.objects.filter(sku="B-2").update(sku="C-3")
    was_read, _counts, outcome = prices()
    assert was_read
    assert [error.code for error in outcome.all_errors] == ["unknown_sku"]


def test_another_file_in_between_is_no_mistake(prices):
    other = PRICES.replace("10.50", "10.60")
    assert prices(other)[:2] == (True, (0, 1, 2))
    assert prices()[:2] == (True, (0, 1, 2))
    assert prices()[:2] == (False, (0, 0, 3))
    assert prices(complete=False)[:2] == (True, (0, 0, 3))


def test_what_was_only_tried_or_had_wrong_rows_is_read_again(prices):
    other = PRICES.replace("10.50", "10.60")
    assert prices(other, dry=True)[:2] == (True, (0, 1, 2))
    assert prices(other, dry=True)[:2] == (True, (0, 1, 2))
    wrong = f"{PRICES}Z-9,1,3\n"
    assert prices(wrong, accept=True)[0] is True
    assert prices(wrong, accept=True)[0] is True


def test_a_small_file_is_not_remembered(prices, monkeypatch):
    ImportMark.objects.all().delete()
    monkeypatch.setattr(repeats, "WORTH", 10_000)
    assert prices()[0] is True
    assert not ImportMark.objects.exists()


def test_the_same_counts_are_not_read_again_and_answered_as_if_they_were(stock):
    was_read, counts, short = stock()
    assert (was_read, counts) == (False, (0, 0, 2))
    ImportMark.objects.all().delete()
    was_read, counts, long = stock()
    assert (was_read, counts) == (True, (0, 0, 2))
    assert short == long


def test_counts_that_were_older_are_said_to_be_older_again(stock):
    older = STOCK.replace("A-1,5,7,2026-09-01,2026-05-01", "A-1,4,7,2026-09-01,2026-04-01")
    first, again = stock(older), stock(older)
    assert (first[0], again[0]) == (True, False)
    assert first[2].counts == again[2].counts
    assert again[2].counts.note


@pytest.mark.parametrize(
    ("touch", "counts"),
    [
        (lambda: StockLevel.objects.filter(product__sku="A-1").update(on_hand=6), (0, 1, 1)),
        (lambda: StockLevel.objects.filter(product__sku="A-1").update(reserved=1), (0, 1, 1)),
        (lambda: StockLevel.objects.update(as_of="2026-05-02T06:00:00Z"), (0, 0, 2)),
        (lambda: IncomingStock.objects.update(quantity=8), (0, 1, 1)),
        (lambda: IncomingStock.objects.all().delete(), (0, 1, 1)),
    ],
)
def test_whoever_touched_a_count_has_the_file_read(stock, touch, counts):
    touch()
    assert stock()[:2] == (True, counts)
    assert stock()[0] is False


def test_a_warehouse_of_another_name_is_another_warehouse(stock):
    Warehouse.objects.update(code="OTHER", name="Other")
    was_read, _counts, outcome = stock()
    assert was_read
    assert {error.code for error in outcome.all_errors} == {"unknown_warehouse"}


def test_counts_without_a_moment_of_their_own_are_of_now_each_time(stock):
    undated = "warehouse,sku,on_hand\nMAIN,A-1,5\nMAIN,B-2,9\n"
    assert stock(undated)[0] is True
    assert stock(undated)[0] is True
