"""What goes to the typesetting process and what comes back, as bytes that need neither Django nor pickle."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

#: longer documents are cut into several by whoever asks for them
MAX_HTML_BYTES = 3_000_000


class PdfFailed(RuntimeError):
    """The document could not be laid out. The message names the kind of failure and nothing of the content."""


class PdfTimedOut(PdfFailed):
    """Laying out took longer than its budget and was stopped."""


class DocumentTooLong(PdfFailed):
    """The document is longer than one PDF may be."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that the document shows as ``image:<name>``."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Request:
    """A whole document: markup, style sheets, and the images that they name. Nothing else can be reached."""

    html: str
    stylesheets: tuple[str, ...] = ()
    images: Mapping[str, Image] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The request on its way to the child; raises ``DocumentTooLong``."""
        if len(self.html.encode()) > MAX_HTML_BYTES:
            raise DocumentTooLong("markup")
        document = {
            "html": self.html,
            "stylesheets": self.stylesheets,
            "images": {
                name: [image.content_type, base64.b64encode(image.content).decode()]
                for name, image in self.images.items()
            },
        }
        return json.dumps(document).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Request:
        """The request as the child reads it."""
        document = json.loads(raw)
        return cls(
            html=document["html"],
            stylesheets=tuple(document["stylesheets"]),
            images={
                name: Image(base64.b64decode(content), content_type)
                for name, (content_type, content) in document["images"].items()
            },
        )
