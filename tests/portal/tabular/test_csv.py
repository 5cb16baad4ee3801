"""CSV files as people, spreadsheet programs and other systems write them."""

from __future__ import annotations

import io
import tracemalloc
from decimal import Decimal

import pytest
from django.utils import translation

from concord.portal.tabular import FormulaCells, Limits, TableRefusedError, TextColumn, read_table
from tests.portal.tabular.conftest import PRICES

TABLE = "sku,minimum_quantity,unit_price\nYM-1001-14#,1,0.064\n美式转环,100,0.06\n"
VALUES = [
    {"sku": "YM-1001-14#", "minimum_quantity": 1, "unit_price": Decimal("0.064")},
    {"sku": "美式转环", "minimum_quantity": 100, "unit_price": Decimal("0.06")},
]


def codes(refusal):
    return [error.code for error in refusal.value.errors]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends(read, encoding, delimiter, line_end):
    text = TABLE.replace("美式转环", "美式转环压花弧形别针，双色橡胶漂座和太空豆").replace(",", delimiter)
    rows = read(text.replace("\n", line_end).encode(encoding))
    assert [row.errors for row in rows] == [(), ()]
    assert [row.number for row in rows] == [2, 3]
    assert rows[0].values == VALUES[0]


def test_a_broken_byte_is_named_with_line_and_place(read):
    data = TABLE.encode() + b"Caf\xe9-1,1,5\n"
    with pytest.raises(TableRefusedError) as refusal:
        read(data)
    (error,) = refusal.value.errors
    assert (error.code, error.row) == ("encoding", 4)
    assert "Line 4" in str(error.message)
    assert "0xE9" in str(error.message)
    assert str(data.index(b"\xe9")) in str(error.message)


def test_a_broken_byte_is_found_across_the_chunks_of_reading(read):
    head = b"sku,unit_price\n" + b"".join(b"\xe5\x9c\x88-%d,1\n" % number for number in range(9_000))
    with pytest.raises(TableRefusedError) as refusal:
        read(head + b"x\xff,1\n")
    (error,) = refusal.value.errors
    assert error.row == 9_002
    assert f"position {len(head) + 1}" in str(error.message)


def test_text_cut_in_the_middle_of_a_character_is_refused(read):
    with pytest.raises(TableRefusedError) as refusal:
        read("sku,unit_price\n圈,1\n转".encode()[:-1])
    assert codes(refusal) == ["encoding"]


def test_header_in_chinese_in_another_case_and_order(read):
    rows = read("单价, SKU-Code \n0.5,A-1\n".encode())
    assert rows[0].values == {"sku": "A-1", "minimum_quantity": 1, "unit_price": Decimal("0.5")}


def test_every_problem_of_the_header_is_named(read):
    with pytest.raises(TableRefusedError) as refusal:
        read(b"SKU,sku,unit_pirce\nA,B,1\n")
    assert [(error.code, error.column) for error in refusal.value.errors] == [
        ("duplicate_column", "sku"),
        ("unknown_column", "unit_pirce"),
        ("missing_column", "unit_price"),
    ]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\r\n  \n", b"\xef\xbb\xbf\n"])
def test_empty_files(read, data):
    with pytest.raises(TableRefusedError) as refusal:
        read(data)
    assert codes(refusal) == ["empty"]


def test_a_header_alone_is_a_table_without_rows(read):
    assert read(b"sku,unit_price\n") == []


def test_ragged_rows_are_refused_one_by_one(read):
    rows = read(b"sku,minimum_quantity,unit_price\nA,1\nB,1,2,3\nC,1,2,\nD,1,2\n\nE,1,2\n")
    assert [(row.number, [error.code for error in row.errors]) for row in rows] == [
        (2, ["cell_count"]),
        (3, ["cell_count"]),
        (4, []),
        (5, []),
        (7, []),
    ]
    assert rows[1].cells == ("B", "1", "2", "3")


def test_a_cell_below_an_empty_header_is_refused(read):
    rows = read(b"sku,unit_price,,\nA,1,,\nB,1,,oops\n")
    assert [[error.code for error in row.errors] for row in rows] == [[], ["unnamed_column"]]


def test_errors_tell_row_column_reason_and_value(read):
    (row,) = read(b'sku,minimum_quantity,unit_price\n=1+1,0,"1,5"\n')
    assert [(e.row, e.column, e.code, e.value) for e in row.errors] == [
        (2, "sku", "formula", "=1+1"),
        (2, "minimum_quantity", "too_small", "0"),
        (2, "unit_price", "ambiguous_number", "1,5"),
    ]
    assert row.errors[1].as_dict()["message"] == "The number must be at least 1."
    own = row.error("sku", "unknown_sku", "There is no product %(sku)s.", sku="=1+1")
    assert (own.row, own.column, str(own.message), own.value) == (2, "sku", "There is no product =1+1.", "=1+1")


def test_messages_are_in_the_readers_language(read):
    (row,) = read(b"sku,unit_price\nA,\n")
    with translation.override("zh-hans"):
        chinese = str(row.errors[0].message)
    assert str(row.errors[0].message) == "A value is needed here."
    assert chinese != "A value is needed here."


def test_shown_values_are_short_and_printable(read):
    (row,) = read(b"sku,unit_price\nA," + b"9" * 500 + b"\x07\n")
    assert len(row.errors[0].value) == 80
    assert row.errors[0].value.endswith("…")


def test_nul_bytes_spoil_their_row_alone(read):
    rows = read(b"sku,unit_price\nA\x00B,1\nC,1\n")
    assert [[error.code for error in row.errors] for row in rows] == [["control_character"], []]


def test_an_open_quotation_mark_is_refused_not_swallowed(read):
    with pytest.raises(TableRefusedError) as refusal:
        read(b'sku,unit_price\nA,1\n"B,1\nC,1\nD,1\n')
    assert codes(refusal) == ["quoting"]
    assert refusal.value.errors[0].row == 3


def test_an_endless_cell_is_refused(read):
    with pytest.raises(TableRefusedError) as refusal:
        read(b'sku,unit_price\n"' + b"x" * 300_000 + b'",1\n')
    assert codes(refusal) == ["cell_too_long"]
    rows = read(b"sku,unit_price\n" + b"x" * 40_000 + b",1\n")
    assert [error.code for error in rows[0].errors] == ["cell_too_long"]


def test_line_breaks_in_quotes_belong_to_the_cell(read):
    columns = (TextColumn("name", multiline=True), TextColumn("note", default="", formulas=FormulaCells.KEEP))
    rows = read(b'name,note\r\n"one\r\ntwo","say ""hi"""\r\nthree,\r\n', columns)
    assert [row.values for row in rows] == [{"name": "one\r\ntwo", "note": 'say "hi"'}, {"name": "three", "note": ""}]
    assert [row.number for row in rows] == [2, 3]


def test_the_separator_line_of_spreadsheet_programs(read):
    rows = read(b"sep=;\r\nsku;unit_price\r\nA;1.5\r\n")
    assert rows[0].values["unit_price"] == Decimal("1.5")


def test_limits(read):
    many = b"sku,unit_price\n" + b"A,1\n" * 11
    with pytest.raises(TableRefusedError) as refusal:
        read(many, limits=Limits(max_rows=10))
    assert (codes(refusal), refusal.value.errors[0].row) == (["too_many_rows"], 12)
    assert len(read(many, limits=Limits(max_rows=11))) == 11
    with pytest.raises(TableRefusedError) as refusal:
        read(many, limits=Limits(max_bytes=20))
    assert codes(refusal) == ["file_too_large"]
    with pytest.raises(TableRefusedError) as refusal:
        read(b",".join(b"c%d" % number for number in range(201)))
    assert codes(refusal) == ["too_many_columns"]


@pytest.mark.parametrize("head", [b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"\x1f\x8b\x08\x00"])
def test_other_kinds_of_files(read, head):
    with pytest.raises(TableRefusedError) as refusal:
        read(head + b"sku,unit_price\n" * 10)
    assert codes(refusal) == ["not_a_table"]


def test_the_file_that_was_passed_in_stays_open():
    file = io.BytesIO(TABLE.encode())
    with read_table(file, columns=PRICES) as table:
        assert (table.format, table.encoding, table.delimiter) == ("csv", "utf-8-sig", ",")
        assert table.headers == ("sku", "minimum_quantity", "unit_price")
        assert [row.values for row in table] == VALUES
    assert not file.closed


def test_two_columns_of_one_name_are_a_programming_error():
    with pytest.raises(ValueError, match="Two columns"):
        read_table(io.BytesIO(b"a\n1\n"), columns=(TextColumn("a"), TextColumn("b", aliases=("A",))))


class _Endless:
    """A file of many rows that is nowhere in memory."""

    def __init__(self, rows: int) -> None:
        self.size = 15 + rows * 16
        self.position = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        assert whence == 0
        self.position = offset
        return offset

    def read(self, size: int = -1) -> bytes:
        first, last = self.position, min(self.position + size, self.size)
        self.position = last
        head = b"sku,unit_price\n"[first:last] if first < 15 else b""
        start = max(first, 15)
        if last <= start:
            return head
        row, skip = divmod(start - 15, 16)
        text = b"".join(b"SKU%08d,1.5\n" % number for number in range(row, (last - 15 - 1) // 16 + 1))
        return head + text[skip : skip + last - start]


def test_memory_does_not_grow_with_the_rows():
    def peak(count: int) -> int:
        tracemalloc.start()
        with read_table(_Endless(count), columns=PRICES) as table:
            assert sum(1 for row in table if not row.errors) == count
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(12_000) < peak(1_000) + 1_000_000  # kept, the rows would take ten times that
