"""In which encoding a text file is written: found out by reading all of it, never by hope.

UTF-8 (with or without mark), UTF-16 (with mark, or plainly recognisable), GB18030 when the text is plausible Chinese.
All else is refused, naming line and byte: a Latin-1 file read as something else would spoil names without a word.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from django.utils.translation import gettext_lazy as _

from concord.portal.tabular.problems import Message, refused

CHUNK: Final = 1 << 16
_SAMPLE: Final = 20_000
_PLAUSIBLE: Final = 0.9


class BinarySource(Protocol):
    """A file open for reading bytes; an uploaded file of Django is one."""

    def read(self, size: int = ..., /) -> bytes: ...

    def seek(self, offset: int, whence: int = ..., /) -> object: ...


@dataclass(frozen=True, slots=True)
class _BrokenAt:
    offset: int
    line: int
    byte: int


def detect_encoding(file: BinarySource) -> str:
    """A Python codec name under which the whole file decodes; raises TableRefusedError."""
    file.seek(0)
    head = file.read(CHUNK)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        broken = _first_break(file, "utf-16")
        if broken is None:
            return "utf-16"
        raise _broken_encoding(broken, "UTF-16")
    unmarked = _unmarked_utf16(head)
    if unmarked and _first_break(file, unmarked) is None:
        return unmarked
    broken = _first_break(file, "utf-8-sig")
    if broken is None:
        return "utf-8-sig"
    if _first_break(file, "gb18030") is None and _reads_as_chinese(file):
        return "gb18030"
    raise _broken_encoding(broken, "UTF-8")


def _chunks(file: BinarySource) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def _first_break(file: BinarySource, encoding: str) -> _BrokenAt | None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset, line = 0, 1
    chunk = b""
    try:
        for chunk in _chunks(file):
            decoder.decode(chunk)
            offset += len(chunk)
            line += chunk.count(b"\n")
        chunk = b""
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        pending = len(error.object) - len(chunk)  # bytes kept back from the chunk before
        start = error.start - pending
        return _BrokenAt(
            offset=max(offset + start, 0),
            line=line + chunk[: max(start, 0)].count(b"\n"),
            byte=error.object[error.start],
        )
    return None


def _broken_encoding(broken: _BrokenAt, encoding: str) -> Exception:
    return refused(
        "encoding",
        Message(
            _(
                "Line %(line)s is not valid %(encoding)s: byte %(byte)s at position %(offset)s. "
                "Save the file as “CSV UTF-8” and send it again."
            ),
            line=broken.line,
            encoding=encoding,
            byte=f"0x{broken.byte:02X}",
            offset=broken.offset,
        ),
        row=broken.line,
    )


def _unmarked_utf16(head: bytes) -> str | None:
    """UTF-16 of mostly Latin text shows as every other byte being zero."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if odd > pairs * 0.4 and even <= pairs * 0.02:
        return "utf-16-le"
    if even > pairs * 0.4 and odd <= pairs * 0.02:
        return "utf-16-be"
    return None


def _reads_as_chinese(file: BinarySource) -> bool:
    """Whether what is not ASCII is, read as GB18030, mostly everyday characters: the first level and the symbols of
    GB 2312. Latin-1 and broken UTF-8 give rare ones.
    """
    decoder = codecs.getincrementaldecoder("gb18030")("strict")
    everyday = seen = 0
    for chunk in _chunks(file):
        for character in decoder.decode(chunk):
            if character.isascii():
                continue
            seen += 1
            everyday += _is_everyday(character)
        if seen >= _SAMPLE:
            break
    return seen > 0 and everyday >= seen * _PLAUSIBLE


def _is_everyday(character: str) -> bool:
    try:
        first = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return 0xA1 <= first <= 0xA3 or 0xB0 <= first <= 0xD7
