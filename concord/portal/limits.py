"""Rate limits that count right under concurrency: GCRA as one statement in PostgreSQL.

``limit(key, rate, per)`` lets through ``rate`` calls per ``per`` with a burst of ``rate``. The generic cell rate
algorithm (ATM Forum, 1996) keeps one moment per key: the theoretical arrival time of the next call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from concord.portal.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Limit:
    """``calls`` per ``per``, counted by ``name`` and whoever calls."""

    name: str
    calls: int
    per: timedelta


class TooMany(Refusal):
    """The limit is reached; ``retry_after`` says in how many whole seconds it is worth asking again."""

    status = 429
    default_code = "too_many_requests"

    def __init__(self, retry_after: int) -> None:
        super().__init__(_("Too many requests. Please wait a moment."), details={"retry_after": retry_after})
        self.retry_after = retry_after


_SPEND = """
INSERT INTO portal_ratelimit AS held (key, arrival_at)
VALUES (%(key)s, clock_timestamp() + make_interval(secs => %(step)s))
ON CONFLICT (key) DO UPDATE
    SET arrival_at = greatest(held.arrival_at, clock_timestamp()) + make_interval(secs => %(step)s)
    WHERE greatest(held.arrival_at, clock_timestamp()) + make_interval(secs => %(step)s)
        <= clock_timestamp() + make_interval(secs => %(per)s)
RETURNING arrival_at
"""


def spend(limit: Limit, who: str, *, times: int = 1) -> None:
    """Count one call of ``who``, or several that go together; raises ``TooMany`` when the limit does not leave them.

    Exact under concurrency. Calls that are more than the whole limit never pass.
    """
    key = f"{limit.name}:{who}"[:200]
    per = limit.per.total_seconds()
    step = per / limit.calls * times
    if times > limit.calls:
        raise TooMany(int(per))
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, {"key": key, "step": step, "per": per})
        if cursor.fetchone() is not None:
            return
        cursor.execute(
            "SELECT greatest(1, ceil(extract(epoch FROM arrival_at - clock_timestamp()) + %s - %s))::int"
            " FROM portal_ratelimit WHERE key = %s",
            [step, per, key],
        )
        row = cursor.fetchone()
    raise TooMany(row[0] if row else 1)
