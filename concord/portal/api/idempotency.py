"""A retry never acts twice: the key, the work and its first answer are one transaction.

The second of two simultaneous requests waits on the unique key until the first one commits, then replays its answer.
An answer is kept when the work was done; a refused or failed request keeps nothing and may be tried again.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import structlog
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from concord.portal.actor import Actor
from concord.portal.api.authentication import api_actor
from concord.portal.models import IdempotencyKey
from concord.portal.refusals import FieldError, InvalidInput
from concord.portal.work import ATTEMPTS, Busy, is_worth_retrying, pause_before, unit_of_work

logger = structlog.get_logger(__name__)

HEADER = "Idempotency-Key"
_KEPT_HEADERS = ("Location", "ETag", "Content-Type")
#: where the raw body waits on the request, since a parser consumes the stream
_BODY = "_raw_body_for_fingerprint"


class Replay(Exception):
    """The request was answered before."""

    def __init__(self, stored: IdempotencyKey) -> None:
        super().__init__(stored.key)
        self.stored = stored


def owner_of(actor: Actor) -> str:
    """Whose keys these are: two clients never share one."""
    return f"client:{actor.client_id}" if actor.client_id else f"user:{actor.user_id}"


def _fingerprint(request: Request) -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if not _is_upload(request):
        digest.update(getattr(request, _BODY))
        return digest.digest()
    # The boundary between the parts is another one each time: what counts is what they hold.
    for name, values in sorted(request.POST.lists()):
        digest.update(json.dumps([name, values]).encode() + b"\n")
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(json.dumps([name, file.name, file.size]).encode() + b"\n")
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.digest()


def _is_upload(request: Any) -> bool:
    return str(request.META.get("CONTENT_TYPE", "")).startswith("multipart/")


class IdempotentMixin:
    """For API views: unsafe methods run in one durable transaction, and honour ``Idempotency-Key`` on ``POST``.

    Place it before the DRF view class. GET and HEAD are untouched.
    """

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        """Keep the raw body for the fingerprint before a parser consumes the stream."""
        body = b"" if _is_upload(request) else request.body
        wrapped: Request = super().initialize_request(request, *args, **kwargs)  # type: ignore[misc]
        setattr(wrapped, _BODY, body)
        return wrapped

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Run the handler inside one unit of work, or replay the first answer."""
        if request.method in {"GET", "HEAD", "OPTIONS", "TRACE"}:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]
        # An upload is a stream that can be read once; any other body is kept by Django and can be read again.
        for attempt in range(1 if _is_upload(request) else ATTEMPTS):
            try:
                return self._attempt(request, *args, **kwargs)
            except Replay as replay:
                return _replayed(replay.stored)
            except OperationalError as error:
                if not is_worth_retrying(error):
                    raise
                logger.warning("request_retried", path=request.path, attempt=attempt)
                pause_before(attempt + 1)
        return self._busy(request, *args, **kwargs)

    def _attempt(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self._claimed: IdempotencyKey | None = None
        with unit_of_work():
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
            if response.status_code >= 400:
                transaction.set_rollback(True)
            else:
                self._keep(response)
        return response

    def _busy(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The answer when somebody else held what was needed for every attempt."""
        self._gave_up = True
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After authentication, permission and throttles: claim the key."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if getattr(self, "_gave_up", False):
            raise Busy
        key = request.headers.get(HEADER, "")
        if request.method != "POST" or not key:
            return
        if len(key) > 255:
            raise InvalidInput.at(f"/{HEADER}", "max_length", _("The key is longer than 255 characters."))
        self._claimed = _claim(owner_of(api_actor(request)), key, _fingerprint(request))

    def handle_exception(self, exc: Exception) -> Response:
        """A replay and what is worth another attempt leave the handler untouched."""
        if isinstance(exc, Replay) or is_worth_retrying(exc):
            raise exc
        response: Response = super().handle_exception(exc)  # type: ignore[misc]
        return response

    def _keep(self, response: HttpResponseBase) -> None:
        claimed = self._claimed
        if claimed is None or not isinstance(response, HttpResponse):
            return
        if isinstance(response, Response) and not response.is_rendered:
            response.render()
        claimed.status = response.status_code
        claimed.headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
        claimed.body = response.content
        claimed.save(update_fields=["status", "headers", "body"])


def _claim(owner: str, key: str, fingerprint: bytes) -> IdempotencyKey:
    """Insert the key, waiting for whoever holds it; raises ``Replay`` or, for another body, ``InvalidInput``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO portal_idempotencykey (owner, key, fingerprint, status, headers, body, created_at)"
            " VALUES (%s, %s, %s, 0, '{}', '', clock_timestamp()) ON CONFLICT (owner, key) DO NOTHING RETURNING id",
            [owner, key, fingerprint],
        )
        row = cursor.fetchone()
    stored = IdempotencyKey.objects.get(owner=owner, key=key)
    if row is not None:
        return stored
    if bytes(stored.fingerprint) != fingerprint:
        raise InvalidInput(
            [FieldError(f"/{HEADER}", "idempotency_key_reused", _("The key was used with another request."))],
        )
    raise Replay(stored)


def _replayed(stored: IdempotencyKey) -> HttpResponse:
    response = HttpResponse(bytes(stored.body), status=stored.status, headers=stored.headers)
    response["Idempotency-Replayed"] = "true"
    return response


__all__ = ["HEADER", "IdempotentMixin", "owner_of"]
