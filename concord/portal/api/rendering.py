"""How the API writes JSON: DRF's own form, by a library that writes it ten times as fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_ENCODER = JSONEncoder()


class FastJSONRenderer(JSONRenderer):
    """What orjson does not write as DRF does – indented, keys that are no text, numbers beyond 64 bits – DRF writes."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """The bytes of the answer, in UTF-8; nothing at all for ``None``."""
        if data is None:
            return b""
        if not self.get_indent(accepted_media_type or "", dict(renderer_context or {})):
            try:
                written = orjson.dumps(data, _ENCODER.default, _OPTIONS)
            except TypeError:
                pass
            else:
                # As DRF does it: in a script these two would end a line.
                return written.replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")
        rendered: bytes = super().render(data, accepted_media_type, renderer_context)
        return rendered
