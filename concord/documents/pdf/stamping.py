"""Trusted time stamps on documents that were signed while no authority answered: appended later, the signature stays.

The stamp is a document time stamp (PAdES): an incremental update over the whole signed file, so that the file grows and
nothing that was signed changes. ISO 32000-2 counts it as no change, also where the signature permits none.
"""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko.sign.validation import validate_pdf_timestamp
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

#: name of the stamp's field in the document
FIELD = "Stamp"
#: what an authority may take to answer, in seconds; and the room that its stamp with its certificates may need
STAMP_SECONDS, STAMP_BYTES = 10, 12_000
#: everything that goes wrong with an authority: away, refusing, answering nonsense
AUTHORITY_ERRORS = (TimestampRequestError, SigningError, PdfError, OSError, ValueError)


class NoStamp(Exception):
    """No authority is set up, or it did not answer with a stamp; says why."""


@dataclass(frozen=True, slots=True)
class Stamped:
    """The document with its stamp, the moment that it says (UTC), and who says it."""

    content: bytes
    at: datetime
    authority: str


def authority() -> RequestsHTTPTimeStamper | None:
    """The authority that the settings name, if any."""
    if not settings.PDF_TIMESTAMP_URL:
        return None
    return RequestsHTTPTimeStamper(settings.PDF_TIMESTAMP_URL, timeout=STAMP_SECONDS)  # type: ignore[no-untyped-call]


def stamp_pdf(content: bytes) -> Stamped:
    """The document with a time stamp over all of it appended, checked as it will be by its readers.

    Raises ``NoStamp``.
    """
    asked = authority()
    if asked is None:
        raise NoStamp("no authority")
    try:
        # The library runs an event loop of its own, which a thread that has one already would refuse.
        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(partial(_stamped, content, asked)).result()
    except AUTHORITY_ERRORS as error:
        raise NoStamp(repr(error)[:200]) from error


def _stamped(content: bytes, asked: RequestsHTTPTimeStamper) -> Stamped:
    stamper = signers.PdfTimeStamper(asked, field_name=FIELD)
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    made = bytes(stamper.timestamp_pdf(writer, "sha256", bytes_reserved=2 * STAMP_BYTES).getvalue())
    stamp = PdfFileReader(io.BytesIO(made)).embedded_timestamp_signatures[-1]
    # Whether the authority is to be trusted was decided by whoever named it in the settings.
    status = validate_pdf_timestamp(stamp, ValidationContext(trust_roots=[stamp.signer_cert], allow_fetching=False))
    if not (status.intact and status.valid and status.coverage >= SignatureCoverageLevel.ENTIRE_FILE):
        raise ValueError("the stamp does not fit the document")
    name = str(stamp.signer_cert.subject.native.get("common_name", ""))[:200]
    return Stamped(made, status.timestamp, name)
