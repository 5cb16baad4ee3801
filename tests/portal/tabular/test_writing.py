"""What is handed out: never run as a formula, never another number than the one we hold."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from concord.portal.tabular import (
    DateColumn,
    DecimalColumn,
    FormulaCells,
    IntegerColumn,
    TableTooLargeError,
    TextColumn,
    read_table,
    write_csv,
    write_rejected_rows,
    write_xlsx,
)
from tests.portal.tabular.conftest import PRICES

PAYLOADS = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\0=1", " =1", "=cmd|' /C calc'!A0", "＝1+1"]


def write(function, **arguments):
    file = io.BytesIO()
    function(file, **arguments)
    assert not file.closed
    return file.getvalue()


def test_csv_makes_formulas_harmless_and_keeps_numbers():
    data = write(write_csv, headers=["name", "amount"], rows=[[payload, Decimal("-1.50")] for payload in PAYLOADS])
    assert data.startswith(b"\xef\xbb\xbfname,amount\r\n")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:]
    assert [row[0] for row in rows] == ["'" + payload for payload in PAYLOADS]
    assert {row[1] for row in rows} == {"-1.50"}


def test_csv_values():
    row = [None, True, 3, Decimal("1E+2"), date(2026, 3, 31), datetime(2026, 3, 31, 8, tzinfo=UTC), 'a"b,c\nd']
    data = write(write_csv, headers=list("abcdefg"), rows=[row], mark=False)
    assert data == b'a,b,c,d,e,f,g\r\n,true,3,100,2026-03-31,2026-03-31T08:00:00+00:00,"a""b,c\nd"\r\n'


def test_xlsx_writes_text_as_text():
    data = write(write_xlsx, headers=["=1+1"], rows=[[payload] for payload in [*PAYLOADS, "http://example.com", "007"]])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert sheet.count('t="inlineStr"') == len(PAYLOADS) + 3
    for payload in PAYLOADS:
        start = payload.strip("\t\r\0 ").replace("&", "&amp;").replace("'", "&apos;")[:2]
        assert f">{start}" not in sheet


def test_xlsx_gives_back_what_was_written():
    columns = (
        TextColumn("sku"),
        IntegerColumn("quantity"),
        DecimalColumn("price", max_digits=30, decimal_places=12),
        DateColumn("day"),
        TextColumn("note", formulas=FormulaCells.KEEP, default=""),
    )
    rows = [
        ["007", 5, Decimal("0.000300"), date(2026, 3, 31), "-40 ℃"],
        ["YM 转环", 2_000_000, Decimal("123456789012345678.123456"), date(1999, 12, 31), "x_x0041_y"],
    ]
    data = write(write_xlsx, headers=[column.name for column in columns], rows=rows)
    with read_table(io.BytesIO(data), columns=columns) as table:
        read = list(table)
    assert [list(row.values.values()) for row in read] == rows
    assert [row.errors for row in read] == [(), ()]


def test_xlsx_refuses_what_does_not_fit():
    with pytest.raises(TableTooLargeError):
        write(write_xlsx, headers=["a"], rows=[["x" * 32_768]])


def test_rejected_rows_carry_reason_and_original_cells():
    source = io.BytesIO(b"sku,minimum_quantity,unit_price\nA,1,5\n=B,1,free\n")
    with read_table(source, columns=PRICES) as table:
        rejected = [(row, row.errors) for row in table if row.errors]
        headers = table.headers
    data = write(write_rejected_rows, headers=headers, rejected=rejected)
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        ["Row", "Column", "Reason", "sku", "minimum_quantity", "unit_price"],
        ["3", "sku", "The cell begins like a formula (=, +, -, @ or a tab).", "'=B", "1", "free"],
        ["3", "unit_price", "A number is needed here, such as 1234.56.", "'=B", "1", "free"],
    ]
    with translation.override("zh-hans"):
        chinese = write(write_rejected_rows, headers=headers, rejected=rejected).decode("utf-8-sig")
    assert "begins like" not in chinese
