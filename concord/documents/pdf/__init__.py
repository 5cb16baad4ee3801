"""The PDF engine: our own templates in, bytes out. It reads nothing but what it is given.

Templates are rendered here, in the language asked for; laying out happens in a child process that is kept warm, has
the fonts loaded, may use so much memory and so much time, and can fetch nothing (``typesetter``).
"""

from concord.documents.pdf.render import render_pdf
from concord.documents.pdf.request import DocumentTooLong, Image, PdfFailed, PdfTimedOut

__all__ = ["DocumentTooLong", "Image", "PdfFailed", "PdfTimedOut", "render_pdf"]
