"""Files that others made: a price list with notes in its price cells, and collections built to break readers."""

from __future__ import annotations

import base64
import json
import time
from decimal import Decimal

import pytest

from concord.portal.tabular import (
    CellError,
    ChoiceColumn,
    DecimalColumn,
    FormulaCells,
    IntegerColumn,
    TableRefusedError,
    TextColumn,
    harmless,
    read_table,
)


def columns_named(*names):
    return tuple(TextColumn(name, formulas=FormulaCells.KEEP, multiline=True, default="") for name in names)


def unbroken(values):
    """Line ends made one, as the collection's CSV and JSON differ in them; no white space around."""
    return {name: value.strip().replace("\r\n", "\n") for name, value in values.items()}


@pytest.mark.parametrize(
    ("version", "rows", "refused"),
    [("2023-03-26", 2_285, []), ("2023-10-19", 2_287, []), ("2024-02-22a", 2_339, None), ("2024-02-22b", 2_339, None)],
)
def test_price_lists_of_a_maker(corpus, version, rows, refused):
    columns = (
        TextColumn("item_code", required=True, aliases=("编号",)),
        TextColumn("name_zh", required=True),
        TextColumn("spec", required=True, formulas=FormulaCells.KEEP),
        ChoiceColumn("currency", choices={"CNY": "CNY"}, required=True),
        DecimalColumn("price_excl_vat", required=True, minimum=Decimal(0)),
        TextColumn("price_incl_vat", default="", formulas=FormulaCells.KEEP),
    )
    with (corpus / f"catalogue/swivels_cny_{version}.csv").open("rb") as file, read_table(file, columns=columns) as t:
        read = list(t)
    assert len(read) == rows
    bad = [(error.column, error.code, error.value) for row in read for error in row.errors]
    if refused is not None:
        assert bad == refused
    else:
        assert [code for _column, code, _value in bad] == ["not_a_number", "not_a_number"]
        assert {column for column, _code, _value in bad} == {"price_excl_vat"}
        assert any("存用完后停" in value for _column, _code, value in bad)


def test_components_of_a_distributor(corpus):
    columns = (
        TextColumn("sku", required=True),
        TextColumn("mpn", max_length=64),
        TextColumn("manufacturer", default=""),
        *columns_named("category", "subcategory"),
        TextColumn("description", max_length=2_000, formulas=FormulaCells.KEEP, default=""),
        *columns_named("package", "library_type", "status"),
        IntegerColumn("min_order_qty", minimum=1),
        IntegerColumn("order_multiple", minimum=1),
        IntegerColumn("stock_qty", minimum=0),
        TextColumn("currency"),
        DecimalColumn("list_price", above=Decimal(0), decimal_places=4),
    )
    with (corpus / "catalogue/components.csv").open("rb") as file, read_table(file, columns=columns) as table:
        rows = list(table)
    assert len(rows) == 31_535
    assert {error.code for row in rows for error in row.errors} <= {"formula"}
    by_sku = {row.values.get("sku"): row.values for row in rows}
    assert sum(values.get("list_price") is None for values in by_sku.values()) >= 1
    mpns = {values.get("mpn") for values in by_sku.values()}
    assert "27E894" in mpns
    assert any(mpn and mpn.isdigit() and mpn.startswith("0") for mpn in mpns)


def test_every_office_file_is_refused_or_read_at_a_bounded_cost(corpus):
    files = sorted((corpus / "hostile/office").iterdir())
    assert len(files) > 40
    for path in files:
        started = time.monotonic()
        with path.open("rb") as file, pytest.raises(TableRefusedError) as refusal:
            list(read_table(file, columns=columns_named("sku")))
        assert time.monotonic() - started < 20, path.name
        assert refusal.value.errors, path.name


def test_the_bomb_is_seen_before_it_is_opened(corpus):
    with (corpus / "hostile/office/poc-xmlbomb.xlsx").open("rb") as file, pytest.raises(TableRefusedError) as refusal:
        read_table(file, columns=columns_named("sku"))
    assert [error.code for error in refusal.value.errors] == ["entities"]


def test_a_csv_acid_test(corpus):
    folder = corpus / "hostile/csv/spectrum"
    checked = 0
    for path in sorted(folder.glob("*.csv")):
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        records = expected if isinstance(expected, list) else [expected]
        if path.stem == "location_coordinates":
            records[0]["Contact Phone Number"] = "2095257564"  # the collection's JSON shows another number than its CSV
        columns = columns_named(*records[0])
        with path.open("rb") as file, read_table(file, columns=columns) as table:
            assert [unbroken(row.values) for row in table] == [unbroken(record) for record in records], path.name
        checked += 1
    assert checked >= 12


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("csv__1030_columns.csv", "too_many_columns"),
        ("csv__encodings__iso8859.csv", "encoding"),
        ("csv__encodings__western-macos-roman.csv", "encoding"),
        ("csv__encodings__big-western-macos-roman.csv", "encoding"),
        ("csv__separators__carets.csv", "unknown_column"),
        ("csv__separators__colon.csv", "unknown_column"),
        ("empty-files__empty.csv", "empty"),
        ("zero-files__zero.csv", "empty"),
        ("excel__sample-1-sheet.xls", "old_format"),
        ("wrong-extension-files__sample-1-sheet.txt", "old_format"),
    ],
)
def test_a_collection_of_troubled_tables_refused(corpus, name, code):
    with (corpus / "hostile/csv/frictionless" / name).open("rb") as file, pytest.raises(TableRefusedError) as refusal:
        list(read_table(file, columns=columns_named("number", "string", "boolean")))
    assert refusal.value.errors[0].code == code


@pytest.mark.parametrize(
    "name",
    [
        "csv__separators__comma.csv",
        "csv__separators__pipes.csv",
        "csv__separators__semicolon.csv",
        "csv__separators__tab.csv",
        "csv__separators__tab.tsv",
        "wrong-extension-files__comma.txt",
        "wrong-extension-files__sample-1-sheet.pdf",  # a workbook under another name
        "excel__sample-1-sheet.xlsx",
    ],
)
def test_a_collection_of_troubled_tables_read(corpus, name):
    columns = columns_named("number", "string", "boolean")
    with (corpus / "hostile/csv/frictionless" / name).open("rb") as file, read_table(file, columns=columns) as table:
        rows = list(table)
    assert rows
    assert [error for row in rows for error in row.errors] == []
    assert rows[0].values["number"] == "1"


def test_injection_payloads_are_refused_in_names(corpus):
    lines = (corpus / "hostile/csv/csv-injection-payloads.txt").read_text(encoding="utf-8").splitlines()
    payloads = [line for line in lines if line.startswith(("=", "+", "-", "@"))]
    column = TextColumn("name", max_length=1_000)
    for payload in payloads:
        with pytest.raises(CellError) as refusal:
            column.read(payload)
        assert refusal.value.code == "formula"
        assert harmless(payload) == f"'{payload}"
    assert len(payloads) == 5


def test_naughty_strings_are_kept_or_refused_never_changed(corpus):
    column = TextColumn("name", max_length=10_000, multiline=True, formulas=FormulaCells.KEEP, default="")
    strings = json.loads((corpus / "hostile/strings/blns.base64.json").read_text(encoding="utf-8"))
    kept, refused = 0, set()
    for encoded in strings:
        text = base64.b64decode(encoded).decode("utf-8", "replace")
        try:
            value = column.read(text)
        except CellError as error:
            refused.add(error.code)
        else:
            assert value in {text.strip(), text.strip()[1:]}
            kept += 1
    assert refused <= {"control_character", "spreadsheet_error"}
    assert kept > len(strings) * 0.9


def test_workbooks_with_macros_and_with_a_pivot_table(corpus):
    with (corpus / "collateral/macro-workbook.xlsm").open("rb") as file, pytest.raises(TableRefusedError) as refusal:
        read_table(file, columns=columns_named("sku"))
    assert refusal.value.errors[0].code == "macros"
    columns = columns_named("Field1", "Field2", "Field3")
    with (corpus / "collateral/pivot-table.xlsx").open("rb") as file, pytest.raises(TableRefusedError) as refusal:
        read_table(file, columns=columns)
    assert {error.code for error in refusal.value.errors} == {"duplicate_column"}  # one table beside another
