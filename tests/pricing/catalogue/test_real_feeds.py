"""The data that the demo carries goes in whole, and a second time changes nothing."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from concord.portal.actor import portal_actor
from concord.portal.enums import Door
from concord.portal.models import Event
from concord.pricing.actions.price_lists import create_price_list
from concord.pricing.models import Price, PriceListVersion, Product, StockLevel
from tests.pricing.catalogue.conftest import NOW

pytestmark = pytest.mark.django_db


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_carried_data_goes_in_and_a_second_time_changes_nothing(feed, carried):
    portal = portal_actor(Door.SHELL)
    create_price_list(actor=portal, code="usd", name="USD", currency="USD", priority=1)
    create_price_list(actor=portal, code="cny", name="CNY", currency="CNY", priority=1)
    feeds = [
        ("families", "families.csv", {}),
        ("products", "products.csv", {}),
        ("prices", "list_prices_usd.csv", {"list": "usd", "publish_at": "now"}),
        ("prices", "list_prices_cny.csv", {"list": "cny", "publish_at": "now"}),
        ("stock", "stock.csv", {"new_warehouses": True}),
    ]
    for kind, name, options in feeds:
        rows = len(rows_of(carried / name))
        outcome = feed(kind, carried / name, **options)
        assert outcome.all_errors == ()
        assert outcome.stored
        assert outcome.counts.created == outcome.rows == rows
    stored = [model.objects.count() for model in (Product, Price, PriceListVersion, StockLevel)]
    events = Event.objects.unscoped("counting").count()
    for kind, name, options in feeds:
        outcome = feed(kind, carried / name, **options)
        assert (outcome.counts.created, outcome.counts.updated) == (0, 0), name
        assert outcome.counts.unchanged == outcome.rows
    assert stored == [model.objects.count() for model in (Product, Price, PriceListVersion, StockLevel)]
    assert events == Event.objects.unscoped("counting").count()


def test_versions_of_the_real_price_list_may_come_out_of_order(feed, carried):
    portal = portal_actor(Door.SHELL)
    create_price_list(actor=portal, code="cny", name="CNY", currency="CNY", priority=1)
    feed("families", carried / "families.csv")
    feed("products", carried / "products.csv")
    new, old = "2024-02-22T00:00:00Z", "2023-10-19T00:00:00Z"
    assert feed("prices", carried / "list_prices_cny.csv", list="cny", publish_at=new).stored
    assert feed("prices", carried / "list_prices_cny_2023-10-19.csv", list="cny", publish_at=old).stored
    prices = {
        moment: {
            (price.product.sku, price.minimum_quantity): price.unit_price
            for price in Price.objects.select_related("product").filter(validity__contains=moment)
        }
        for moment in (datetime(2023, 12, 1, tzinfo=UTC), NOW)
    }
    for moment, name in zip(prices, ("list_prices_cny_2023-10-19.csv", "list_prices_cny.csv"), strict=True):
        expected = {
            (row["sku"], int(row["minimum_quantity"])): Decimal(row["unit_price"]) for row in rows_of(carried / name)
        }
        assert prices[moment] == expected
    assert prices[NOW] != prices[datetime(2023, 12, 1, tzinfo=UTC)]
