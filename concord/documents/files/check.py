"""Is a file what its name says, and free of what could act by itself? Editors get the reason in plain words."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from concord.documents.files.kinds import KINDS, FileKind
from concord.documents.files.process import ChildFailed, Source, ask_child

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MAX_BYTES: Final = 50 << 20

REASONS: Final[dict[str, str | _StrPromise]] = {
    "empty": _("The file is empty."),
    "too_large": _("The file is larger than %(limit)s MB."),
    "kind": _("Files of this kind are not taken. Taken are: %(kinds)s."),
    "not_what_it_says": _("The content of the file does not fit its name: this is no %(extension)s file."),
    "damaged": _("The file is damaged. Save it again and upload the new one."),
    "encrypted": _("The file is protected with a password or restricted. Save it without protection."),
    "macros": _("The file holds macros. Save it without macros."),
    "scripts": _("The PDF holds scripts or starts programs. Save or print it as a plain PDF."),
    "programs": _("The file holds something that could be run: %(part)s."),
    "nested": _("The archive holds another archive: %(part)s. Upload its content by itself."),
    "paths": _("The archive holds a part with an unsafe path: %(part)s."),
    "entities": _("The file holds document type definitions, which no office program writes."),
    "markup": _("The file is a page or a drawing with markup, not plain text."),
    "pixels": _("The picture has more than %(limit)s million pixels."),
    "too_many_parts": _("The file has more than %(limit)s parts."),
    "unpacked_size": _("The file grows too large when it is unpacked."),
    "too_costly": _("Looking into this file takes more time or memory than is allowed."),
}


class FileRefused(Exception):
    """The file is not taken; ``message`` says why and what to do, in the reader's language."""

    def __init__(self, code: str, **parts: Any) -> None:
        super().__init__(code)
        self.code = code
        self._parts = parts

    @property
    def message(self) -> str:
        """The reason, for people."""
        return str(REASONS[self.code]) % self._parts


def kind_of(name: str) -> FileKind:
    """The kind that a file's name claims. Raises ``FileRefused``."""
    extension = name.rsplit(".", 1)[-1].casefold() if "." in name else ""
    if extension not in KINDS:
        raise FileRefused("kind", kinds=", ".join(KINDS))
    return KINDS[extension]


def check_file(name: str, size: int, source: Source) -> FileKind:
    """Look into a file before it is stored: kind, size, content, macros, scripts, bombs. Raises ``FileRefused``.

    ``source`` is left at its beginning.
    """
    kind = kind_of(name)
    if size <= 0:
        raise FileRefused("empty")
    if size > MAX_BYTES:
        raise FileRefused("too_large", limit=MAX_BYTES >> 20)
    try:
        answer = json.loads(ask_child("check", source, kind))
    except (ChildFailed, ValueError) as error:
        raise FileRefused("too_costly") from error
    code = answer.pop("refused", "")
    if code:
        raise FileRefused(code if code in REASONS else "damaged", extension=kind.extension, **answer)
    return kind


_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*%]+')
_LONGEST_NAME = 120


def download_name(title: str, version: str, extension: str) -> str:
    """The name that a saved copy gets: the title and the version, without anything that a file system dislikes.

    Characters that turn the direction of writing are left out: they can make ``exe.pdf`` look like something else.
    """
    words = f"{title} {version}".strip()
    words = "".join(one for one in unicodedata.normalize("NFC", words) if unicodedata.category(one) not in {"Cf", "Cs"})
    words = " ".join(_UNSAFE.sub(" ", words).split()).strip(". ")
    return f"{words[:_LONGEST_NAME].rstrip() or 'document'}.{extension.casefold()}"
