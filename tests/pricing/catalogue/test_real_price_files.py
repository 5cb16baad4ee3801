"""The real files beside the project: breaks to four decimals, part numbers that spreadsheets damage, and the four
versions of a Chinese price list in and out of order, with notes in price cells.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from concord.portal.actor import portal_actor
from concord.portal.enums import Door
from concord.pricing.actions.price_lists import create_price_list
from concord.pricing.models import Price, PriceListVersion, Product
from tests.pricing.catalogue.conftest import problems

pytestmark = pytest.mark.django_db

VERSIONS = {
    "swivels_cny_2023-03-26.csv": datetime(2023, 3, 26, tzinfo=UTC),
    "swivels_cny_2023-10-19.csv": datetime(2023, 10, 19, tzinfo=UTC),
    "swivels_cny_2024-02-22a.csv": datetime(2024, 2, 22, 8, 0, tzinfo=UTC),
    "swivels_cny_2024-02-22b.csv": datetime(2024, 2, 22, 8, 7, tzinfo=UTC),
}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    target = io.StringIO()
    csv.writer(target).writerows([header, *rows])
    return target.getvalue()


class Swivels:
    """The list of fishing swivels: what is one key in the maker's list gets one SKU here."""

    def __init__(self, folder: Path, feed) -> None:
        self.feed = feed
        self.files = {name: rows_of(folder / name) for name in VERSIONS}
        keys = sorted({self.key(row) for rows in self.files.values() for row in rows})
        self.skus = {key: f"SW-{number:05}" for number, key in enumerate(keys)}
        feed("families", "code,name\nswivels,Swivels\n")
        self.feed(
            "products",
            table(
                ("sku", "name", "name_zh", "family"),
                ((sku, f"{key[0]} {key[2]}", key[1], "swivels") for key, sku in self.skus.items()),
            ),
        )

    @staticmethod
    def key(row: dict[str, str]) -> tuple[str, str, str]:
        return row["item_code"].strip(), row["name_zh"].strip(), " ".join(row["spec"].split())

    def load(self, name: str):
        """The file as it is, with our SKU for its key; the prices' columns keep the maker's names."""
        content = table(
            ("sku", "price_excl_vat", "price_incl_vat"),
            ((self.skus[self.key(row)], row["price_excl_vat"], row["price_incl_vat"]) for row in self.files[name]),
        )
        return self.feed("prices", content, accept=True, list="cny", publish_at=VERSIONS[name].isoformat())

    def as_of(self, moment: datetime) -> dict[str, tuple[Decimal, Decimal | None]]:
        held = Price.objects.filter(validity__contains=moment).select_related("product")
        return {one.product.sku: (one.unit_price, one.gross_unit_price) for one in held}

    def expected(self, name: str, rejected: set[int]) -> dict[str, tuple[Decimal, Decimal | None]]:
        return {
            self.skus[self.key(row)]: (
                Decimal(row["price_excl_vat"]),
                Decimal(row["price_incl_vat"]) if row["price_incl_vat"] else None,
            )
            for number, row in enumerate(self.files[name], start=2)
            if number not in rejected
        }


@pytest.fixture
def swivels(real_catalogue, feed) -> Swivels:
    create_price_list(actor=portal_actor(Door.SHELL), code="cny", name="CNY", currency="CNY", priority=1)
    return Swivels(real_catalogue, feed)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2)], ids=["in order", "out of order"])
def test_every_version_holds_in_its_time_whatever_order_they_come_in(swivels, order):
    names = list(VERSIONS)
    outcomes = {names[place]: swivels.load(names[place]) for place in order}
    for name, moment in VERSIONS.items():
        rejected = {error.row for error in outcomes[name].all_errors}
        held = swivels.as_of(moment)
        assert held == swivels.expected(name, rejected), name
        assert len(held) > 2_200
    assert swivels.as_of(datetime(2023, 3, 25, tzinfo=UTC)) == {}
    ends = PriceListVersion.objects.order_by("valid_from").values_list("valid_from", "valid_until")
    assert all(one[1] == two[0] for one, two in itertools.pairwise(ends))
    assert ends.last()[1] is None


def test_notes_in_price_cells_are_refused_by_row_and_the_rest_goes_in(swivels):
    outcome = swivels.load("swivels_cny_2024-02-22b.csv")
    found = {(column, code) for _row, column, code in problems(outcome)}
    assert (1087, "unit_price", "not_a_number") in problems(outcome)
    assert (1087, "gross_unit_price", "not_a_number") in problems(outcome)
    assert ("unit_price", "too_small") in found  # the one that costs nothing
    (note,) = [error for error in outcome.all_errors if (error.row, error.column) == (1087, "unit_price")]
    assert "存用完后停" in note.value
    assert outcome.counts.created == outcome.rows - outcome.rejected_rows > 2_300


def test_net_and_gross_stay_as_given_and_a_net_feed_does_not_take_the_gross_away(swivels, feed):
    name = "swivels_cny_2024-02-22b.csv"
    outcome = swivels.load(name)
    held = swivels.as_of(VERSIONS[name])
    odd = [
        net for net, gross in held.values() if gross is not None and gross != (net * Decimal("1.09")).quantize(gross)
    ]
    assert odd, "the maker's own rounding and hand edits are there"
    again = swivels.load(name)
    assert (again.counts.created, again.counts.updated) == (0, 0)
    assert again.counts.unchanged == outcome.counts.created
    sku, (net, _gross) = next((sku, both) for sku, both in held.items() if both[1])
    other, (_other_net, other_gross) = next((one, both) for one, both in held.items() if both[1] and one != sku)
    feed("prices", f"sku,unit_price\n{sku},{net + 1}\n", list="cny", complete=False)
    draft = PriceListVersion.objects.get(status="draft").prices
    assert draft.get(product__sku=sku).gross_unit_price is None, (
        "what was said of another price is not said of this one"
    )
    assert draft.get(product__sku=other).gross_unit_price == other_gross


def test_components_keep_four_decimals_and_part_numbers_that_spreadsheets_damage(real_catalogue, feed):
    parts = rows_of(real_catalogue / "components.csv")
    damaged = [row for row in parts if re.fullmatch(r"0.*|[0-9]+(?:E[0-9]+)?|.*[ ,/'\"].*", row["mpn"])]
    chosen = {row["sku"]: row for row in damaged}
    breaks = [row for row in rows_of(real_catalogue / "component_price_breaks.csv") if row["sku"] in chosen]
    create_price_list(actor=portal_actor(Door.SHELL), code="usd", name="USD", currency="USD", priority=1)
    feed("families", "code,name\nparts,Parts\n")
    header = ("sku", "manufacturer_part_number", "manufacturer", "name", "family", "minimum_order_quantity")
    products = feed(
        "products",
        table(
            header,
            (
                (one["sku"], one["mpn"], one["manufacturer"], one["mpn"], "parts", one["min_order_qty"])
                for one in chosen.values()
            ),
        ),
        accept=True,
    )
    refused = {error.row for error in products.all_errors}
    kept = dict(Product.objects.values_list("sku", "manufacturer_part_number"))
    assert kept == {
        sku: one["mpn"].strip() for number, (sku, one) in enumerate(chosen.items(), start=2) if number not in refused
    }
    assert {"27E894"} <= set(kept.values())
    assert any(number.startswith("0") for number in kept.values())
    content = table(
        ("sku", "minimum_quantity", "unit_price"),
        ((row["sku"], row["qty_from"], row["unit_price_usd"]) for row in breaks if row["sku"] in kept),
    )
    outcome = feed("prices", content, list="usd")
    assert outcome.all_errors == ()
    stored = {
        (one.product.sku, one.minimum_quantity): one.unit_price for one in Price.objects.select_related("product")
    }
    assert stored == {
        (row["sku"], int(row["qty_from"])): Decimal(row["unit_price_usd"]) for row in breaks if row["sku"] in kept
    }
    assert any(price != price.quantize(Decimal("0.001")) for price in stored.values())


def test_what_a_spreadsheet_has_made_of_a_part_number_is_refused_by_row(feed):
    feed("families", "code,name\nparts,Parts\n")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["sku", "manufacturer_part_number", "name", "family"])
    sheet.append(["A-1", "27E894", "kept as text", "parts"])
    sheet.append(["A-2", "00123", "zeros kept as text", "parts"])
    sheet.append(["A-3", 2.7e21, "the spreadsheet's own power of ten", "parts"])
    sheet.append(["A-4", datetime(2026, 3, 1, tzinfo=None), "a part number made a date", "parts"])  # noqa: DTZ001
    target = io.BytesIO()
    book.save(target)
    outcome = feed("products", target.getvalue(), accept=True)
    assert problems(outcome) == [
        (4, "manufacturer_part_number", "number_too_long"),
        (5, "manufacturer_part_number", "date_for_text"),
    ]
    assert dict(Product.objects.values_list("sku", "manufacturer_part_number")) == {"A-1": "27E894", "A-2": "00123"}
