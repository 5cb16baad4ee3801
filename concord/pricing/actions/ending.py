"""Ending a quote that is in force: state, promises, kept stock and reserved special prices in one statement.

Under the end customer's lock; the state is swapped only if it is still the one that was seen, and nothing else is
touched unless it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from concord.portal.events import Fact
from concord.pricing.actions.quote_facts import facts_of_quote
from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Quote

# No promise's end is ever moved later, and none ends before it began: one that began later by another clock is over at
# once all the same.
_END = """
WITH ended AS (
    UPDATE pricing_quote SET status = %(target)s, ended_at = %(at)s, updated_at = %(at)s
    WHERE id = %(quote)s AND status = %(issued)s AND (%(even_over)s OR expires_at > %(at)s)
    RETURNING id
), promises AS (
    UPDATE pricing_pricecommitment c
    SET validity = tstzrange(
        lower(c.validity), greatest(%(at)s, lower(c.validity) + interval '1 microsecond'), '[)')
    FROM ended WHERE c.quote_id = ended.id AND upper(c.validity) > %(at)s
), freed AS (
    UPDATE pricing_stockreservation r SET ended_at = %(at)s, updated_at = %(at)s
    FROM ended WHERE r.quote_id = ended.id AND r.ended_at IS NULL
    RETURNING r.id
), given_back AS (
    UPDATE pricing_specialpriceuse u SET until = %(at)s
    FROM ended WHERE u.quote_id = ended.id AND u.used_at IS NULL AND u.until > %(at)s
)
SELECT EXISTS (SELECT FROM ended), (SELECT count(*) FROM freed), q.status, q.expires_at
FROM pricing_quote q WHERE q.id = %(quote)s
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """Whether the quote was ended; if not, ``status`` and ``expires_at`` say how it stood under the lock."""

    is_done: bool
    freed: int
    status: QuoteStatus
    expires_at: datetime

    def facts(self, quote: Quote, verb: str, **payload: object) -> list[Fact]:
        """What there is to record of it: the end itself, and the stock that is free again."""
        said = facts_of_quote(verb, quote, **payload)
        return said + (facts_of_quote("stock.freed", quote, lines=self.freed) if self.freed else [])


def end_quote(quote: Quote, target: QuoteStatus, *, at: datetime, even_over: bool = False) -> Ended:
    """Move an issued quote to ``target`` at ``at``, with everything that it held. Safe to repeat.

    Its last local day must not be over, unless ``even_over``. Changes ``quote`` too where it was done. Called under the
    end customer's lock; ``at`` is the database's clock, read after it.
    """
    values: dict[str, Any] = {
        "quote": quote.pk,
        "target": target,
        "issued": QuoteStatus.ISSUED,
        "at": at,
        "even_over": even_over,
    }
    with connection.cursor() as cursor:
        cursor.execute(_END, values)
        is_done, freed, status, expires_at = cursor.fetchone()
    if is_done:
        quote.status, quote.ended_at, quote.updated_at = target, at, at
    return Ended(is_done, freed, QuoteStatus(status), expires_at)
