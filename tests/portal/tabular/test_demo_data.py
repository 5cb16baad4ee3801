"""The data that the demo carries: importable as it stands, consistent in itself, small, and made by its script."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

from concord.portal.tabular import (
    ChoiceColumn,
    DateColumn,
    DecimalColumn,
    FormulaCells,
    IntegerColumn,
    ListColumn,
    MomentColumn,
    TextColumn,
    read_table,
)
from tests.portal.tabular.conftest import PRICES, ROOT

DATA = ROOT / "data"
FORMATS = {
    "families": (
        TextColumn("code", required=True),
        TextColumn("name", required=True),
        TextColumn("name_zh", required=True),
    ),
    "products": (
        TextColumn("sku", required=True, max_length=64),
        TextColumn("manufacturer_part_number", required=True, max_length=120),
        TextColumn("manufacturer", max_length=120, default=""),
        TextColumn("name", required=True, max_length=300),
        TextColumn("name_zh", max_length=300, default=""),
        TextColumn("family", required=True),
        ChoiceColumn("unit", choices={"pcs": "pcs", "box": "box"}, required=True),
        IntegerColumn("pack_size", minimum=1, required=True),
        IntegerColumn("minimum_order_quantity", minimum=1, required=True),
        IntegerColumn("order_multiple", minimum=1, required=True),
        TextColumn("description", formulas=FormulaCells.KEEP, default=""),
        ChoiceColumn("status", choices={"active": "active", "ended": "ended"}, required=True),
    ),
    "stock": (
        TextColumn("warehouse", required=True),
        TextColumn("sku", required=True),
        IntegerColumn("on_hand", minimum=0, required=True),
        IntegerColumn("reserved", minimum=0, required=True),
        IntegerColumn("incoming_quantity", minimum=0, required=True),
        DateColumn("incoming_date"),
        MomentColumn("as_of"),
    ),
    "customers": (
        TextColumn("legal_name", required=True, max_length=250),
        TextColumn("short_name", required=True, max_length=120),
        TextColumn("country", required=True, max_length=2),
        TextColumn("registration_number", default=""),
        TextColumn("website", required=True, max_length=250),
        TextColumn("city", default="", max_length=120),
        TextColumn("address", default="", max_length=300),
        TextColumn("sector", default=""),
    ),
    "partners": (
        TextColumn("code", required=True, max_length=32),
        TextColumn("name", required=True, max_length=200),
        TextColumn("country", required=True, max_length=2),
        ChoiceColumn("tier", choices={"registered": "registered", "silver": "silver", "gold": "gold"}, required=True),
        ListColumn("territories", required=True),
        ListColumn("families", required=True),
        ChoiceColumn("currency", choices={"USD": "USD", "CNY": "CNY"}, required=True),
        ChoiceColumn("language", choices={"en": "en", "zh-hans": "zh-hans"}, required=True),
        ChoiceColumn("status", choices={"active": "active"}, required=True),
    ),
}
TAXED_PRICES = (*PRICES, DecimalColumn("gross_unit_price", above=Decimal(0), decimal_places=6))
LISTS = ("list_prices_usd", "list_prices_cny", "list_prices_cny_2023-10-19")


def load(name, columns=None):
    with (
        (DATA / f"{name}.csv").open("rb") as file,
        read_table(file, columns=columns or FORMATS.get(name, PRICES)) as table,
    ):
        rows = list(table)
    assert [error.as_dict() for row in rows for error in row.errors] == []
    return [row.values for row in rows]


def unique(records, *names):
    keys = [tuple(str(record[name]).casefold() for name in names) for record in records]
    return len(keys) == len(set(keys))


def test_the_catalogue_hangs_together():
    families = {family["code"] for family in load("families")}
    products = load("products")
    assert len(products) > 7_500
    assert unique(products, "sku")
    assert {product["family"] for product in products} == families
    skus = {product["sku"] for product in products}
    priced = set()
    for name in LISTS:
        prices = load(name, TAXED_PRICES if name == "list_prices_cny" else None)
        assert unique(prices, "sku", "minimum_quantity")
        assert {price["sku"] for price in prices} <= skus
        priced |= {price["sku"] for price in prices}
    assert len(skus - priced) > 250  # price on request
    stock = load("stock")
    assert unique(stock, "warehouse", "sku")
    assert {level["sku"] for level in stock} <= skus
    assert all(level["reserved"] <= level["on_hand"] for level in stock)
    assert all((level["incoming_quantity"] > 0) == (level["incoming_date"] is not None) for level in stock)
    assert {level["as_of"] is None for level in stock} == {True, False}


def test_prices_are_those_of_the_source():
    prices = {
        (price["sku"], price["minimum_quantity"]): price["unit_price"]
        for price in load("list_prices_cny", TAXED_PRICES)
    }
    taxed = {price["sku"]: price["gross_unit_price"] for price in load("list_prices_cny", TAXED_PRICES)}
    assert prices["YM-1001-14", 1] == Decimal("0.064")
    assert taxed["YM-1001-14"] == Decimal("0.070")
    assert min(prices.values()) > 0


def test_customers_and_partners_hang_together():
    customers, partners = load("customers"), load("partners")
    assert len(customers) > 1_900
    assert unique(customers, "legal_name", "country", "website")
    countries = [customer["country"] for customer in customers]
    assert all(countries.count(country) > 100 for country in ("CN", "HK", "TW", "DE", "US", "GB"))
    families = {family["code"] for family in load("families")}
    assert unique(partners, "code")
    assert all(set(partner["families"]) <= families for partner in partners)
    by_code = {partner["code"]: partner for partner in partners}
    first, second = by_code["QUELLSTEIN"], by_code["ZEVENPOLDER"]
    assert set(first["territories"]) & set(second["territories"]) >= {"DE", "NL"}
    assert set(first["families"]) - set(second["families"]) >= {"SCANNING", "NETWORK"}


def test_files_are_small_and_their_sources_named():
    sources = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    for path in DATA.iterdir():
        assert path.stat().st_size < 1_000_000, path.name
        if path.suffix == ".csv":
            assert f"`{path.name}`" in sources
            assert not path.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("name", [*FORMATS, *LISTS])
def test_the_script_makes_the_same_bytes(corpus, tmp_path_factory, name):
    made = tmp_path_factory.getbasetemp() / "selected"
    if not made.exists():
        made.mkdir()
        subprocess.run(
            [sys.executable, "-m", "ops.select_demo_data", str(corpus), str(made)],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
    assert (made / f"{name}.csv").read_bytes() == (DATA / f"{name}.csv").read_bytes()
