"""What can be wrong with a table, a row or a cell, told so that whoever sent the file can put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

Cell = str | float | int | bool | date | datetime | time | timedelta
"""What a file holds in one place: always text in CSV; in a workbook what the spreadsheet program stored."""

SHOWN_LENGTH = 80


class Message:
    """A sentence with its parts; `str()` renders it in the language active at that moment."""

    __slots__ = ("_parts", "_text")

    def __init__(self, text: object, /, **parts: object) -> None:
        self._text = text
        self._parts = parts

    def __str__(self) -> str:
        text = str(self._text)
        return text % self._parts if self._parts else text

    def __repr__(self) -> str:
        return f"Message({str(self)!r})"


@dataclass(frozen=True, slots=True)
class RowError:
    """One problem. `row` counts as a spreadsheet does (the header is usually row 1); None concerns the whole file.

    `column` is the column's official name, or empty; `code` is stable and meant for programs; `value` is the cell as it
    stands in the file, cut to a length that can be shown.
    """

    row: int | None
    column: str
    code: str
    message: Message
    value: str = ""

    def as_dict(self) -> dict[str, str | int | None]:
        """For storing or answering; the message is rendered in the active language."""
        return {
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "message": str(self.message),
            "value": self.value,
        }


class TableRefusedError(Exception):
    """The file as a whole cannot be read; `errors` says why, each with its code and, where known, its row."""

    def __init__(self, errors: Iterable[RowError]) -> None:
        self.errors = tuple(errors)
        super().__init__(", ".join(error.code for error in self.errors))


@dataclass(slots=True)
class CellError(Exception):
    """A cell that a column does not take. The reader adds row, column and value."""

    code: str
    message: Message = field(compare=False)


def refused(code: str, message: Message, *, row: int | None = None, column: str = "") -> TableRefusedError:
    return TableRefusedError([RowError(row=row, column=column, code=code, message=message)])


def shown(cell: Cell) -> str:
    """The cell in one line of printable characters, cut to SHOWN_LENGTH."""
    text = "".join(c if c.isprintable() else "�" for c in cell_text(cell)[: SHOWN_LENGTH + 1])
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…"


def cell_text(cell: Cell) -> str:
    """The cell as text that names its value without loss: dates in ISO form, numbers in their shortest form."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() and abs(cell) < 10**15 else repr(cell)
    if isinstance(cell, date | time):  # a datetime is a date
        return cell.isoformat()
    return str(cell)
