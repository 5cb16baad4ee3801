"""Judging a PDF that somebody handed in against the documents that were issued.

The original is recognised by its bytes alone. Everything else is told apart only as far as it helps its reader: added
to after signing, text changed, saved again, or not ours. Nothing but the original is ever called genuine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from concord.documents.pdf import Inspection, Signature, inspect_pdf, own_fingerprints
from concord.pricing.codes import read_code
from concord.pricing.enums import DocumentVerdict
from concord.pricing.models import LateStamp, Quote


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    """What is said of one PDF. ``pages`` are the numbers of the pages whose text differs from the original."""

    name: str
    verdict: DocumentVerdict
    sha256: str
    code: str = ""
    pages: tuple[int, ...] = ()
    signature: Signature | None = None
    #: the vendor's signature is named in the file, and it no longer fits what the file holds
    is_signature_broken: bool = False

    @property
    def is_original(self) -> bool:
        """Whether it is, byte for byte, the document that was issued."""
        return self.verdict is DocumentVerdict.ORIGINAL


def judge_pdf(name: str, content: bytes) -> tuple[PaperAnswer, Quote | None]:
    """What a PDF is, and the quote that it is or claims to be."""
    own = own_fingerprints()
    found = inspect_pdf(content, own=own)
    ours = next((one for one in found.signatures if one.is_ours and one.is_intact), None)
    said = PaperAnswer(
        name=name,
        verdict=DocumentVerdict.UNREADABLE,
        sha256=found.sha256,
        signature=ours or next(iter(found.signatures), None),
        is_signature_broken=found.has_signature and ours is None,
    )
    original = _by_digest(found.sha256)
    if original is None:
        late = LateStamp.objects.select_related("quote").filter(pdf_hash=found.sha256).first()
        if late is not None and late.stamped_at is not None:
            original, said = late.quote, _with_stamp(said, late, late.stamped_at)
    if original is not None:
        return replace(said, verdict=DocumentVerdict.ORIGINAL, code=original.check_code or ""), original
    if not found.is_readable:
        return said, None
    signed = next((quote for one in found.signatures if one.is_ours and (quote := _by_digest(one.covered))), None)
    quote = signed or _by_codes(found)
    if quote is None:
        return replace(said, verdict=DocumentVerdict.NOT_OURS), None
    verdict, pages = _against(quote, content, found, own, was_signed=signed is not None)
    return replace(said, verdict=verdict, code=quote.check_code or "", pages=pages), quote


def _with_stamp(said: PaperAnswer, late: LateStamp, at: datetime) -> PaperAnswer:
    """The file is the one that the portal had stamped: what the stamp says was checked then."""
    if said.signature is None:
        return said
    return replace(said, signature=replace(said.signature, stamped_at=at.isoformat(), stamped_by=late.authority))


def _against(
    quote: Quote, content: bytes, found: Inspection, own: list[str], *, was_signed: bool
) -> tuple[DocumentVerdict, tuple[int, ...]]:
    """How a file that is not the original differs from it."""
    stored = _stored(quote)
    pages = _changed_pages(stored, found, own) if stored else ()
    if was_signed or (stored and content.startswith(stored)):
        return DocumentVerdict.APPENDED, pages
    return (DocumentVerdict.EDITED if pages or not stored else DocumentVerdict.RESAVED), pages


def _changed_pages(stored: bytes, found: Inspection, own: list[str]) -> tuple[int, ...]:
    original = inspect_pdf(stored, own=own).pages
    longest = max(len(original), len(found.pages))
    return tuple(
        number + 1 for number in range(longest) if original[number : number + 1] != found.pages[number : number + 1]
    )


def _stored(quote: Quote) -> bytes:
    if not quote.pdf_hash:
        return b""
    with quote.pdf.open("rb") as opened:
        return bytes(opened.read())


def _by_digest(digest: str) -> Quote | None:
    return (
        Quote.objects.unscoped("whoever holds a document may ask about it")
        .filter(pdf_hash=digest, issued_at__isnull=False)
        .first()
    )


def _by_codes(found: Inspection) -> Quote | None:
    codes = [code for typed in found.codes if (code := read_code(typed))]
    return (
        Quote.objects.unscoped("whoever holds a document may ask about it")
        .filter(check_code__in=codes, issued_at__isnull=False)
        .first()
    )
