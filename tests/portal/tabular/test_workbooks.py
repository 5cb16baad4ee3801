"""XLSX workbooks: honest ones read exactly, hostile ones refused at a bounded cost."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter

from concord.portal.tabular import (
    DateColumn,
    DecimalColumn,
    IntegerColumn,
    Limits,
    TableRefusedError,
    TextColumn,
    WorkbookLimits,
    read_table,
)

SKU_AND_PRICE = (TextColumn("sku", required=True), DecimalColumn("unit_price", required=True, decimal_places=4))
HEADER = ("sku", "unit_price")


def refusal_of(data, limits=None, columns=SKU_AND_PRICE):
    with (
        pytest.raises(TableRefusedError) as refusal,
        read_table(io.BytesIO(data), columns=columns, limits=limits or Limits()) as table,
    ):
        list(table)
    (error,) = refusal.value.errors
    assert str(error.message)
    return error.code


def repacked(data, replace=None, add=None, leave_out=()):
    """The workbook with parts exchanged, added or left out."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in leave_out:
                new.writestr(name, replace[name](old.read(name)) if replace and name in replace else old.read(name))
        for name, content in (add or {}).items():
            new.writestr(name, content)
    return file.getvalue()


@pytest.fixture
def plain(workbook):
    return workbook([HEADER, ("A-1", 1.5), ("B-1", 2)])


SHEET = "xl/worksheets/sheet1.xml"


def test_an_honest_workbook(read, workbook):
    data = workbook(
        [
            ("SKU", "单价", "day", "count"),
            ("007", 0.1, date(2026, 3, 31), 12),
            (4711, 23.788099999999997, "2026-03-31", "12"),
            (),
            ("12345678901234567", "0.0003", None, None),
        ]
    )
    columns = (
        TextColumn("sku", required=True),
        DecimalColumn("unit_price", required=True, decimal_places=4, aliases=("单价",)),
        DateColumn("day"),
        IntegerColumn("count", default=1),
    )
    rows = read(data, columns)
    assert [row.errors for row in rows] == [(), (), ()]
    assert [row.number for row in rows] == [2, 3, 5]
    assert [list(row.values.values()) for row in rows] == [
        ["007", Decimal("0.1"), date(2026, 3, 31), 12],
        ["4711", Decimal("23.7881"), date(2026, 3, 31), 12],
        ["12345678901234567", Decimal("0.0003"), None, 1],
    ]


def test_what_the_spreadsheet_has_spoiled_is_refused_by_row(read, workbook):
    rows = read(workbook([HEADER, (date(2026, 3, 1), 1), (12345678901234567, 1), ("A", "1,5"), ("=B", True)]))
    assert [[error.code for error in row.errors] for row in rows] == [
        ["date_for_text"],
        ["number_too_long"],
        ["ambiguous_number"],
        ["formula", "not_a_number"],
    ]
    assert rows[0].errors[0].value == "2026-03-01"


def test_formulas_are_read_as_their_results_and_error_cells_named(read):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row("C3", HEADER)
        sheet.write("C4", "A")
        sheet.write_formula("D4", "=1+1", None, 2)
        sheet.write("C5", "B")
        sheet.write_formula("D5", "=1/0", None, "#DIV/0!")
    rows = read(file.getvalue(), SKU_AND_PRICE)
    assert [row.number for row in rows] == [4, 5]
    assert rows[0].values == {"sku": "A", "unit_price": Decimal(2)}
    assert [(error.row, error.column, error.code) for error in rows[1].errors] == [
        (5, "unit_price", "spreadsheet_error")
    ]


def test_the_first_visible_sheet_is_read(read):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("hidden").hide()
        book.add_chartsheet("chart")
        sheet = book.add_worksheet("价格")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ("A", 1))
        book.add_worksheet("other").write_row(0, 0, ("nothing", "of", "this"))
        sheet.activate()
    assert [row.values["sku"] for row in read(file.getvalue(), SKU_AND_PRICE)] == ["A"]


def test_an_empty_sheet(workbook):
    assert refusal_of(workbook([])) == "empty"


def test_rows_columns_and_sheets_are_limited(workbook):
    many = workbook([HEADER, *[("A", 1)] * 11])
    assert refusal_of(many, Limits(max_rows=10)) == "too_many_rows"
    with read_table(io.BytesIO(many), columns=SKU_AND_PRICE, limits=Limits(max_rows=11)) as table:
        assert len(list(table)) == 11
    assert refusal_of(workbook([[f"c{place}" for place in range(201)]])) == "too_many_columns"
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for _number in range(51):
            book.add_worksheet()
    assert refusal_of(file.getvalue()) == "too_many_sheets"


def test_a_cell_far_out_does_not_fill_the_memory(plain):
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    data = repacked(plain, {SHEET: lambda xml: xml.replace(b"</sheetData>", far)})
    assert refusal_of(data) in {"too_costly", "too_many_rows"}


def test_an_unpacked_bomb_is_refused(plain):
    data = repacked(plain, add={"xl/media/image1.xml": b" " * (64 << 20)})
    assert len(data) < 1 << 20
    started = time.monotonic()
    assert refusal_of(data) == "unpacked_size"
    assert time.monotonic() - started < 10


def test_many_middling_parts_are_summed_up(plain):
    part = bytes(range(256)) * 4_000
    data = repacked(plain, add={f"xl/media/image{number}.bin": part for number in range(10)})
    assert refusal_of(data, Limits(workbook=WorkbookLimits(max_unpacked=5 << 20, max_ratio=10_000))) == "unpacked_size"


def test_a_directory_that_lies_about_sizes_is_refused(plain):
    data = bytearray(repacked(plain, add={"xl/bomb.xml": b" " * (16 << 20)}))
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/bomb.xml"))
    data[place + 24 : place + 28] = struct.pack("<I", 10)
    assert refusal_of(bytes(data)) in {"damaged", "unpacked_size"}


def test_too_many_parts(plain):
    data = repacked(plain, add={f"xl/x{number}.bin": b"" for number in range(1_001)})
    assert refusal_of(data) == "too_many_parts"


@pytest.mark.parametrize(
    "head",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b'<!doctype x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_document_types_and_entities_are_refused(plain, head):
    data = repacked(plain, {SHEET: lambda xml: xml.replace(b"<worksheet", head + b"<worksheet", 1)})
    assert refusal_of(data) == "entities"


def test_a_document_type_across_two_chunks_is_found(plain):
    def pad(xml):
        start = xml.index(b"<worksheet")
        return xml[:start] + b" " * ((1 << 16) - 4 - start) + b"<!DOCTYPE x>" + xml[start:]

    assert refusal_of(repacked(plain, {SHEET: pad})) == "entities"


def test_xml_in_another_encoding_is_refused(plain):
    data = repacked(plain, {SHEET: lambda xml: xml.decode().replace("UTF-8", "UTF-16").encode("utf-16")})
    assert refusal_of(data) == "damaged"


def test_macros_are_refused(plain):
    assert refusal_of(repacked(plain, add={"xl/vbaProject.bin": b"x"})) == "macros"
    types = "[Content_Types].xml"
    old, new = b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
    assert refusal_of(repacked(plain, {types: lambda xml: xml.replace(old, new)})) == "macros"


def test_a_part_that_stands_twice_is_refused(plain):
    assert refusal_of(repacked(plain, add={SHEET.upper(): b"<worksheet/>"})) == "damaged"


def test_damaged_workbooks(plain):
    assert refusal_of(plain[: len(plain) // 2]) == "damaged"
    assert refusal_of(b"PK\x03\x04" + b"\0" * 1000) == "damaged"
    assert refusal_of(repacked(plain, leave_out=[SHEET])) == "damaged"
    assert refusal_of(repacked(plain, {SHEET: lambda xml: xml[:-40]})) == "damaged"
    assert refusal_of(repacked(plain, leave_out=["xl/_rels/workbook.xml.rels"])) == "damaged"


def test_other_archives_and_older_formats(plain):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("prices.csv", "sku,unit_price\n")
    assert refusal_of(file.getvalue()) == "not_a_workbook"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert refusal_of(file.getvalue()) == "old_format"
    assert refusal_of(repacked(plain, add={"xl/workbook.bin": b"x"})) == "old_format"
    assert refusal_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000) == "old_format"


def test_time_and_memory_are_limited(workbook):
    data = workbook([HEADER, *[(f"A-{number}", number) for number in range(30_000)]])
    small = WorkbookLimits(memory=16 << 20)
    assert refusal_of(data, Limits(workbook=small)) == "too_costly"
    little_output = WorkbookLimits(max_output=10_000)
    assert refusal_of(data, Limits(workbook=little_output)) == "too_costly"
