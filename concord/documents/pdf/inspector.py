"""Looks into a PDF that a stranger handed in, in a process of its own with limits on memory, time and files.

Run as a script: ``python -I inspector.py SETTINGS_JSON``, the file on standard input; writes one JSON object. Whatever
else happens is a non-zero exit status. Imports nothing of the portal, so nothing of the portal is within reach.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
import resource
import sys
from typing import Any

#: a code as it is printed: seven groups of four
CODE = re.compile(r"(?<![0-9A-Z-])[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){6}(?![0-9A-Z-])")
MAX_CODES = 4


def limit_this_process(memory: int, seconds: int) -> None:
    """What this process may use, from here on."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def pages_of(content: bytes, max_pages: int) -> tuple[list[str], list[str]]:
    """A digest of the text of each page, and the check codes that the text holds."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    if len(document) > max_pages:
        raise ValueError("pages")
    digests: list[str] = []
    codes: list[str] = []
    for page in document:
        text = "".join(page.get_textpage().get_text_bounded().split())
        digests.append(hashlib.sha256(text.encode("utf-8", "replace")).hexdigest())
        for code in CODE.findall(text_with_lines(page)):
            if code not in codes and len(codes) < MAX_CODES:
                codes.append(code)
    return digests, codes


def text_with_lines(page: Any) -> str:
    """The text of a page, line by line."""
    return str(page.get_textpage().get_text_bounded())


def signatures_of(content: bytes, own: set[str]) -> list[dict[str, Any]]:
    """Each signature: whose, whether what it covers is unchanged, and what came after it."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    found = []
    for embedded in PdfFileReader(io.BytesIO(content)).embedded_regular_signatures[:5]:
        certificate = embedded.signer_cert
        # Whose it is, the certificate itself decides and not a chain of others: nothing is fetched.
        status = validate_pdf_signature(embedded, ValidationContext(trust_roots=[certificate], allow_fetching=False))
        covered = embedded.byte_range[-2] + embedded.byte_range[-1]
        level = status.modification_level
        stamp = status.timestamp_validity
        sound = stamp if stamp and stamp.intact and stamp.valid else None
        found.append(
            {
                "is_ours": hashlib.sha256(certificate.dump()).hexdigest() in own,
                "signer": str(certificate.subject.native.get("common_name", ""))[:200],
                "signed_at": status.signer_reported_dt.isoformat() if status.signer_reported_dt else "",
                "is_intact": bool(
                    status.intact and status.valid and status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
                ),
                "covers_all": status.coverage == SignatureCoverageLevel.ENTIRE_FILE and covered == len(content),
                "later": (level or ModificationLevel.NONE).name.lower(),
                "covered": hashlib.sha256(content[:covered]).hexdigest(),
                "stamped_at": sound.timestamp.isoformat() if sound else "",
                "stamped_by": str(sound.signing_cert.subject.native.get("common_name", ""))[:200] if sound else "",
            }
        )
    return found


def inspect(content: bytes, settings: dict[str, Any]) -> dict[str, Any]:
    """Everything that can be said of the file without knowing any quote."""
    answer: dict[str, Any] = {"is_readable": False, "pages": [], "codes": [], "signatures": [], "has_signature": False}
    if b"%PDF-" not in content[:1024]:
        return answer
    try:
        answer["pages"], answer["codes"] = pages_of(content, settings["max_pages"])
        answer["is_readable"] = True
    except Exception:  # noqa: BLE001 - whatever is wrong with the file, it cannot be read
        return answer
    answer["has_signature"] = b"/ByteRange" in content
    try:
        answer["signatures"] = signatures_of(content, set(settings["own"]))
    except Exception:  # noqa: BLE001 - a signature that cannot be read proves nothing
        answer["signatures"] = []
    return answer


def main() -> None:
    """Run as the child of a web worker."""
    settings = json.loads(sys.argv[1])
    limit_this_process(settings["memory"], settings["seconds"])
    logging.disable(logging.CRITICAL)
    sys.setrecursionlimit(2_000)
    content = sys.stdin.buffer.read()
    sys.stdout.write(json.dumps(inspect(content, settings)))


if __name__ == "__main__":
    main()
