"""Answering public checks: metered by who asks, and kept for the quote's owner."""

from __future__ import annotations

from datetime import datetime, timedelta

from concord.portal.enums import Door
from concord.portal.limits import Limit, spend
from concord.portal.work import action
from concord.pricing.enums import CheckKind
from concord.pricing.models import Quote, QuoteCheck
from concord.pricing.queries.quote_checks import CheckAnswer, answer_for, check_answer
from concord.pricing.queries.quote_papers import PaperAnswer, judge_pdf

#: enough for a buyer with a stack of quotes, too little to guess anything
CHECKS = Limit("quote_check", 30, timedelta(minutes=1))
#: looking into a PDF costs a process: fewer for one address, and not many for all together
DOCUMENTS = Limit("quote_check_document", 10, timedelta(minutes=10))
#: rows of the log that one transaction forgets
FORGOTTEN_AT_ONCE = 5_000
ALL_DOCUMENTS = Limit("quote_check_documents", 60, timedelta(minutes=1))


@action
def check_quote(*, code: str, asked_by: str, door: Door, now: datetime, is_logged: bool = True) -> CheckAnswer:
    """Answer for a code. ``asked_by`` is the client's address, used for the limit and not kept.

    Locks nothing. Writes one row of the check's log, unless the same visitor only turns a page. Records no event: a
    public question changes no quote. Raises ``TooMany``.
    """
    spend(CHECKS, asked_by)
    answer, quote_id = check_answer(code, now=now)
    if is_logged:
        QuoteCheck.objects.create(quote_id=quote_id, at=now, verdict=answer.verdict, door=door)
    return answer


def check_document(
    *, name: str, content: bytes, asked_by: str, now: datetime, door: Door = Door.PUBLIC
) -> tuple[PaperAnswer, CheckAnswer | None]:
    """Judge a PDF that somebody handed in, and answer for the quote that it is or claims to be.

    Locks nothing, and holds no transaction while the file is looked into. Writes one row of the check's log. Raises
    ``TooMany``.
    """
    _meter_document(asked_by=asked_by)
    paper, quote = judge_pdf(name, content)
    answer = answer_for(quote, now=now) if quote else None
    _log_document(quote=quote, paper=paper, verdict=answer.verdict if answer else "", door=door, now=now)
    return paper, answer


@action
def _meter_document(*, asked_by: str) -> None:
    spend(DOCUMENTS, asked_by)
    spend(ALL_DOCUMENTS, "all")


@action
def _log_document(*, quote: Quote | None, paper: PaperAnswer, verdict: str, door: Door, now: datetime) -> None:
    QuoteCheck.objects.create(
        quote=quote, at=now, kind=CheckKind.DOCUMENT, document=paper.verdict, verdict=verdict, door=door
    )


@action
def forget_checks(*, before: datetime) -> int:
    """Delete a batch of the check's log from before a moment; how many rows. What quotes' histories say stays.

    Locks the rows, skipping those that somebody else deletes. Records no event.
    """
    old = QuoteCheck.objects.filter(at__lt=before).order_by("pk").select_for_update(skip_locked=True)
    batch = list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    return QuoteCheck.objects.filter(pk__in=batch).delete()[0]
