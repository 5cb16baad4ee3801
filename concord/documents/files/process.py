"""Starts the child that looks into a file, and says plainly when it was stopped by its limits."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, Literal, Protocol

from concord.documents.files.kinds import FileKind

_CHILD: Final = Path(__file__).with_name("child.py")
_ANSWER_BYTES: Final = 8 << 20

LIMITS: Final = {
    "memory": 1 << 30,
    "seconds": 20,
    "max_parts": 4_000,
    "max_unpacked": 400 << 20,
    "max_ratio": 300,
    "max_pixels": 60_000_000,
    "max_text": 200_000,
}


class Source(Protocol):
    """A file that can be read from its beginning."""

    def read(self, size: int = -1, /) -> bytes: ...

    def seek(self, offset: int, /) -> object: ...


class ChildFailed(Exception):
    """The child broke off: out of time, out of memory, or by a fault in what it read."""


def ask_child(what: Literal["check", "text"], source: Source, kind: FileKind) -> bytes:
    """Its answer for one file, within the limits. Raises ``ChildFailed``."""
    settings = json.dumps({"shape": kind.shape, "marker": kind.marker, "limits": LIMITS})
    with tempfile.TemporaryFile() as copy:
        source.seek(0)
        shutil.copyfileobj(source, copy)
        source.seek(0)
        copy.seek(0)
        try:
            child = subprocess.run(  # noqa: S603 - our own script, under our own interpreter, with numbers and names
                [sys.executable, "-I", "-X", "utf8", str(_CHILD), what, settings],
                stdin=copy,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                timeout=LIMITS["seconds"] * 2,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ChildFailed("time") from error
    if child.returncode != 0 or len(child.stdout) > _ANSWER_BYTES:
        raise ChildFailed(str(child.returncode))
    return child.stdout
