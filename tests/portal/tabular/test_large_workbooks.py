"""Large workbooks are read in blocks: the same rows as from a sheet that is held whole, in little memory."""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from concord.portal.tabular import (
    Limits,
    TableRefusedError,
    TextColumn,
    WorkbookLimits,
    read_table,
    workbook_child,
    workbook_rows,
)

SHEET = "xl/worksheets/sheet1.xml"
LIMITS = {"max_sheets": 50, "max_rows": 10_000, "max_columns": 50}


def rows_of(data: bytes, monkeypatch, *, whole: bool) -> list[list[object]]:
    """The rows as the child writes them; in blocks they come from dozens."""
    monkeypatch.setattr(workbook_child, "WHOLE", 1 << 30 if whole else 0)
    monkeypatch.setattr(workbook_child, "BLOCK", 700)
    monkeypatch.setattr(workbook_child, "TEXTS_A_BLOCK", 1 << 30)
    monkeypatch.setattr(workbook_child, "CHUNK", 700)
    target = io.StringIO()
    with monkeypatch.context() as patched, zipfile.ZipFile(io.BytesIO(data)) as archive:
        patched.setattr(sys, "stdout", target)
        workbook_child.write_rows(io.BytesIO(data), archive, LIMITS)
    return [json.loads(line) for line in target.getvalue().splitlines()]


@pytest.fixture
def made(tmp_path):
    """Makes a workbook; with ``constant_memory`` its texts stand in the cells, else once for all of them."""

    def make(fill, **options) -> bytes:
        path = tmp_path / f"{fill.__name__}.xlsx"
        with xlsxwriter.Workbook(path, options) as book:
            fill(book, book.add_worksheet("Prices"))
        return path.read_bytes()

    return make


def plain(book, sheet):
    for row in range(300):
        sheet.write_row(row, 0, [f"P-{row}", row, row / 8, "继电器 <&>" if row % 7 else "", row % 2 == 0])


def dates(book, sheet):
    day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for row in range(300):
        sheet.write_datetime(row, 0, date(2026, 1, 1 + row % 28), day)
        sheet.write_datetime(row, 1, datetime(2026, 1, 1, row % 24, 30), moment)  # noqa: DTZ001 - a workbook has no zone


def gaps(book, sheet):
    """Rows left out, rows whose first cells are empty, a row wider than those before it, formats without values."""
    coloured = book.add_format({"bg_color": "yellow"})
    for row in range(0, 900, 3):
        sheet.write(row, 2 if 300 < row < 500 else 0, f"P-{row}")
        sheet.write_blank(row + 1, 1, None, coloured)
    sheet.write(800, 9, "far right")


def errors(book, sheet):
    for row in range(300):
        sheet.write(row, 0, f"P-{row}")
        if row % 50 == 49:
            sheet.write_formula(row, 1, "=1/0", None, "#DIV/0!")
        else:
            sheet.write_formula(row, 1, f"={row}*2", None, row * 2)


def later_column(book, sheet):
    for row in range(300):
        sheet.write_row(row + 4, 2, [f"P-{row}", row])


def nothing(book, sheet):
    """Not a single cell."""


@pytest.mark.parametrize("constant_memory", [False, True], ids=["shared texts", "texts in cells"])
@pytest.mark.parametrize("fill", [plain, dates, errors, later_column, nothing], ids=lambda one: one.__name__)
def test_rows_are_those_of_a_sheet_held_whole(fill, constant_memory, made, monkeypatch):
    data = made(fill, constant_memory=constant_memory)
    whole = rows_of(data, monkeypatch, whole=True)
    assert rows_of(data, monkeypatch, whole=False) == whole
    assert len(whole) == (0 if fill is nothing else 300)


def test_gaps_stay_where_they_are(made, monkeypatch):
    """Of a sheet held whole every row is as wide as the widest; in blocks as wide as the widest so far."""
    data = made(gaps)

    def trimmed(rows):
        return [json.loads(re.sub(r'(,"")+]$', "]", json.dumps(row, separators=(",", ":")))) for row in rows]

    whole, blocks = rows_of(data, monkeypatch, whole=True), rows_of(data, monkeypatch, whole=False)
    assert trimmed(blocks) == trimmed(whole)
    assert len(blocks) == 301
    assert [len(row) for row in blocks] == sorted(len(row) for row in blocks)


def test_it_is_cut_into_many(made, monkeypatch):
    pieces = []
    real = workbook_child.check_shape
    monkeypatch.setattr(workbook_child, "check_shape", lambda *given: pieces.append(1) or real(*given))
    rows_of(made(plain), monkeypatch, whole=False)
    assert len(pieces) > 20


def test_rows_that_do_not_say_their_numbers_are_not_cut(made, monkeypatch):
    data = made(plain)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == SHEET:
                content = re.sub(rb'<row r="[0-9]+"', b"<row", re.sub(rb'<c r="[A-Z]+[0-9]+"', b"<c", content))
            new.writestr(name, content)
    whole = rows_of(target.getvalue(), monkeypatch, whole=True)
    assert [row[0] for row in whole] == list(range(1, 301))
    assert rows_of(target.getvalue(), monkeypatch, whole=False) == whole


@pytest.mark.parametrize(("limit", "code"), [("max_rows", "too_many_rows"), ("max_columns", "too_many_columns")])
def test_limits_hold_in_blocks_too(limit, code, made, monkeypatch):
    monkeypatch.setitem(LIMITS, limit, 4)
    with pytest.raises(workbook_child.RefusalError) as refusal:
        rows_of(made(plain), monkeypatch, whole=False)
    assert refusal.value.code == code


def long_texts(book, sheet):
    sheet.write(0, 0, "sku")
    for row in range(60_000):
        sheet.write(row + 1, 0, f"{row:06}" + "x" * 2_000)


def test_memory_does_not_grow_with_the_rows(made, monkeypatch, tmp_path):
    """120 MB of texts, in a process that may map no more than 100 MB, itself and its libraries included."""
    data = made(long_texts, constant_memory=True)
    limits = Limits(
        max_bytes=64 << 20, workbook=WorkbookLimits(memory=100 << 20, max_ratio=10_000, max_output=1 << 30, seconds=60)
    )

    def count() -> int:
        with read_table(io.BytesIO(data), columns=[TextColumn("sku", max_length=3_000)], limits=limits) as table:
            return sum(1 for row in table if not row.errors)

    assert count() == 60_000
    # The twin, which holds a sheet of any size whole, may not.
    text = workbook_rows.CHILD.read_text(encoding="utf-8")
    assert "A_BLOCK = 16 << 20," in text
    twin = tmp_path / "workbook_child.py"
    twin.write_text(text.replace("A_BLOCK = 16 << 20,", "A_BLOCK = 1 << 40,"), encoding="utf-8")
    monkeypatch.setattr(workbook_rows, "CHILD", twin)
    with pytest.raises(TableRefusedError):
        count()
