"""Answering public checks: metered by who asks, and kept for the quote's owner."""

from __future__ import annotations

from datetime import datetime, timedelta

from concord.portal.enums import Door
from concord.portal.limits import Limit, spend
from concord.portal.work import action
from concord.pricing.models import QuoteCheck
from concord.pricing.queries.quote_checks import CheckAnswer, check_answer

#: enough for a buyer with a stack of quotes, too little to guess anything
CHECKS = Limit("quote_check", 30, timedelta(minutes=1))


@action
def check_quote(*, code: str, asked_by: str, door: Door, now: datetime) -> CheckAnswer:
    """Answer for a code. ``asked_by`` is the client's address, used for the limit and not kept.

    Locks nothing. Writes one row of the check's log. Records no event: a public question changes no quote. Raises
    ``TooMany``.
    """
    spend(CHECKS, asked_by)
    answer, quote_id = check_answer(code, now=now)
    QuoteCheck.objects.create(quote_id=quote_id, at=now, verdict=answer.verdict, door=door)
    return answer
