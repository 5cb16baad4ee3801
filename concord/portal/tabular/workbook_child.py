"""Reads one workbook in a process of its own, so that a hostile one costs no more than this process may use.

Run as a script: `python -I workbook_child.py LIMITS_JSON`, the workbook on standard input, a file. Rows go to
standard output, one JSON array each: [row number, cell, …]; a cell is a string, true or false, a number as
{"n": "1.5"}, or a date or time as {"date" | "datetime" | "time" | "duration": text}. A refusal is one JSON object on
standard error with its code, and exit status 3.

Calamine holds a sheet whole. A large one is therefore cut into blocks of rows, each read as a workbook of its own with
the same texts and styles, so that the memory used hardly grows with the number of rows.

Imports the standard library and calamine alone: it must start quickly, and nothing of the portal may be within reach.
"""

from __future__ import annotations

import errno
import io
import json
import posixpath
import re
import resource
import shutil
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO, NoReturn
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
#: a sheet whose XML has more bytes is cut into blocks of so many; into larger ones where the texts of the workbook are
#: many, since they are read again for each
WHOLE, BLOCK, TEXTS_A_BLOCK = 16 << 20, 2 << 20, 4
SHEET_DATA = re.compile(rb"<(\w+:)?sheetData(?:\s[^<>]*)?>")
#: a row's end before one that says its own number; what reads a block could not know it
CUT = re.compile(rb"</(?:\w+:)?row>\s*(?=<(?:\w+:)?row\s(?:[^<>]*\s)?r=[\"'][0-9])")
#: parts that the cells of any sheet point into
COMMON = re.compile(
    r"\[content_types\]\.xml|_rels/.*|xl/workbook\.xml|xl/_rels/.*|.*(sharedstrings|styles|theme\d*)\.xml"
)
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


def part_of(archive: zipfile.ZipFile, sheet_name: str) -> str:
    """The part that holds a sheet."""
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
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def error_cells(archive: zipfile.ZipFile, path: str) -> set[tuple[int, int]]:
    """(row, column) from 0 of the cells of a sheet that show an error; calamine gives these as empty."""
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


def first_visible(source: BinaryIO, limits: dict[str, int]) -> tuple[calamine.CalamineWorkbook, str]:
    """The workbook, and the name of the sheet that is read."""
    source.seek(0)
    workbook = calamine.CalamineWorkbook.from_filelike(source)
    if len(workbook.sheets_metadata) > limits["max_sheets"]:
        refuse("too_many_sheets", limit=limits["max_sheets"])
    for sheet in workbook.sheets_metadata:
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible:
            return workbook, sheet.name
    refuse("no_sheet")


def block_size(archive: zipfile.ZipFile) -> int:
    """Bytes of a block."""
    texts = [part.file_size for part in archive.infolist() if part.filename.casefold().endswith("sharedstrings.xml")]
    return max(BLOCK, sum(texts) // TEXTS_A_BLOCK)


def blocks_of(archive: zipfile.ZipFile, path: str, size: int) -> Iterator[bytes]:
    """The sheet's XML in pieces of whole rows, each with the sheet's own beginning; one piece if it cannot be cut."""
    with archive.open(path) as stream:
        rest = stream.read(CHUNK)
        begin = SHEET_DATA.search(rest)
        if begin is None:
            yield rest + stream.read()
            return
        head, rest = rest[: begin.end()], rest[begin.end() :]
        prefix = begin[1] or b""
        tail = b"</" + prefix + b"sheetData></" + prefix + b"worksheet>"
        while chunk := stream.read(size):
            rest += chunk
            cuts = [cut.end() for cut in CUT.finditer(rest, max(len(rest) - CHUNK, 0))]
            if cuts:
                yield head + rest[: cuts[-1]] + tail
                rest = rest[cuts[-1] :]
        yield head + rest


def common_parts(archive: zipfile.ZipFile, path: str) -> bytes:
    """The workbook without its sheets."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as common:
        for name in archive.namelist():
            if name != path and COMMON.fullmatch(name.casefold()):
                with archive.open(name) as part, common.open(name, "w") as copy:
                    shutil.copyfileobj(part, copy, CHUNK)
    return target.getvalue()


def check_shape(sheet: calamine.CalamineSheet, limits: dict[str, int]) -> tuple[int, int] | None:
    """Where the cells of the sheet, or of a block of it, begin: row and column from 0; nothing when there are none."""
    if sheet.start is None or sheet.end is None:
        return None
    if sheet.end[0] + 1 > limits["max_rows"]:
        refuse("too_many_rows", limit=limits["max_rows"])
    if sheet.end[1] + 1 > limits["max_columns"]:
        refuse("too_many_columns", limit=limits["max_columns"])
    return sheet.start


def write_row(number: int, first_column: int, row: list[Any], errors: set[tuple[int, int]]) -> None:
    """One row, counted from 0, unless it is blank."""
    cells = [encoded(cell) for cell in row]
    if errors:
        cells = ["#VALUE!" if (number, first_column + place) in errors else cell for place, cell in enumerate(cells)]
    if any(cell != "" for cell in cells):
        json.dump([number + 1, *cells], sys.stdout, ensure_ascii=True, separators=(",", ":"))
        sys.stdout.write("\n")


def write_sheet(sheet: calamine.CalamineSheet, limits: dict[str, int], errors: set[tuple[int, int]]) -> None:
    """All rows of a sheet that is held whole."""
    start = check_shape(sheet, limits)
    if start is not None:
        for number, row in enumerate(sheet.iter_rows()):
            write_row(number, start[1], row, errors)


def write_in_blocks(
    archive: zipfile.ZipFile, path: str, name: str, limits: dict[str, int], errors: set[tuple[int, int]]
) -> bool:
    """All rows of a large sheet; false, and nothing written, where it does not begin in the first column.

    Rows come out as those of a whole sheet do: from the first column on, and as wide as what was seen so far.
    """
    common, width = common_parts(archive, path), 0
    for block in blocks_of(archive, path, block_size(archive)):
        target = io.BytesIO(common)
        with zipfile.ZipFile(target, "a") as piece:
            piece.writestr(path, block)
        target.seek(0)
        sheet = calamine.CalamineWorkbook.from_filelike(target).get_sheet_by_name(name)
        start = check_shape(sheet, limits)
        if start is None:
            continue
        if width == 0 and start[1] > 0:
            return False
        for number, row in enumerate(sheet.to_python(), start[0]):
            cells = [""] * start[1] + row
            width = max(width, len(cells))
            write_row(number, 0, cells + [""] * (width - len(cells)), errors)
    return True


def write_rows(source: BinaryIO, archive: zipfile.ZipFile, limits: dict[str, int]) -> None:
    """The rows of the first visible sheet."""
    workbook, name = first_visible(source, limits)
    path = part_of(archive, name)
    errors = error_cells(archive, path)
    if archive.getinfo(path).file_size > WHOLE:
        workbook.close()
        if write_in_blocks(archive, path, name, limits, errors):
            return
        workbook, name = first_visible(source, limits)
    write_sheet(workbook.get_sheet_by_name(name), limits, errors)


def lacked_room(error: BaseException) -> bool:
    """Whether it was this process's limits that went wrong, and not the workbook."""
    if isinstance(error, zlib.error):
        return str(error).startswith("Error -4")  # Z_MEM_ERROR
    return getattr(error, "errno", None) in {errno.EFBIG, errno.ENOMEM}


def main() -> None:
    limits = json.loads(sys.argv[1])
    limit_this_process(memory=limits["memory"], seconds=limits["seconds"], output=limits["max_output"])
    try:
        source = sys.stdin.buffer
        with zipfile.ZipFile(source) as archive:
            check_parts(archive, limits)
            write_rows(source, archive, limits)
        sys.stdout.flush()
    except MemoryError:
        refusal = RefusalError("too_costly")
    except RefusalError as error:
        refusal = error
    except (*BROKEN_ZIP, ET.ParseError, calamine.CalamineError, StopIteration) as error:
        refusal = RefusalError("too_costly" if lacked_room(error) else "damaged")
    else:
        return
    json.dump({"code": refusal.code, **refusal.parts}, sys.stderr)
    sys.exit(REFUSED_STATUS)


if __name__ == "__main__":
    main()
