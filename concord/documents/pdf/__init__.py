"""The PDF engine: our own templates in, bytes out. It reads nothing but what it is given.

Templates are rendered here, in the language asked for; laying out happens in a child process that is kept warm, has
the fonts loaded, may use so much memory and so much time, and can fetch nothing (``typesetter``).
"""

from concord.documents.pdf.inspection import Inspection, Signature, inspect_pdf
from concord.documents.pdf.render import render_pdf
from concord.documents.pdf.request import DocumentTooLong, Image, PdfFailed, PdfTimedOut
from concord.documents.pdf.signing import Certificate, Signed, own_fingerprints, sign_pdf, signing_certificate
from concord.documents.pdf.stamping import NoStamp, Stamped, stamp_pdf

__all__ = [
    "Certificate",
    "DocumentTooLong",
    "Image",
    "Inspection",
    "NoStamp",
    "PdfFailed",
    "PdfTimedOut",
    "Signature",
    "Signed",
    "Stamped",
    "inspect_pdf",
    "own_fingerprints",
    "render_pdf",
    "sign_pdf",
    "signing_certificate",
    "stamp_pdf",
]
