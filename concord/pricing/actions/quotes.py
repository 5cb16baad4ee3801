"""The life of a quote after issuing, and the names under which other packages know quotes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile

from concord.portal.actor import Actor, portal_actor
from concord.portal.events import record_all
from concord.portal.locking import lock_end_customer_at
from concord.portal.work import action
from concord.pricing.actions.draft_checks import QuoteTexts
from concord.pricing.actions.drafts import discard_draft, draft_quote, edit_draft
from concord.pricing.actions.ending import end_quote
from concord.pricing.actions.honouring import honour_quote
from concord.pricing.actions.issuing import issue_quote, reprice
from concord.pricing.actions.late_stamps import await_stamp
from concord.pricing.actions.quote_facts import record_for
from concord.pricing.actions.reservations import keep_for_accepted
from concord.pricing.actions.revising import revise_quote
from concord.pricing.actions.special_price_uses import keep_special_prices
from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Quote
from concord.pricing.queries.quote_pricing import QuoteLineInput
from concord.pricing.queries.quotes import own_quote, status_now
from concord.pricing.rules.quotes import can_quote_for, not_in_state

__all__ = [
    "QuoteLineInput",
    "QuoteTexts",
    "accept_quote",
    "decline_quote",
    "discard_draft",
    "draft_quote",
    "edit_draft",
    "expire_quotes",
    "honour_quote",
    "issue_quote",
    "keep_document",
    "reprice",
    "revise_quote",
    "withdraw_quote",
]


@action
def accept_quote(*, actor: Actor, quote_uuid: UUID | str, now: datetime | None = None, note: str = "") -> Quote:
    """Note that the customer accepted. Its promises stay until their end: what was agreed is not contradicted.

    Locks the end customer. Checks role and state by compare-and-swap. Records ``quote.accepted``. Raises ``NotThere``,
    ``NotAllowed``, ``WrongState`` (an expired quote is not accepted, nor one that somebody withdrew meanwhile).
    """
    quote, at = _locked(actor, quote_uuid, now=now)
    changed = (
        Quote.objects.unscoped("the quote that was read in the actor's scope")
        .filter(pk=quote.pk, status=QuoteStatus.ISSUED, expires_at__gt=at)
        .update(status=QuoteStatus.ACCEPTED, ended_at=at, updated_at=at)
    )
    if changed != 1:
        quote.refresh_from_db(fields=["status"])
        raise not_in_state("accept", status_now(quote, now=at))
    quote.status, quote.ended_at, quote.updated_at = QuoteStatus.ACCEPTED, at, at
    record_for("quote.accepted", actor=actor, quote=quote, note=note[:500])
    keep_for_accepted(actor=actor, quote=quote, at=at)
    keep_special_prices(quote=quote, at=at)
    return quote


@action
def decline_quote(*, actor: Actor, quote_uuid: UUID | str, now: datetime | None = None, note: str = "") -> Quote:
    """Note that the customer declined; its promises end now.

    Locks the end customer. Checks role and state by compare-and-swap. Records ``quote.declined``. Raises ``NotThere``,
    ``NotAllowed``, ``WrongState``.
    """
    return _finish(actor, quote_uuid, "decline", QuoteStatus.DECLINED, now=now, note=note)


@action
def withdraw_quote(*, actor: Actor, quote_uuid: UUID | str, now: datetime | None = None, note: str = "") -> Quote:
    """Take a quote back; its promises end now.

    Locks the end customer. Checks role and state by compare-and-swap. Records ``quote.withdrawn``. Raises ``NotThere``,
    ``NotAllowed``, ``WrongState``.
    """
    return _finish(actor, quote_uuid, "withdraw", QuoteStatus.WITHDRAWN, now=now, note=note)


def _finish(
    actor: Actor, quote_uuid: UUID | str, deed: str, target: QuoteStatus, *, now: datetime | None, note: str = ""
) -> Quote:
    quote, at = _locked(actor, quote_uuid, now=now)
    ended = end_quote(quote, target, at=at)
    if not ended.is_done:
        quote.status, quote.expires_at = ended.status, ended.expires_at
        raise not_in_state(deed, status_now(quote, now=at))
    record_all(ended.facts(quote, f"quote.{target.value}", note=note[:500]), actor=actor)
    return quote


def _locked(actor: Actor, quote_uuid: UUID | str, *, now: datetime | None) -> tuple[Quote, datetime]:
    """The quote as it was seen, if the actor may, and the moment: the clock after its end customer's lock."""
    quote = own_quote(actor, quote_uuid)
    can_quote_for(actor=actor, partner_id=quote.partner_id).enforce()
    clock = lock_end_customer_at(quote.end_customer_id)
    return quote, max(clock, now) if now else clock


@action
def expire_quotes(*, now: datetime, limit: int = 500) -> int:
    """Mark issued quotes whose last local day is over; how many. Their promises ended by themselves.

    Locks nothing but the rows. Never overwrites a later state. Records ``quote.expired`` for each.
    """
    over = list(
        Quote.objects.unscoped("time runs for every partner")
        .select_for_update(skip_locked=True, of=("self",))
        .filter(status=QuoteStatus.ISSUED, expires_at__lte=now)
        .order_by("pk")[:limit]
    )
    portal = portal_actor()
    for quote in over:
        quote.status, quote.ended_at = QuoteStatus.EXPIRED, quote.expires_at
        quote.save(update_fields=["status", "ended_at", "updated_at"])
        record_for("quote.expired", actor=portal, quote=quote)
    return len(over)


@action
def keep_document(*, quote_uuid: UUID | str, content: bytes, digest: str, lacks_stamp: bool = False) -> bool:
    """Store the rendered document of a quote, once; whether it was stored. What lacks its time stamp gets it later.

    Locks the quote. Records ``quote.document_ready`` with the document's SHA-256.
    """
    quote = Quote.objects.unscoped("the worker renders every quote").select_for_update().get(uuid=quote_uuid)
    if quote.pdf_hash:
        return False
    quote.pdf.save(f"{quote.uuid}.pdf", ContentFile(content), save=False)
    quote.pdf_hash = digest
    # Not the last change: what somebody read of the quote before is still what it says.
    Quote.objects.unscoped("the row that is locked").filter(pk=quote.pk).update(pdf=quote.pdf.name, pdf_hash=digest)
    if lacks_stamp:
        await_stamp(quote)
    record_for("quote.document_ready", actor=portal_actor(), quote=quote, sha256=digest)
    return True
