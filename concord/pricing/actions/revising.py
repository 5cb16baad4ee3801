"""Beginning a quote anew as its next revision, with the prices of the moment."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from concord.portal.actor import Actor
from concord.portal.periods import local_date
from concord.portal.work import action
from concord.pricing.actions.draft_checks import demand_prices
from concord.pricing.actions.drafts import locked_quote
from concord.pricing.actions.quote_facts import record_for
from concord.pricing.actions.quote_rows import inputs_of, lines_of, lines_to_price, next_revision, totals
from concord.pricing.enums import QUOTE_DEED_STATES
from concord.pricing.models import Quote, QuoteLine
from concord.pricing.queries.basket import AtHand
from concord.pricing.queries.quote_pricing import price_quote
from concord.pricing.queries.quotes import own_quote, status_now
from concord.pricing.queries.rulebook import facts_of
from concord.pricing.rules.quotes import not_in_state


@action
def revise_quote(
    *, actor: Actor, quote_uuid: UUID | str, valid_until: date | None = None, now: datetime | None = None
) -> Quote:
    """Begin the next revision of a quote in force, as a draft with its lines. Issuing that one supersedes this one.

    Locks the quote. A revision that was begun already is returned as it is. Records ``quote.drafted``. Raises
    ``WrongState``, and ``InvalidInput`` when a line has no price any more.
    """
    quote, clock = locked_quote(actor, quote_uuid)
    now = now or clock
    state = status_now(quote, now=now)
    if state not in QUOTE_DEED_STATES["revise"]:
        raise not_in_state("revise", state)
    begun = Quote.objects.unscoped("the successor of an own quote").filter(supersedes=quote).first()
    if begun is not None:
        return own_quote(actor, begun.uuid)
    rows = list(lines_to_price(quote))
    lines = inputs_of(rows)
    priced = price_quote(
        partner_id=quote.partner_id,
        end_customer_id=quote.end_customer_id,
        currency=quote.currency,
        moment=now,
        lines=lines,
        at_hand=AtHand(facts_of(quote.partner), {row.product.sku: row.product for row in rows}),
    ).shown
    demand_prices(priced.lines)
    today = local_date(now, quote.time_zone)
    revision = next_revision(quote, valid_until=valid_until or max(quote.valid_until, today))
    revision.customer_total, revision.partner_total = totals(priced)
    revision.save(force_insert=True)
    QuoteLine.objects.bulk_create(lines_of(revision, priced, lines))
    record_for("quote.drafted", actor=actor, quote=revision)
    return revision
