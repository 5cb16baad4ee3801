"""Asking for an address as somebody, without leaving a trace, and telling the answer in one word."""

from __future__ import annotations

import re
from typing import Any

from django.core.cache import cache
from django.http import HttpResponse, StreamingHttpResponse

from tests.permissions.world import World, undone

JSON = "application/json"


def visit(world: World, who: str, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
    """Undone afterwards, whatever it did. API bodies are JSON; pages get forms."""
    client = world.visitor(who)
    cookies = client.cookies.copy()
    cache.clear()  # the limits on signing in are not what is asked about here
    extra: dict[str, Any] = {"headers": {name.replace("_", "-"): value for name, value in headers.items()}}
    if method != "GET" and path.startswith("/api/v1/"):
        extra |= {"content_type": JSON, "data": {} if body is None else body}
    elif body is not None:
        extra["data"] = body
    with undone():
        answer = getattr(client, method.lower())(path, **extra)
        content_of(answer)
    client.cookies = cookies
    return answer


def content_of(answer: HttpResponse | StreamingHttpResponse) -> bytes:
    """The body; a stream is read once and kept."""
    if not answer.streaming:
        return answer.content
    if not hasattr(answer, "_read"):
        answer._read = b"".join(answer.streaming_content)
    return answer._read


def verdict(answer: HttpResponse) -> str:
    """``login`` for the way to the sign-in, else the status."""
    if answer.status_code in {301, 302, 303} and answer["Location"].startswith("/accounts/login/"):
        return "login"
    return str(answer.status_code)


_CHANGING = (
    rb'name="csrfmiddlewaretoken" value="[^"]*"',
    rb'nonce="[^"]*"',
    rb"X-CSRFToken[^}]*}",
    rb'"X-CSRFToken": *"[^"]*"',
    rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
)


def without_what_changes(answer: HttpResponse, *named: str) -> bytes:
    """The body without tokens, nonces and the very id that was asked for."""
    content = content_of(answer)
    for pattern in _CHANGING:
        content = re.sub(pattern, b"", content)
    for text in named:
        content = content.replace(text.encode(), b"")
    return content
