"""Asking for a quote's document again after making it has failed."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from concord.portal.actor import Actor
from concord.portal.enums import OutboxState
from concord.portal.limits import Limit, spend
from concord.portal.models import OutboxItem
from concord.portal.work import action
from concord.pricing.models import Quote
from concord.pricing.queries.quote_document_state import errand_of
from concord.pricing.queries.quotes import own_quote

AGAIN = Limit("quote_document_again", 6, timedelta(minutes=10))


@action
def render_again(*, actor: Actor, quote_uuid: UUID | str, now: datetime) -> Quote:
    """Have the worker try at once what it would try later, or has given up. Nothing happens to one that is there.

    Locks nothing but the errand, by a conditional update. Checks the limit of the quote. Writes the errand's next
    attempt. Records no event: the quote is what it was. Raises ``NotThere`` and ``TooMany``.
    """
    quote = own_quote(actor, quote_uuid)
    errand = None if quote.pdf_hash else errand_of(quote)
    if errand is not None:
        spend(AGAIN, str(quote.uuid))
        OutboxItem.objects.filter(pk=errand.pk).exclude(state=OutboxState.DONE).update(
            state=OutboxState.WAITING, next_at=now, attempts=1
        )
    return quote
