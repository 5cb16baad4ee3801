"""Looks into one file in a process of its own, so that a hostile one costs no more than this process may use.

Run as a script: ``python -I child.py check|text SETTINGS_JSON``, the file on standard input. ``check`` writes a JSON
object with ``refused`` (a code) and further members, or ``{}``; ``text`` writes the text, UTF-8. Whatever else happens
is a non-zero exit status. Imports the standard library, pdfium and Pillow alone: nothing of the portal is within reach.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import zipfile
import zlib
from typing import Any, BinaryIO

MARKUP = re.compile(rb"<\s*(?:!doctype|html|svg|script|iframe|\?xml)", re.IGNORECASE)
PROGRAMS = frozenset(
    """action app bat bin chm cmd com cpl dll dmg docm dotm exe hta htm html inf iso jar jnlp js jse lnk mht msc msi
    msp pif potm ppam ppsm pptm ps1 psm1 py reg scr sct sh slk svg svgz swf url vb vbe vbs wsc wsf wsh xhtml xht xla
    xlam xll xlm xlsb xlsm xltm xml""".split()
)
ARCHIVES = frozenset("7z ace arj bz2 cab gz img lz lzma rar tar tgz xz z zip".split())
ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia|Rendition|ImportData)(?![A-Za-z0-9])")
OBJECT_STREAM = re.compile(rb"/ObjStm(?![A-Za-z0-9])")
STREAM = re.compile(rb"stream\r?\n")
HEX_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
BROKEN_ZIP = (
    zipfile.BadZipFile, zlib.error, KeyError, OSError, EOFError, RuntimeError, ValueError, NotImplementedError,
)  # fmt: skip
TAG = re.compile(rb"<[^<>]*>")
PARAGRAPH = re.compile(rb"</(?:\w+:)?(?:p|h|si|row|t)>")
OFFICE_TEXT = re.compile(r"^(?:word/(?:document|footnotes)|ppt/slides/slide\d+|xl/sharedStrings|content)\.?(?:xml)?$")


class Refused(Exception):
    """The file is not taken; the code says why."""

    def __init__(self, code: str, **parts: object) -> None:
        super().__init__(code)
        self.answer = {"refused": code, **parts}


def limit_this_process(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))


# -- archives -------------------------------------------------------------------------------------------------------


def open_archive(source: BinaryIO, limits: dict[str, int]) -> zipfile.ZipFile:
    """The archive, after everything that unpacking could suffer from was refused by its directory alone."""
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused("damaged") from error
    parts = archive.infolist()
    if len(parts) > limits["max_parts"]:
        raise Refused("too_many_parts", limit=limits["max_parts"])
    if sum(part.file_size for part in parts) > limits["max_unpacked"]:
        raise Refused("unpacked_size", limit=limits["max_unpacked"] >> 20)
    for part in parts:
        path = part.filename.replace("\\", "/")
        if path.startswith("/") or ".." in path.split("/") or (len(path) > 1 and path[1] == ":"):
            raise Refused("paths", part=path[:80])
        if part.flag_bits & 1:
            raise Refused("encrypted")
        if part.file_size > (1 << 20) and part.file_size > limits["max_ratio"] * max(part.compress_size, 1):
            raise Refused("unpacked_size", limit=limits["max_unpacked"] >> 20)
    if len({part.filename.casefold() for part in parts}) != len(parts):
        raise Refused("damaged")
    return archive


def _whole(archive: zipfile.ZipFile) -> None:
    try:
        damaged = archive.testzip()
    except BROKEN_ZIP as error:
        raise Refused("damaged") from error
    if damaged is not None:
        raise Refused("damaged")


def part(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """At most ``limit`` bytes of one part, whatever its directory entry claims."""
    try:
        with archive.open(name) as handle:
            return handle.read(limit)
    except BROKEN_ZIP as error:
        raise Refused("damaged") from error


def extension(name: str) -> str:
    return name.rsplit(".", 1)[-1].casefold().strip() if "." in name else ""


def check_office(source: BinaryIO, marker: str, limits: dict[str, int]) -> None:
    archive = open_archive(source, limits)
    names = [one.filename for one in archive.infolist()]
    if "[Content_Types].xml" not in names:
        raise Refused("not_what_it_says")
    types = part(archive, "[Content_Types].xml", 1 << 20)
    _no_document_type(types)
    if b"macroenabled" in types.lower() or any(_is_active(name) for name in names):
        raise Refused("macros")
    if marker.encode() not in types:
        raise Refused("not_what_it_says")
    for name in names:
        if name.casefold().endswith((".rels", ".xml")):
            _no_document_type(part(archive, name, 64 << 10))
    _whole(archive)


def _is_active(name: str) -> bool:
    low = name.casefold()
    return low.endswith(("vbaproject.bin", "vbadata.xml")) or "/activex/" in low or "/macrosheets/" in low


def _no_document_type(xml: bytes) -> None:
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", xml, re.IGNORECASE):
        raise Refused("entities")


def check_open_document(source: BinaryIO, marker: str, limits: dict[str, int]) -> None:
    archive = open_archive(source, limits)
    names = [one.filename for one in archive.infolist()]
    if "mimetype" not in names or part(archive, "mimetype", 200).decode("ascii", "replace").strip() != marker:
        raise Refused("not_what_it_says")
    if any(name.startswith(("Basic/", "Scripts/")) and not name.endswith("/") for name in names):
        raise Refused("macros")
    if "META-INF/manifest.xml" in names:
        manifest = part(archive, "META-INF/manifest.xml", 4 << 20)
        if b"encryption-data" in manifest:
            raise Refused("encrypted")


def check_zip(source: BinaryIO, _marker: str, limits: dict[str, int]) -> None:
    archive = open_archive(source, limits)
    for one in archive.infolist():
        ending = extension(one.filename)
        if ending in PROGRAMS or _is_active(one.filename):
            raise Refused("programs", part=one.filename[-80:])
        if ending in ARCHIVES:
            raise Refused("nested", part=one.filename[-80:])
    _whole(archive)


# -- PDF ------------------------------------------------------------------------------------------------------------


def check_pdf(source: BinaryIO, _marker: str, limits: dict[str, int]) -> None:
    import pypdfium2
    from pypdfium2 import raw

    data = source.read()
    if b"%PDF-" not in data[:1024]:
        raise Refused("not_what_it_says")
    for text in (data, *object_streams(data, limits["max_unpacked"])):
        if ACTIVE_PDF.search(HEX_NAME.sub(lambda found: bytes([int(found[1], 16)]), text)):
            raise Refused("scripts")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Refused("encrypted" if "password" in str(error).casefold() else "damaged") from error
    if raw.FPDF_GetSecurityHandlerRevision(document.raw) != -1:
        raise Refused("encrypted")
    if raw.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0:
        raise Refused("scripts")
    for index in range(document.count_attachments()):
        name = document.get_attachment(index).get_name()
        if extension(name) in PROGRAMS | ARCHIVES:
            raise Refused("programs", part=name[-80:])


def object_streams(data: bytes, budget: int) -> list[bytes]:
    """The unpacked object streams: newer writers put the dictionaries that name actions in there."""
    found: list[bytes] = []
    for begin in STREAM.finditer(data):
        head = data[max(0, begin.start() - 2048) : begin.start()]
        if not OBJECT_STREAM.search(head[head.rfind(b" obj") :]):
            continue
        unpacker = zlib.decompressobj()
        try:
            text = unpacker.decompress(data[begin.end() :], min(budget, 16 << 20))
        except zlib.error:
            continue
        budget -= len(text)
        found.append(text)
        if budget <= 0:
            raise Refused("unpacked_size", limit=0)
    return found


# -- pictures and text ----------------------------------------------------------------------------------------------


def check_picture(source: BinaryIO, marker: str, limits: dict[str, int]) -> None:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = limits["max_pixels"]
    try:
        with Image.open(source, formats=["PNG", "JPEG", "MPO"]) as picture:
            kind = "JPEG" if picture.format == "MPO" else picture.format
            if kind != marker:
                raise Refused("not_what_it_says")
            if picture.width * picture.height > limits["max_pixels"]:
                raise Refused("pixels", limit=limits["max_pixels"] // 1_000_000)
            picture.load()
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise Refused("pixels", limit=limits["max_pixels"] // 1_000_000) from error
    except Exception as error:  # whatever a decoder raises, the picture cannot be shown
        raise Refused("not_what_it_says") from error


def check_text(source: BinaryIO, _marker: str, _limits: dict[str, int]) -> None:
    data = source.read()
    text = decoded(data)
    if text is None:
        raise Refused("not_what_it_says")
    if MARKUP.match(data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")):
        raise Refused("markup")


def decoded(data: bytes) -> str | None:
    """Text in one of the encodings that people use, or ``None`` for something else."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]", text):
            return text
    return None


CHECKS = {
    "pdf": check_pdf,
    "office": check_office,
    "open": check_open_document,
    "zip": check_zip,
    "picture": check_picture,
    "text": check_text,
}


# -- text -----------------------------------------------------------------------------------------------------------


def text_in(source: BinaryIO, shape: str, limits: dict[str, int]) -> str:
    longest = limits["max_text"]
    if shape == "pdf":
        return pdf_text(source, longest)
    if shape == "text":
        return (decoded(source.read()) or "")[:longest]
    if shape in {"office", "open"}:
        archive = open_archive(source, limits)
        pieces = [
            TAG.sub(b"", PARAGRAPH.sub(b"\n", part(archive, one.filename, longest * 8))).decode("utf-8", "replace")
            for one in archive.infolist()
            if OFFICE_TEXT.match(one.filename)
        ]
        return "\n".join(pieces)[:longest]
    return ""


def pdf_text(source: BinaryIO, longest: int) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(source.read())
    pieces: list[str] = []
    room = longest
    for page in document:
        text = page.get_textpage().get_text_bounded()
        pieces.append(text)
        room -= len(text)
        page.close()
        if room <= 0:
            break
    return "\n".join(pieces)[:longest]


def main() -> int:
    what, settings = sys.argv[1], json.loads(sys.argv[2])
    limits: dict[str, Any] = settings["limits"]
    if what == "text":
        from html import unescape

        limit_this_process(limits["memory"], limits["seconds"])
        found = text_in(sys.stdin.buffer, settings["shape"], limits)
        found = unescape(found) if settings["shape"] in {"office", "open"} else found
        sys.stdout.buffer.write(found.encode("utf-8", "replace"))
        return 0
    limit_this_process(limits["memory"], limits["seconds"])
    answer: dict[str, object] = {}
    try:
        CHECKS[settings["shape"]](sys.stdin.buffer, settings["marker"], limits)
    except Refused as refused:
        answer = refused.answer
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
