"""Tables that the portal hands out: no cell of them is ever run as a formula.

Text that begins like a formula gets a leading apostrophe; XLSX cells of text are written as text, whatever they look
like. Numbers stay numbers, exactly: a Decimal that a spreadsheet's binary fraction cannot hold is written as text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Final

import xlsxwriter
from django.utils.translation import gettext as _

from concord.portal.tabular.columns import EXACT_DIGITS, FORMULA_STARTS
from concord.portal.tabular.problems import RowError
from concord.portal.tabular.reading import Row

Value = str | int | Decimal | bool | date | datetime | None
"""What a cell may be given. Floats are not: money and quantities are exact."""

XLSX_MAX_ROWS: Final = 1_048_576
XLSX_MAX_CELL: Final = 32_767


class TableTooLargeError(ValueError):
    """The table does not fit the format; nothing that was written may be used."""


def harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet program might run it as a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def write_csv(file: IO[bytes], *, headers: Sequence[str], rows: Iterable[Sequence[Value]], mark: bool = True) -> int:
    """Write UTF-8 CSV with CRLF line ends; returns the number of rows. The file is left open.

    `mark` writes the byte order mark by which spreadsheet programs know UTF-8; leave it out for machines.
    """
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    try:
        if mark:
            text.write("\ufeff")
        writer = csv.writer(text)
        writer.writerow([harmless(header) for header in headers])
        count = 0
        for row in rows:
            writer.writerow([_csv_cell(value) for value in row])
            count += 1
    finally:
        text.detach()
    return count


def write_xlsx(
    file: IO[bytes], *, headers: Sequence[str], rows: Iterable[Sequence[Value]], sheet: str = "Table"
) -> int:
    """Write a workbook of one sheet in constant memory; returns the number of rows. The file is left open.

    Raises TableTooLargeError beyond a sheet's rows, or for a text longer than a cell can hold.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
    }
    count = 0
    with xlsxwriter.Workbook(file, options) as workbook:
        worksheet = workbook.add_worksheet(sheet)
        worksheet.freeze_panes(1, 0)
        bold = workbook.add_format({"bold": True})
        for place, header in enumerate(headers):
            worksheet.write_string(0, place, harmless(header), bold)
        for count, row in enumerate(rows, start=1):  # the last count is the answer
            if count >= XLSX_MAX_ROWS:
                raise TableTooLargeError(f"A sheet holds {XLSX_MAX_ROWS} rows; write CSV instead.")
            for place, value in enumerate(row):
                _write_cell(worksheet, count, place, value)
    return count


def write_rejected_rows(
    file: IO[bytes], *, headers: Sequence[str], rejected: Iterable[tuple[Row, Sequence[RowError]]]
) -> int:
    """Write the rows that were not taken as CSV: row, column, reason, then the original cells; one line per reason.

    `headers` are those of the file that was read (`Table.headers`). The reasons are in the active language. Returns the
    number of lines.
    """
    lines = ((error.row, error.column, str(error.message), *row.cells) for row, errors in rejected for error in errors)
    return write_csv(file, headers=(_("Row"), _("Column"), _("Reason"), *headers), rows=lines)


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):  # a datetime is a date
        return value.isoformat()
    return str(value)


def _write_cell(worksheet: xlsxwriter.worksheet.Worksheet, row: int, place: int, value: Value) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        worksheet.write_boolean(row, place, value)
    elif isinstance(value, int | Decimal) and _fits_number(value):
        worksheet.write_number(row, place, value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        worksheet.write_datetime(row, place, value)
    else:
        text = _csv_cell(value)
        if len(text) > XLSX_MAX_CELL:
            raise TableTooLargeError(f"A cell of a workbook holds {XLSX_MAX_CELL} characters; write CSV instead.")
        worksheet.write_string(row, place, text)


def _fits_number(value: int | Decimal) -> bool:
    """Whether a spreadsheet's number shows exactly this value: finite, and at most fifteen digits."""
    number = Decimal(value)
    return number.is_finite() and len(number.as_tuple().digits) <= EXACT_DIGITS and -300 < number.adjusted() < 300
