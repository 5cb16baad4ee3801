"""Lost updates are refused: single resources carry an ``ETag``, changes to them need ``If-Match``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from concord.portal.events.record import to_json
from concord.portal.refusals import Refusal


class PreconditionRequired(Refusal):
    """``If-Match`` is missing."""

    status = 428
    default_code = "if_match_missing"

    def __init__(self) -> None:
        super().__init__(_("Say with If-Match which version you have read."))


class PreconditionFailed(Refusal):
    """The resource changed since it was read."""

    status = 412
    default_code = "changed"

    def __init__(self) -> None:
        super().__init__(_("This was changed since you read it."))


def etag(identity: object, updated_at: datetime) -> str:
    """A strong tag from the row's identity and its last change; says nothing about its content."""
    text = f"{identity}:{updated_at.isoformat()}"
    return '"' + hashlib.sha256(text.encode()).hexdigest()[:32] + '"'


def etag_of(shown: Mapping[str, object]) -> str:
    """A tag for readers who are not to know when a row changed that others share: it changes with what is shown."""
    return '"' + hashlib.sha256(to_json(shown).encode()).hexdigest()[:32] + '"'


def demand_match(request: Request, current: str) -> None:
    """Raise unless ``If-Match`` names the current version. Call it with the row locked."""
    sent = request.headers.get("If-Match", "")
    if not sent:
        raise PreconditionRequired
    if sent.strip() != "*" and current not in {tag.strip() for tag in sent.split(",")}:
        raise PreconditionFailed
