"""The child process that lays out documents: fonts loaded once, closed to the network and to the file system.

Started as ``python -m concord.documents.pdf.typesetter <fd> <fonts folder>``; reads requests from the connection until
it is closed. The answer's first byte says whether it is a document or the name of an error.
"""

from __future__ import annotations

import hashlib
import logging
import resource
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from concord.documents.pdf.request import Image, Request

FAMILY = "Concord Document"
#: one file per weight; the family has no italic, documents do not slant Chinese
FONTS = {
    400: "400Regular/NotoSansSC_400Regular.ttf",
    500: "500Medium/NotoSansSC_500Medium.ttf",
    700: "700Bold/NotoSansSC_700Bold.ttf",
}
MEMORY_LIMIT = 1_500_000_000
DONE, FAILED = b"+", b"-"


class NothingToFetch(ValueError):
    """A document named an address. Only its own images and the portal's fonts can be had."""


class ClosedFetcher(URLFetcher):
    """Hands out the images of one request, and the fonts while they are being loaded. Opens nothing."""

    def __init__(self, images: Mapping[str, Image], fonts: Path | None = None) -> None:
        super().__init__(allowed_protocols=("image", "font"), allow_redirects=False)
        self.images = images
        self.fonts = fonts

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The bytes behind ``image:<name>`` or ``font:<weight>``; anything else raises ``NothingToFetch``."""
        scheme, _, name = url.partition(":")
        if scheme == "image" and name in self.images:
            image = self.images[name]
            return URLFetcherResponse(url, image.content, {"Content-Type": image.content_type})
        if scheme == "font" and self.fonts is not None and name.isdigit() and int(name) in FONTS:
            content = (self.fonts / FONTS[int(name)]).read_bytes()
            return URLFetcherResponse(url, content, {"Content-Type": "font/ttf"})
        raise NothingToFetch


class Typesetter:
    """Lays out one document after another with the same fonts."""

    def __init__(self, fonts: Path) -> None:
        self.fonts = FontConfiguration()
        faces = "".join(
            f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; src: url("font:{weight}") }}\n'
            for weight in FONTS
        )
        # Both the faces and every page's margins: without it a footer would fall back to another font's glyphs.
        base = f'@page {{ font-family: "{FAMILY}" }} html {{ font-family: "{FAMILY}" }}\n'
        self.faces = CSS(string=faces + base, font_config=self.fonts, url_fetcher=ClosedFetcher({}, fonts))

    def lay_out(self, request: Request) -> bytes:
        """The document as a tagged PDF (PDF/UA-1). The same request gives the same bytes."""
        fetcher = ClosedFetcher(request.images)
        sheets = [
            self.faces,
            *(CSS(string=sheet, font_config=self.fonts, url_fetcher=fetcher) for sheet in request.stylesheets),
        ]
        document: bytes = HTML(string=request.html, url_fetcher=fetcher, base_url="").write_pdf(
            stylesheets=sheets,
            font_config=self.fonts,
            presentational_hints=False,
            pdf_variant="pdf/ua-1",
            pdf_identifier=hashlib.sha256(request.to_bytes()).digest()[:16],
        )
        return document


def serve(connection: Connection, fonts: Path) -> None:
    """Answer requests until the other end is closed."""
    typesetter = Typesetter(fonts)
    while True:
        try:
            raw = connection.recv_bytes()
        except EOFError:
            return
        try:
            answer = DONE + typesetter.lay_out(Request.from_bytes(raw))
        except Exception as error:  # noqa: BLE001 - the parent learns the kind of failure, never the content
            answer = FAILED + type(error).__name__.encode()
        connection.send_bytes(answer)


def main() -> None:
    """Run as the child of a worker."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    logging.disable(logging.CRITICAL)
    serve(Connection(int(sys.argv[1])), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
