"""The kinds of file that the library takes: what their content must begin with or hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Shape = Literal["pdf", "office", "open", "zip", "picture", "text"]


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind. ``marker`` is the content type of an Office file's main part, or an OpenDocument's own type."""

    extension: str
    mime: str
    shape: Shape
    marker: str = ""


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"

KINDS: Final[dict[str, FileKind]] = {
    kind.extension: kind
    for kind in (
        FileKind("pdf", "application/pdf", "pdf"),
        FileKind("docx", f"{_OFFICE}.wordprocessingml.document", "office", "wordprocessingml.document.main+xml"),
        FileKind("xlsx", f"{_OFFICE}.spreadsheetml.sheet", "office", "spreadsheetml.sheet.main+xml"),
        FileKind(
            "pptx",
            f"{_OFFICE}.presentationml.presentation",
            "office",
            "presentationml.presentation.main+xml",
        ),
        FileKind("odt", f"{_OPEN}.text", "open", f"{_OPEN}.text"),
        FileKind("ods", f"{_OPEN}.spreadsheet", "open", f"{_OPEN}.spreadsheet"),
        FileKind("zip", "application/zip", "zip"),
        FileKind("png", "image/png", "picture", "PNG"),
        FileKind("jpg", "image/jpeg", "picture", "JPEG"),
        FileKind("jpeg", "image/jpeg", "picture", "JPEG"),
        FileKind("csv", "text/csv", "text"),
        FileKind("txt", "text/plain", "text"),
    )
}
