"""Reads one workbook in a process of its own, so that a hostile one costs no more than this process may use.

Run as a script: `python -I workbook_child.py LIMITS_JSON`, the workbook on standard input, a file. Rows go to
standard output, one JSON array each: [row number, cell, …]; a cell is a string, true or false, a number as
{"n": "1.5"}, or a date or time as {"date" | "datetime" | "time" | "duration": text}. A refusal is one JSON object on
standard error with its code, and exit status 3.

Imports the standard library and calamine alone: it must start quickly, and nothing of the portal may be within reach.
"""

from __future__ import annotations

import errno
import io
import json
import posixpath
import re
import resource
import struct
import sys
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn
from xml.etree import ElementTree as ET  # parts with a document type are refused before one is parsed

import python_calamine as calamine

REFUSED_STATUS = 3
CHUNK = 1 << 16
WORKBOOK_PART = "xl/workbook.xml"
WORKBOOK_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
OVERLAP = 16
ALLOWED_RATIO_BELOW = 1 << 20  # small parts may be as repetitive as they like
BROKEN_ZIP = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, KeyError, IndexError, RuntimeError,
    NotImplementedError, OverflowError,
)  # fmt: skip
DOCUMENT_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
ERROR_CELL = re.compile(rb"<(?:\w+:)?c\s(?=[^<>]*\st=[\"']e[\"'])[^<>]*>")
CELL_PLACE = re.compile(rb"\sr=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")


class RefusalError(Exception):
    """The workbook is not read; the code says why."""

    def __init__(self, code: str, **parts: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.parts = parts


def refuse(code: str, **parts: int | str) -> NoReturn:
    raise RefusalError(code, **parts)


def limit_this_process(*, memory: int, seconds: int, output: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))


def check_parts(archive: zipfile.ZipFile, limits: dict[str, int]) -> None:
    """Refuse what a plain workbook has no need of, before anything in it is interpreted."""
    parts = archive.infolist()
    if len(parts) > limits["max_parts"]:
        refuse("too_many_parts", limit=limits["max_parts"])
    names = [part.filename for part in parts]
    if "mimetype" in names and b"opendocument" in archive.open("mimetype").read(200):
        refuse("old_format")
    if len({name.casefold() for name in names}) != len(names):
        refuse("damaged")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        refuse("not_a_workbook")
    if "xl/workbook.bin" in names:
        refuse("old_format")
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        refuse("macros")
    unpacked = 0
    for part in parts:
        if part.flag_bits & 0x1:
            refuse("encrypted")
        if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            refuse("damaged")
        unpacked += check_part(archive, part, limits, unpacked)


def check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limits: dict[str, int], before: int) -> int:
    """Unpack one part for its real size, whatever the directory claims, and look for document types."""
    is_xml = part.filename.casefold().endswith((".xml", ".rels", ".vml"))
    size, tail = 0, b""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            if is_xml and size == 0 and (chunk.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in chunk[:4]):
                refuse("damaged")  # XML in another encoding could hide what is looked for below
            size += len(chunk)
            if before + size > limits["max_unpacked"]:
                refuse("unpacked_size", limit=limits["max_unpacked"] // (1 << 20))
            if size > ALLOWED_RATIO_BELOW and size > limits["max_ratio"] * max(part.compress_size, 1):
                refuse("unpacked_size", limit=limits["max_unpacked"] // (1 << 20))
            if is_xml and DOCUMENT_TYPE.search(tail + chunk):
                refuse("entities")
            if part.filename == "[Content_Types].xml" and b"macroEnabled" in tail + chunk:
                refuse("macros")
            tail = chunk[-OVERLAP:]
    return size


def error_cells(archive: zipfile.ZipFile, sheet_name: str) -> set[tuple[int, int]]:
    """(row, column) from 0 of the cells of a sheet that show an error; calamine gives these as empty."""
    relations = {
        relation.get("Id"): relation.get("Target", "")
        for relation in ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    }
    workbook = ET.fromstring(archive.read(WORKBOOK_PART))  # noqa: S314
    target = next(
        relations.get(sheet.get(RELATION), "")
        for sheet in workbook.iter()
        if sheet.tag.endswith("}sheet") and sheet.get("name") == sheet_name
    )
    path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
    places: set[tuple[int, int]] = set()
    with archive.open(path) as stream:
        rest = b""
        while chunk := stream.read(CHUNK):
            text = rest + chunk
            end = text.rfind(b"<")
            for tag in ERROR_CELL.findall(text[:end]):
                place = CELL_PLACE.search(tag)
                if place is None:
                    refuse("error_cells")
                places.add((int(place[2]) - 1, column_number(place[1])))
            rest = text[end:] if end >= 0 else text[-CHUNK:]
    return places


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def encoded(cell: Any) -> Any:
    if isinstance(cell, str | bool):
        return cell
    if isinstance(cell, int | float):
        return {"n": repr(float(cell))}
    if isinstance(cell, datetime):
        return {"datetime": cell.isoformat()}
    if isinstance(cell, date):
        return {"date": cell.isoformat()}
    if isinstance(cell, time):
        return {"time": cell.isoformat()}
    if isinstance(cell, timedelta):
        return {"duration": str(cell)}
    refuse("damaged")


def write_rows(data: bytes, archive: zipfile.ZipFile, limits: dict[str, int]) -> None:
    workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    if len(workbook.sheets_metadata) > limits["max_sheets"]:
        refuse("too_many_sheets", limit=limits["max_sheets"])
    visible = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible
    ]
    if not visible:
        refuse("no_sheet")
    sheet = workbook.get_sheet_by_name(visible[0])
    if sheet.start is None or sheet.end is None:
        return
    if sheet.end[0] + 1 > limits["max_rows"]:
        refuse("too_many_rows", limit=limits["max_rows"])
    if sheet.end[1] + 1 > limits["max_columns"]:
        refuse("too_many_columns", limit=limits["max_columns"])
    errors = error_cells(archive, visible[0])
    first_column = sheet.start[1]
    for number, row in enumerate(sheet.iter_rows()):
        cells = [encoded(cell) for cell in row]
        if errors:
            cells = [
                "#VALUE!" if (number, first_column + place) in errors else cell for place, cell in enumerate(cells)
            ]
        if any(cell != "" for cell in cells):
            json.dump([number + 1, *cells], sys.stdout, ensure_ascii=True, separators=(",", ":"))
            sys.stdout.write("\n")


def main() -> None:
    limits = json.loads(sys.argv[1])
    limit_this_process(memory=limits["memory"], seconds=limits["seconds"], output=limits["max_output"])
    try:
        data = sys.stdin.buffer.read()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_parts(archive, limits)
            write_rows(data, archive, limits)
        sys.stdout.flush()
    except MemoryError:
        refusal = RefusalError("too_costly")
    except RefusalError as error:
        refusal = error
    except (*BROKEN_ZIP, ET.ParseError, calamine.CalamineError, StopIteration) as error:
        refusal = RefusalError("too_costly" if getattr(error, "errno", None) == errno.EFBIG else "damaged")
    else:
        return
    json.dump({"code": refusal.code, **refusal.parts}, sys.stderr)
    sys.exit(REFUSED_STATUS)


if __name__ == "__main__":
    main()
