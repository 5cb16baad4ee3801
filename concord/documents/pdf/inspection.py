"""What a PDF that somebody hands in says of itself: digest, text, signatures. Never trusted, only compared."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

_CHILD: Final = Path(__file__).with_name("inspector.py")
_ANSWER_BYTES: Final = 1 << 20
#: larger than any document that the portal makes
MAX_BYTES: Final = 4 << 20
_LIMITS: Final = {"memory": 768 << 20, "seconds": 8, "max_pages": 400}
_SECONDS: Final = 12.0


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature. ``covered`` is the SHA-256 of the file up to the end of what it covers.

    ``later`` says what was added after it: ``none``, ``lta_updates`` (archive time stamps), ``form_filling``,
    ``annotations`` or ``other``.
    """

    is_ours: bool
    signer: str
    signed_at: str
    is_intact: bool
    covers_all: bool
    later: str
    covered: str
    #: what a time stamp authority says of the moment, and who that is; empty without a sound stamp
    stamped_at: str = ""
    stamped_by: str = ""

    @property
    def stamped(self) -> datetime | None:
        """The moment of the trusted time stamp."""
        return datetime.fromisoformat(self.stamped_at) if self.stamped_at else None


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file as it was found. ``pages`` holds a digest of each page's text, ``codes`` the check codes printed in it."""

    sha256: str
    is_readable: bool
    pages: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    has_signature: bool = False
    signatures: tuple[Signature, ...] = ()


def inspect_pdf(content: bytes, *, own: Sequence[str]) -> Inspection:
    """Look into a file within limits; one that cannot be read, or costs too much, is simply not readable.

    ``own`` are the fingerprints of the vendor's certificates.
    """
    digest = hashlib.sha256(content).hexdigest()
    found = _ask_child(content, own) if 0 < len(content) <= MAX_BYTES else None
    if found is None:
        return Inspection(sha256=digest, is_readable=False)
    return Inspection(
        sha256=digest,
        is_readable=bool(found["is_readable"]),
        pages=tuple(found["pages"]),
        codes=tuple(found["codes"]),
        has_signature=bool(found["has_signature"]),
        signatures=tuple(Signature(**one) for one in found["signatures"]),
    )


def _ask_child(content: bytes, own: Sequence[str]) -> dict[str, Any] | None:
    told = json.dumps({**_LIMITS, "own": list(own)})
    with tempfile.TemporaryFile() as copy:
        copy.write(content)
        copy.seek(0)
        try:
            child = subprocess.run(  # noqa: S603 - our own script, under our own interpreter, with numbers and digests
                [sys.executable, "-I", "-X", "utf8", str(_CHILD), told],
                stdin=copy,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
    if child.returncode != 0 or len(child.stdout) > _ANSWER_BYTES:
        return None
    try:
        answer: dict[str, Any] = json.loads(child.stdout)
    except ValueError:
        return None
    return answer
