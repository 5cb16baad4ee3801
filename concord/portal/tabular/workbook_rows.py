"""The rows of an XLSX workbook, read by a child process with limits and taken over row by row."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Final

from django.utils.translation import gettext_lazy as _

from concord.portal.tabular.encodings import BinarySource
from concord.portal.tabular.problems import Cell, Message, TableRefusedError, refused

CHILD: Final = Path(__file__).with_name("workbook_child.py")
_REFUSED_STATUS: Final = 3

REFUSALS: Final[dict[str, object]] = {
    "damaged": _("The workbook is damaged. Save it again in a spreadsheet program, or save it as CSV UTF-8."),
    "encrypted": _("The workbook is protected with a password. Save it without one."),
    "entities": _("The workbook holds document type definitions, which no spreadsheet program writes."),
    "error_cells": _("The workbook shows errors (#VALUE!, #REF! …) in its cells. Correct them first."),
    "macros": _("The workbook holds macros. Save it as an .xlsx workbook without macros."),
    "no_sheet": _("The workbook has no visible sheet."),
    "not_a_workbook": _("The file is neither CSV nor an .xlsx workbook."),
    "old_format": _("This kind of workbook is not read. Save it as .xlsx or as CSV UTF-8."),
    "too_costly": _("Reading this workbook would take more memory or time than is allowed. Save it as CSV UTF-8."),
    "too_many_columns": _("The table has more than %(limit)s columns."),
    "too_many_parts": _("The workbook has more than %(limit)s parts."),
    "too_many_rows": _("The table has more than %(limit)s rows."),
    "too_many_sheets": _("The workbook has more than %(limit)s sheets."),
    "unpacked_size": _("The workbook grows too large when it is unpacked (limit: %(limit)s MB)."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookLimits:
    """What a workbook may hold and cost. Sizes in bytes; `max_ratio` is unpacked to packed size of one large part."""

    max_unpacked: int = 256 << 20
    max_ratio: int = 200
    max_parts: int = 1_000
    max_sheets: int = 50
    memory: int = 512 << 20
    seconds: int = 30
    max_output: int = 512 << 20


def workbook_rows(
    source: BinarySource, *, max_rows: int, max_columns: int, limits: WorkbookLimits
) -> Iterator[tuple[int, Sequence[Cell]]]:
    """(row number, cells) of each row of the first visible sheet that is not blank; raises TableRefusedError.

    All cells are read, and all refusals made, before the first row is given out; the rows wait in a temporary file.
    """
    rows = tempfile.TemporaryFile()  # noqa: SIM115  # closed by the generator that gives out its rows
    try:
        _read_in_child(source, rows, {"max_rows": max_rows + 1, "max_columns": max_columns}, limits)
    except BaseException:
        rows.close()
        raise
    return _decoded(rows)


def _read_in_child(source: BinarySource, rows: IO[bytes], shape: dict[str, int], limits: WorkbookLimits) -> None:
    settings = {name: getattr(limits, name) for name in WorkbookLimits.__dataclass_fields__} | shape
    with tempfile.TemporaryFile() as workbook, tempfile.TemporaryFile() as complaint:
        source.seek(0)
        shutil.copyfileobj(source, workbook)
        workbook.seek(0)
        try:
            child = subprocess.run(  # noqa: S603  # our own script, under our own interpreter, with numbers alone
                [sys.executable, "-I", "-X", "utf8", str(CHILD), json.dumps(settings)],
                stdin=workbook,
                stdout=rows,
                stderr=complaint,
                env={},
                timeout=limits.seconds * 2,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise _refusal("too_costly", {}) from error
        if child.returncode == 0:
            return
        complaint.seek(0)
        raise _refusal_of(child.returncode, complaint.read(4096))


def _refusal_of(status: int, complaint: bytes) -> TableRefusedError:
    if status == _REFUSED_STATUS:
        try:
            said = json.loads(complaint)
            return _refusal(str(said.pop("code")), said)
        except (ValueError, AttributeError, KeyError):
            return _refusal("damaged", {})
    return _refusal("too_costly" if status < 0 or b"memory" in complaint.lower() else "damaged", {})


def _refusal(code: str, parts: dict[str, object]) -> TableRefusedError:
    code = code if code in REFUSALS else "damaged"
    return refused(code, Message(REFUSALS[code], **parts))


def _decoded(rows: IO[bytes]) -> Iterator[tuple[int, Sequence[Cell]]]:
    with rows:
        rows.seek(0)
        for line in rows:
            number, *cells = json.loads(line)
            yield number, [cell if isinstance(cell, str | bool) else _typed(cell) for cell in cells]


def _typed(cell: dict[str, str]) -> Cell:
    ((kind, text),) = cell.items()
    if kind == "n":
        return float(text)
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "datetime":
        return datetime.fromisoformat(text)
    if kind == "time":
        return time.fromisoformat(text)
    return text
