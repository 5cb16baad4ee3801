"""Remembering what somebody has read."""

from __future__ import annotations

import uuid
from datetime import datetime

from concord.cms.models import NewsRead
from concord.portal.actor import Actor
from concord.portal.work import action


@action
def mark_read(*, actor: Actor, news_key: uuid.UUID, now: datetime) -> None:
    """Remember that the actor has opened a piece of news. Locks nothing; a second time changes nothing.

    No event: a private mark of the reader is no fact about anybody's business.
    """
    if actor.user_id is None:
        return
    NewsRead.objects.bulk_create([NewsRead(user_id=actor.user_id, news_key=news_key, at=now)], ignore_conflicts=True)
