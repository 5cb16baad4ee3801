"""Tables in memory, and the folders with real and hostile files where they are at hand."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from concord.portal.tabular import Column, DecimalColumn, IntegerColumn, Limits, Row, TextColumn, read_table

ROOT = Path(__file__).resolve().parents[3]

PRICES = (
    TextColumn("sku", required=True, max_length=64, aliases=("商品编码", "SKU code")),
    IntegerColumn("minimum_quantity", minimum=1, default=1, aliases=("最小数量",)),
    DecimalColumn("unit_price", required=True, above=Decimal(0), decimal_places=6, aliases=("单价",)),
)


@pytest.fixture
def read() -> Callable[..., list[Row]]:
    """Read bytes as a table of prices."""

    def read_bytes(data: bytes, columns: Sequence[Column] = PRICES, limits: Limits | None = None) -> list[Row]:
        with read_table(io.BytesIO(data), columns=columns, limits=limits or Limits()) as table:
            return list(table)

    return read_bytes


@pytest.fixture
def workbook() -> Callable[[Sequence[Sequence[object]]], bytes]:
    """A workbook of one sheet with these rows, as a spreadsheet program would write it."""

    def make(rows: Sequence[Sequence[object]]) -> bytes:
        file = io.BytesIO()
        options = {"in_memory": True, "default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
        with xlsxwriter.Workbook(file, options) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    sheet.write(number, place, value)
        return file.getvalue()

    return make


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Collected real and hostile files: the folder that CORPUS names, or `shared/data` near the project."""
    named = [Path(os.environ["CORPUS"])] if "CORPUS" in os.environ else []
    for folder in (*named, ROOT.parent / "shared/data", ROOT.parent.parent / "shared/data"):
        if (folder / "hostile").is_dir():
            return folder
    pytest.skip("the collected files are not here; CORPUS names their folder")
