"""Lists come in cursor pages of a stable order: ``{"next", "previous", "results"}``, ``?limit=`` up to 200.

A cursor holds the place of a row, which may be its number in the table. Numbers are drawn for everybody's rows in turn
and would tell how much others do: a cursor is enciphered, and no reader can make one.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import parse_qs, urlencode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination, _positive_int
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

_SALT = b"concord.portal.api.pagination"


class CursorPages(CursorPagination):
    """A page of a list, newest first unless the view says otherwise (``ordering`` of the view)."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering = "-id"

    def get_ordering(self, request, queryset, view):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
        """The view's ``cursor_ordering``, else newest first."""
        ordering = getattr(view, "cursor_ordering", None) or self.ordering
        return (ordering,) if isinstance(ordering, str) else tuple(ordering)

    def encode_cursor(self, cursor: Cursor) -> str:
        """The address of a page, its place enciphered."""
        tokens = {"o": cursor.offset, "r": int(cursor.reverse), "p": cursor.position}
        plain = urlencode({name: value for name, value in tokens.items() if value not in {None, 0}})
        sealed = _cipher().encrypt(plain.encode()).decode()
        return str(replace_query_param(self.base_url or "", self.cursor_query_param, sealed))

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The place that a cursor of ours stands for; any other one leads to no page."""
        sealed = request.query_params.get(self.cursor_query_param)
        if sealed is None:
            return None
        try:
            tokens = parse_qs(_cipher().decrypt(sealed.encode()).decode(), keep_blank_values=True)
        except (InvalidToken, ValueError) as error:
            raise NotFound(self.invalid_cursor_message) from error
        offset = _positive_int(tokens.get("o", ["0"])[0], cutoff=self.offset_cutoff)
        position: str | None = tokens["p"][0] if "p" in tokens else None
        return Cursor(offset=offset, reverse="r" in tokens, position=position)  # type: ignore[arg-type] # a text there


def _cipher() -> MultiFernet:
    return MultiFernet(
        [Fernet(urlsafe_b64encode(sha256(_SALT + force_bytes(secret)).digest())) for secret in _secrets()]
    )


def _secrets() -> Iterator[str | bytes]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS
