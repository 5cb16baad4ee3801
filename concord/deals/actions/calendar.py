"""A person's calendar under a secret address: making one, and taking it back."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from concord.deals.models import CalendarFeed
from concord.portal.actor import Actor
from concord.portal.models import User
from concord.portal.refusals import NotAllowed
from concord.portal.work import action

#: 24 random bytes: 192 bits, more than anybody guesses
_BYTES = 24


def hash_of(secret: str) -> str:
    """What is kept of a secret. It is long and random, so that a plain hash tells nothing of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


@action
def make_calendar_feed(*, actor: Actor, now: datetime) -> str:
    """Make a secret address for the actor's calendar and return its secret, this once; one made before ends.

    Locks the person's row, so that of two clicks one address holds. Checks that the actor is a person. Writes the feed.
    Records no event: it changes nobody's story. Raises ``NotAllowed``.
    """
    if actor.user_id is None:
        raise NotAllowed(_("Only people have a calendar."))
    User.objects.select_for_update(no_key=True).get(pk=actor.user_id)
    end_calendar_feeds(user_id=actor.user_id, now=now)
    secret = secrets.token_urlsafe(_BYTES)
    CalendarFeed.objects.create(user_id=actor.user_id, secret_hash=hash_of(secret), created_at=now)
    return secret


@action
def revoke_calendar_feed(*, actor: Actor, now: datetime) -> None:
    """Take the actor's address back; safe to repeat. Locks nothing. Writes the feed. Raises ``NotAllowed``."""
    if actor.user_id is None:
        raise NotAllowed(_("Only people have a calendar."))
    end_calendar_feeds(user_id=actor.user_id, now=now)


@action
def end_calendar_feeds(*, user_id: int, now: datetime) -> None:
    """End a person's addresses, also when the access is taken away. Safe to repeat."""
    CalendarFeed.objects.filter(user_id=user_id, revoked_at__isnull=True).update(revoked_at=now)


@action
def note_read(*, feed_id: int, now: datetime) -> None:
    """Keep when a calendar was read last, for its owner to see. Records no event."""
    CalendarFeed.objects.filter(pk=feed_id).update(last_read_at=now)
