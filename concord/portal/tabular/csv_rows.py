"""The records of a CSV file, one at a time."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from concord.portal.tabular.encodings import BinarySource
from concord.portal.tabular.problems import Cell, Message, refused

DELIMITERS: Final = (",", ";", "\t", "|")
_SEPARATOR_LINE = re.compile(r"sep=(.)")
_HEAD: Final = 1 << 16


class _Adapter(io.RawIOBase):
    """Lets a text layer read the source without closing it."""

    def __init__(self, source: BinarySource) -> None:
        super().__init__()
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stub's Buffer is wider than needed
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _open_text(source: BinarySource, encoding: str) -> io.TextIOWrapper:
    source.seek(0)
    return io.TextIOWrapper(io.BufferedReader(_Adapter(source), _HEAD), encoding=encoding, newline="")


def detect_delimiter(source: BinarySource, encoding: str, known: Callable[[str], bool]) -> str:
    """The delimiter under which the header names most known columns; failing that, the one that makes most cells.

    `known` says whether a header cell is a column's name. A first line `sep=;`, as spreadsheet programs write it, wins.
    """
    with _open_text(source, encoding) as text:
        lines = [line for line in (text.readline(_HEAD) for _line in range(10)) if line.strip()]
    if not lines:
        return ","
    stated = _SEPARATOR_LINE.fullmatch(lines[0].strip("\r\n"))
    if stated:
        return stated[1]

    def merit(delimiter: str) -> tuple[int, int]:
        try:
            header = next(csv.reader(lines, delimiter=delimiter), [])
        except csv.Error:
            return (0, 0)
        return (sum(map(known, header)), len(header))

    return max(DELIMITERS, key=merit)


def csv_rows(source: BinarySource, encoding: str, delimiter: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    """(row number, cells) of each record that is not blank. Row numbers count records, as a spreadsheet would.

    Raises TableRefusedError where the quoting is broken: behind it no cell can be trusted.
    """
    with _open_text(source, encoding) as text:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        number = 0
        while True:
            number += 1
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise _broken_record(number, error) from error
            if number == 1 and delimiter.join(record).startswith("sep="):
                continue
            if any(record):
                yield number, record


def _broken_record(number: int, error: csv.Error) -> Exception:
    if "field limit" in str(error):
        return refused(
            "cell_too_long",
            Message(_("Row %(row)s holds a cell of unusual length; is a quotation mark left open?"), row=number),
            row=number,
        )
    return refused(
        "quoting",
        Message(_("The quotation marks of row %(row)s do not match."), row=number),
        row=number,
    )
