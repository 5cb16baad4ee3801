"""The same shop as quotes have, with stock in two warehouses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from concord.pricing.models import IncomingStock, Product, StockLevel, StockSettings, Warehouse
from tests.pricing.quotes.conftest import shop as shop  # noqa: PLC0414 - the fixture itself

Stocked = Callable[..., StockLevel]


@pytest.fixture
def stocked(db) -> Stocked:
    """``stocked(product, 40, reserved=3, warehouse="NORTH", incoming={day: 19}, as_of=…)``."""

    def put(
        product: Product,
        on_hand: int,
        *,
        reserved: int = 0,
        warehouse: str = "NORTH",
        incoming: dict[date, int] | None = None,
        as_of: datetime | None = None,
    ) -> StockLevel:
        place, _made = Warehouse.objects.get_or_create(code=warehouse, defaults={"name": warehouse.title()})
        level = StockLevel.objects.create(
            warehouse=place,
            product=product,
            on_hand=on_hand,
            reserved=reserved,
            as_of=as_of or timezone.now() - timedelta(hours=1),
        )
        for day, quantity in (incoming or {}).items():
            IncomingStock.objects.create(level=level, expected_on=day, quantity=quantity)
        return level

    return put


@pytest.fixture
def reserving(db) -> StockSettings:
    """The programme keeps stock for quotes."""
    settings = StockSettings.load()
    settings.reserves_for_quotes = True
    settings.save()
    return settings
