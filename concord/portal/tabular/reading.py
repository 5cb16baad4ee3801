"""Tables that people and systems send: opened with care, read row by row, each problem told with row and column.

    with read_table(file, columns=COLUMNS) as table:
        for row in table:
            if row.errors: ...            # tuple of RowError
            else: row.values["sku"] ...   # one value for each column, by its official name

Problems of the file as a whole (format, encoding, header, limits) raise TableRefusedError, on opening where that is
possible. CSV is streamed: memory does not grow with the number of rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, NamedTuple, Self, cast

from django.utils.translation import gettext_lazy as _

from concord.portal.tabular.columns import Column
from concord.portal.tabular.csv_rows import csv_rows, detect_delimiter
from concord.portal.tabular.encodings import CHUNK, BinarySource, detect_encoding
from concord.portal.tabular.problems import (
    Cell,
    CellError,
    Message,
    RowError,
    TableRefusedError,
    cell_text,
    refused,
    shown,
)
from concord.portal.tabular.workbook_rows import REFUSALS, WorkbookLimits, workbook_rows

_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
#: different cells of a column that are remembered with their values; then it begins anew
_REMEMBERED: Final = 8_192
_UNREAD: Final = object()
_BINARY_STARTS: Final = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"{\\rtf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a table may hold; `max_rows` does not count the header, sizes are in bytes."""

    max_bytes: int = 20 << 20
    max_rows: int = 100_000
    max_columns: int = 200
    max_cell: int = 32_767
    workbook: WorkbookLimits = field(default_factory=WorkbookLimits)


class Row(NamedTuple):
    """One row. `values` holds what could be read, `errors` the rest; `cells` is the row as it stands in the file."""

    number: int
    values: Mapping[str, Any]
    errors: tuple[RowError, ...]
    cells: tuple[str, ...]
    positions: Mapping[str, int]

    def error(self, column: str, code: str, text: object, /, **parts: object) -> RowError:
        """A problem that the importer found in this row (an unknown SKU, a repeated key)."""
        place = self.positions.get(column)
        value = shown(self.cells[place]) if place is not None and place < len(self.cells) else ""
        return RowError(row=self.number, column=column, code=code, message=Message(text, **parts), value=value)


class Table:
    """An opened table; iterate it once. `format` is `csv` or `xlsx`, `headers` the header as it stands in the file."""

    def __init__(
        self,
        *,
        rows: Iterator[tuple[int, Sequence[Cell]]],
        columns: Sequence[Column],
        limits: Limits,
        format: str,  # noqa: A002  # the word users know
        encoding: str = "",
        delimiter: str = "",
    ) -> None:
        self.format = format
        self.encoding = encoding
        self.delimiter = delimiter
        self._rows = rows
        self._limits = limits
        try:
            number, header = next(rows, (1, ()))
            self.headers = tuple(cell_text(cell) for cell in header)
            self._positions = _match_header(self.headers, columns, limits, row=number)
        except BaseException:
            self.close()
            raise
        self._absent = {column.name: column.default for column in columns if column.name not in self._positions}
        self._width = len(self.headers)
        # What was read once need not be read again: quantities, warehouses and moments repeat a million times, and a
        # product's rows stand together.
        self._columns: list[tuple[str, int, dict[str, Any], Callable[[Cell], object]]] = [
            (column.name, self._positions[column.name], {}, column.read)
            for column in columns
            if column.name in self._positions
        ]
        self._unnamed = [place for place, header in enumerate(self.headers) if not header.strip()]

    @property
    def given(self) -> frozenset[str]:
        """The official names of the columns that the file has."""
        return frozenset(self._positions)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the temporary file of a workbook; the file that was passed in stays open."""
        close = getattr(self._rows, "close", None)
        if close is not None:
            close()

    def __iter__(self) -> Iterator[Row]:
        for count, (number, cells) in enumerate(self._rows, start=1):
            if count > self._limits.max_rows:
                limit = self._limits.max_rows
                raise refused("too_many_rows", Message(REFUSALS["too_many_rows"], limit=limit), row=number)
            yield self._read(number, cells)

    def _read(self, number: int, cells: Sequence[Cell]) -> Row:
        values: dict[str, Any] = self._absent.copy()
        errors = self._shape_errors(number, cells)
        if not errors:
            whole = len(cells) >= self._width
            for name, position, known, read in self._columns:
                cell = cells[position] if whole or position < len(cells) else ""
                value = known.get(cell, _UNREAD) if isinstance(cell, str) else _UNREAD
                if value is not _UNREAD:
                    values[name] = value
                    continue
                try:
                    values[name] = value = read(cell)
                except CellError as error:
                    errors.append(RowError(number, name, error.code, error.message, shown(cell)))
                else:
                    if isinstance(cell, str):
                        if len(known) >= _REMEMBERED:
                            known.clear()
                        known[cell] = value
        texts = tuple(cells) if self.format == "csv" else tuple(map(cell_text, cells))
        return Row(number, values, tuple(errors), cast("tuple[str, ...]", texts), self._positions)

    def _shape_errors(self, number: int, cells: Sequence[Cell]) -> list[RowError]:
        if len(cells) == self._width and not self._unnamed and self.format == "csv":
            texts = cast("Sequence[str]", cells)
            if len(max(texts, key=len, default="")) <= self._limits.max_cell:
                return []
        errors = []
        if len(cells) < self._width or any(cell != "" for cell in cells[self._width :]):
            message = Message(
                _("The row has %(cells)s cells, the header %(header)s."), cells=len(cells), header=self._width
            )
            errors.append(RowError(number, "", "cell_count", message))
        elif any(cells[place] != "" for place in self._unnamed):
            errors.append(RowError(number, "", "unnamed_column", Message(_("A cell stands below an empty header."))))
        for cell in cells:
            if isinstance(cell, str) and len(cell) > self._limits.max_cell:
                message = Message(_("A cell may have at most %(limit)s characters."), limit=self._limits.max_cell)
                errors.append(RowError(number, "", "cell_too_long", message, shown(cell)))
        return errors


def read_table(file: BinarySource, *, columns: Sequence[Column], limits: Limits = Limits()) -> Table:
    """Open a CSV file or an XLSX workbook, told apart by content, never by name. Raises TableRefusedError.

    The file must be seekable (an upload, an open file, BytesIO); it is left open.
    """
    known = _names(columns)
    opened = _open(file, limits, lambda cell: _folded(cell) in known)
    return Table(
        rows=opened.rows,
        columns=columns,
        limits=limits,
        format=opened.format,
        encoding=opened.encoding,
        delimiter=opened.delimiter,
    )


def read_rows(file: BinarySource, *, limits: Limits = Limits()) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(row number, texts of the cells) of every row of a table whose columns nobody has agreed on.

    The same files as `read_table` takes, the same refusals. Raises TableRefusedError.
    """
    for count, (number, cells) in enumerate(_open(file, limits, lambda _cell: False).rows, start=1):
        if count > limits.max_rows:
            raise refused("too_many_rows", Message(REFUSALS["too_many_rows"], limit=limits.max_rows), row=number)
        if len(cells) > limits.max_columns:
            raise refused(
                "too_many_columns", Message(REFUSALS["too_many_columns"], limit=limits.max_columns), row=number
            )
        yield number, tuple(cell_text(cell)[: limits.max_cell] for cell in cells)


@dataclass(frozen=True, slots=True)
class _Opened:
    rows: Iterator[tuple[int, Sequence[Cell]]]
    format: str
    encoding: str = ""
    delimiter: str = ""


def _open(file: BinarySource, limits: Limits, known: Callable[[str], bool]) -> _Opened:
    size = _size(file, limits.max_bytes)
    file.seek(0)
    head = file.read(4096)
    if size == 0 or not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise refused("empty", Message(_("The file is empty.")))
    if head.startswith(b"PK"):
        rows = workbook_rows(file, max_rows=limits.max_rows, max_columns=limits.max_columns, limits=limits.workbook)
        return _Opened(rows, "xlsx")
    if head.startswith(_OLD_OFFICE):
        raise refused("old_format", Message(REFUSALS["old_format"]))
    if head.startswith(_BINARY_STARTS):
        raise refused("not_a_table", Message(REFUSALS["not_a_workbook"]))
    encoding = detect_encoding(file)
    delimiter = detect_delimiter(file, encoding, known)
    return _Opened(csv_rows(file, encoding, delimiter), "csv", encoding, delimiter)


def _size(file: BinarySource, limit: int) -> int:
    file.seek(0)
    size = 0
    while chunk := file.read(CHUNK):
        size += len(chunk)
        if size > limit:
            megabytes = max(limit >> 20, 1)
            raise refused("file_too_large", Message(_("The file is larger than %(limit)s MB."), limit=megabytes))
    return size


def _folded(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", name)).casefold()


def _names(columns: Sequence[Column]) -> dict[str, Column]:
    names: dict[str, Column] = {}
    for column in columns:
        for name in (column.name, *column.aliases):
            if names.setdefault(_folded(name), column) is not column:
                raise ValueError(f"Two columns are called {name!r}.")
    return names


def _match_header(headers: Sequence[str], columns: Sequence[Column], limits: Limits, *, row: int) -> dict[str, int]:
    """The position of each column in the file; raises TableRefusedError naming every problem of the header."""
    if len(headers) > limits.max_columns:
        raise refused("too_many_columns", Message(REFUSALS["too_many_columns"], limit=limits.max_columns), row=row)
    if not any(header.strip() for header in headers):
        raise refused("empty", Message(_("The file is empty.")))
    names = _names(columns)
    positions: dict[str, int] = {}
    errors: list[RowError] = []
    for position, header in enumerate(headers):
        column = names.get(_folded(header))
        if not header.strip():
            continue  # cells below it are refused row by row
        if column is None:
            message = Message(_("There is no column “%(name)s” here."), name=shown(header))
            errors.append(RowError(row, shown(header), "unknown_column", message, shown(header)))
        elif column.name in positions:
            message = Message(_("The column “%(name)s” stands in the header twice."), name=column.name)
            errors.append(RowError(row, column.name, "duplicate_column", message, shown(header)))
        else:
            positions[column.name] = position
    for column in columns:
        if column.required and column.name not in positions:
            message = Message(_("The column “%(name)s” is missing."), name=column.name)
            errors.append(RowError(row, column.name, "missing_column", message))
    if errors:
        raise TableRefusedError(errors)
    return positions
