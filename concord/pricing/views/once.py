"""A form that is sent twice acts once: the second sending goes where the first one went."""

from __future__ import annotations

from collections.abc import Callable

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from concord.portal.models import IdempotencyKey
from concord.portal.work import ATTEMPTS, Busy, is_worth_retrying, pause_before, unit_of_work

_CLAIM = """
INSERT INTO portal_idempotencykey (owner, key, fingerprint, status, headers, body, created_at)
VALUES (%s, %s, '', 0, '{}', '', clock_timestamp()) ON CONFLICT (owner, key) DO NOTHING RETURNING id
"""


def once(request: HttpRequest, key: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Run ``act`` in one transaction with the form's key; an answer that is no redirect changes and keeps nothing.

    ``act`` is run again after a deadlock or a lock time-out. Raises ``Busy`` when the lock was held for every attempt.
    """
    for attempt in range(ATTEMPTS):
        try:
            return _attempt(request, key, act)
        except OperationalError as error:
            if not is_worth_retrying(error):
                raise
            pause_before(attempt + 1)
    raise Busy


def _attempt(request: HttpRequest, key: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    owner = f"page:{request.user.pk}"
    with unit_of_work():
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [owner, key])
            is_first = cursor.fetchone() is not None
        stored = IdempotencyKey.objects.get(owner=owner, key=key)
        if not is_first:
            return HttpResponseRedirect(stored.headers["Location"])
        response = act()
        if isinstance(response, HttpResponseRedirect):
            stored.status, stored.headers = response.status_code, {"Location": response.url}
            stored.save(update_fields=["status", "headers"])
        else:
            transaction.set_rollback(True)
    return response
