"""What a cell may say, and what is refused rather than guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from concord.portal.tabular import (
    BooleanColumn,
    CellError,
    ChoiceColumn,
    DateColumn,
    DecimalColumn,
    FormulaCells,
    IntegerColumn,
    ListColumn,
    MomentColumn,
    TextColumn,
)

PRICE = DecimalColumn("unit_price", minimum=Decimal(0), max_digits=18, decimal_places=6)


def refusal(column, cell):
    with pytest.raises(CellError) as caught:
        column.read(cell)
    assert str(caught.value.message)
    return caught.value.code


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1234.56", "1234.56"),
        (" 0.0003 ", "0.0003"),
        ("+5", "5"),
        ("5.000000000", "5"),
        ("999999999999.999999", "999999999999.999999"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.3"),
        (19.99 * 1.19, "23.7881"),
        (5.0, "5"),
        (7, "7"),
    ],
)
def test_decimals_are_exact(cell, value):
    read = PRICE.read(cell)
    assert isinstance(read, Decimal)
    assert read == Decimal(value)


def test_zero_has_no_sign():
    assert str(PRICE.read("-0.00")) in {"0", "0.00"}
    assert not PRICE.read(-0.0).is_signed()


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1,234", "ambiguous_number"),
        ("1,234.56", "ambiguous_number"),
        ("1.234,56", "ambiguous_number"),
        ("12,50", "ambiguous_number"),
        ("1 234", "ambiguous_number"),
        ("1'234.50", "ambiguous_number"),
        ("存用完后停", "not_a_number"),
        ("$5", "not_a_number"),
        ("1e5", "not_a_number"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("１２", "not_a_number"),
        (".5", "not_a_number"),
        ("5.", "not_a_number"),
        ("0x10", "not_a_number"),
        (float("nan"), "not_a_number"),
        (True, "not_a_number"),
        (date(2024, 1, 2), "not_a_number"),
        ("-0.01", "too_small"),
        ("0.0000001", "too_many_decimals"),
        ("1.0000000000000000000000000000001", "too_many_decimals"),
        ("1000000000000", "number_too_large"),
        ("9" * 64, "number_too_large"),
        ("9" * 65, "not_a_number"),
        ("#VALUE!", "spreadsheet_error"),
        ("1\x002", "control_character"),
    ],
)
def test_what_is_not_plainly_a_price_is_refused(cell, code):
    assert refusal(PRICE, cell) == code


def test_a_price_above_zero():
    column = DecimalColumn("unit_price", above=Decimal(0))
    assert refusal(column, "0") == "too_small"
    assert column.read("0.000001") == Decimal("0.000001")


@pytest.mark.parametrize(("cell", "value"), [("12", 12), ("12.0", 12), (12.0, 12), ("2147483647", 2**31 - 1)])
def test_integers(cell, value):
    read = IntegerColumn("quantity", minimum=1).read(cell)
    assert read == value
    assert isinstance(read, int)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("12.5", "not_whole"),
        (0.5, "not_whole"),
        ("0", "too_small"),
        ("-1", "too_small"),
        ("1000000000000", "too_large"),
    ],
)
def test_integers_refused(cell, code):
    assert refusal(IntegerColumn("quantity", minimum=1), cell) == code


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("  LD-R6AO5B\u00a0", "LD-R6AO5B"),
        ("007", "007"),
        ("27E894", "27E894"),
        ("'=kept", "'=kept"),
        (4711.0, "4711"),
        (1.5, "1.5"),
        (123456789012345.0, "123456789012345"),
        (True, "TRUE"),
        ("美式转环", "美式转环"),
    ],
)
def test_text_is_kept_and_numbers_take_their_shortest_form(cell, value):
    assert TextColumn("sku").read(cell) == value


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (1.234567890123457e16, "number_too_long"),
        (datetime(2024, 3, 1), "date_for_text"),  # noqa: DTZ001 - as a workbook holds it
        (time(6, 30), "date_for_text"),
        (timedelta(hours=30), "date_for_text"),
        ("two\nlines", "line_break"),
        ("x" * 65, "too_long"),
        ("\x07bell", "control_character"),
        ("#N/A", "spreadsheet_error"),
    ],
)
def test_text_refused(cell, code):
    assert refusal(TextColumn("sku", max_length=64), cell) == code


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n@", " =", "\u3000=", "＝", "＋", "－", "＠"])
def test_formulas_are_refused_in_names_and_kept_as_text_where_free_text_is_honest(start):
    cell = f"{start}1+1"
    assert refusal(TextColumn("name"), cell) == "formula"
    free = TextColumn("description", formulas=FormulaCells.KEEP, multiline=True)
    assert free.read(cell) == cell.strip()
    assert free.read("-40 ℃ to +85 ℃") == "-40 ℃ to +85 ℃"
    assert free.read("'-40 ℃") == "-40 ℃"


def test_blank_cells():
    for blank in ("", "   ", "\u3000", "\u00a0"):
        assert refusal(TextColumn("sku", required=True), blank) == "missing"
        assert TextColumn("name_zh", default="").read(blank) == ""
        assert IntegerColumn("pack_size", default=1).read(blank) == 1


@pytest.mark.parametrize("cell", ["2026-03-31", "2026/3/31", date(2026, 3, 31), datetime(2026, 3, 31)])  # noqa: DTZ001
def test_dates(cell):
    assert DateColumn("incoming_date").read(cell) == date(2026, 3, 31)


@pytest.mark.parametrize("cell", ["31.03.2026", "03/31/2026", "2026-02-30", "20260331", "2026-3/31", 46112.0, True])
def test_dates_refused(cell):
    assert refusal(DateColumn("incoming_date"), cell) == "not_a_date"


def test_a_date_out_of_all_reason_is_refused():
    assert refusal(DateColumn("incoming_date"), "0026-03-31") == "out_of_range"


def test_moments_need_their_offset():
    column = MomentColumn("as_of")
    assert column.read("2026-03-31T08:00:00+08:00") == datetime(2026, 3, 31, tzinfo=UTC)
    assert column.read("2026-03-31T08:00:00Z").tzinfo is UTC
    for cell in ("2026-03-31T08:00:00", "2026-03-31", "yesterday", "0001-01-01T00:00:00+14:00", datetime(2026, 3, 31)):  # noqa: DTZ001
        assert refusal(column, cell) == "not_a_moment"


def test_choices_booleans_and_lists():
    status = ChoiceColumn("status", choices={"active": "active", "在售": "active", "ended": "ended"})
    assert status.read(" Active ") == "active"
    assert status.read("在售") == "active"
    assert refusal(status, "alive") == "unknown_choice"
    flag = BooleanColumn("flag")
    assert [flag.read(cell) for cell in ("Yes", "0", "是", True, 1.0)] == [True, False, True, True, True]
    assert refusal(flag, "perhaps") == "not_yes_or_no"
    codes = ListColumn("territories", upper=True)
    assert codes.read("de| AT |de") == ("DE", "AT")
    assert refusal(codes, "DE||AT") == "missing"
    assert refusal(codes, "DE|=1+1") == "formula"
