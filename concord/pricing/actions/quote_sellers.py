"""Quotes change their seller when a colleague takes over. What the document says stays as it was issued."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from concord.portal.actor import Actor
from concord.portal.events import Subject, record
from concord.portal.models import User
from concord.portal.work import action
from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Quote

#: quotes that somebody has to look after
LIVE = (QuoteStatus.DRAFT, QuoteStatus.ISSUED)


@action
def reassign_quotes(
    *,
    actor: Actor,
    from_user_id: int,
    to_user_id: int,
    story_uuids: Collection[uuid.UUID] | None = None,
) -> int:
    """Give a person's drafts and issued quotes (or those of the named stories) to a colleague; how many moved.

    Part of a handover, whose action says who may do that. Locks the quotes, in order. Writes the seller. Records
    ``quote.reassigned`` for each. Raises nothing of its own.
    """
    found = Quote.objects.unscoped("a person's quotes are handed over").filter(seller_id=from_user_id, status__in=LIVE)
    if story_uuids is not None:
        found = found.filter(story_uuid__in=list(story_uuids))
    quotes = list(found.select_for_update(of=("self",)).order_by("pk"))
    names = dict(User.objects.filter(pk__in=[from_user_id, to_user_id]).values_list("pk", "name"))
    for quote in quotes:
        quote.seller_id = to_user_id
        quote.save(update_fields=["seller", "updated_at"])
        record(
            "quote.reassigned",
            actor=actor,
            subject=Subject("quote", quote.uuid, quote.partner_id),
            payload={"from": names.get(from_user_id, ""), "to": names.get(to_user_id, "")},
        )
    return len(quotes)
