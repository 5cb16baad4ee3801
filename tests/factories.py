"""Rows that tests need, with sensible values for everything a test does not care about."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from concord.partners.actions.customers import create_customer
from concord.partners.models import EndCustomer, ProductFamily
from concord.partners.queries.twins import CustomerClaim
from concord.portal.actor import portal_actor
from concord.portal.enums import Door
from concord.portal.periods import period
from concord.pricing.enums import PriceKind, VersionStatus
from concord.pricing.models import Price, PriceList, PriceListVersion, Product
from concord.pricing.search_text import product_keys

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2099, 1, 1, tzinfo=UTC)

_numbers = itertools.count(1)


def make_product(family: ProductFamily, sku: str = "", **facts: Any) -> Product:
    """A product that is sold."""
    sku = sku or f"SKU-{next(_numbers):05}"
    facts.setdefault("name", f"Product {sku}")
    facts.setdefault("name_zh", f"产品 {sku}")
    facts.setdefault("manufacturer_part_number", sku)
    texts = {name: facts.get(name, "") for name in ("manufacturer_part_number", "manufacturer", "name", "name_zh")}
    facts |= product_keys(sku=sku, **texts)._asdict()
    return Product.objects.create(family=family, sku=sku, **facts)


def make_price_list(currency: str = "USD", **facts: Any) -> PriceList:
    """A price list with one version, in force since long ago, published before there was a history."""
    number = next(_numbers)
    facts.setdefault("code", f"list-{number}")
    facts.setdefault("name", f"List {number}")
    facts.setdefault("priority", number % 30_000)
    facts.setdefault("kind", PriceKind.CUSTOMER)
    price_list = PriceList.objects.create(currency=currency, **facts)
    PriceListVersion.objects.create(
        price_list=price_list, number=1, status=VersionStatus.IN_FORCE, valid_from=LONG_AGO, valid_until=FAR_AHEAD
    )
    return price_list


def set_price(price_list: PriceList, product: Product, ladder: Mapping[int, str] | str) -> list[Price]:
    """List prices of a product: one amount, or amounts by the quantity from which they hold."""
    steps = {1: ladder} if isinstance(ladder, str) else ladder
    return Price.objects.bulk_create(
        Price(
            price_list=price_list,
            version=price_list.versions.get(),
            product=product,
            minimum_quantity=quantity,
            unit_price=Decimal(amount),
            validity=period(LONG_AGO, FAR_AHEAD),
        )
        for quantity, amount in steps.items()
    )


def make_customer(name: str = "", country: str = "DE", **facts: Any) -> EndCustomer:
    """An end customer that no partner has a relation to yet."""
    return create_customer(
        actor=portal_actor(Door.SHELL),
        claim=CustomerClaim(name=name or f"Company {next(_numbers)} AG", country=country, **facts),
        now=datetime.now(UTC),
    )
