"""Honouring an expired quote: the vendor alone may still let it be accepted, and says why."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from concord.portal.actor import Actor
from concord.portal.locking import database_clock, lock_end_customers
from concord.portal.periods import end_of_local_day, local_date
from concord.portal.refusals import InvalidInput
from concord.portal.work import action
from concord.pricing.actions.commitments import write_promises
from concord.pricing.actions.price_exceptions import noting_refused_prices
from concord.pricing.actions.quote_facts import record_for
from concord.pricing.actions.reservations import keep_for_accepted
from concord.pricing.actions.special_price_uses import keep_special_prices
from concord.pricing.engine import PriceKind, Receipt
from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Quote, QuoteLine
from concord.pricing.queries.commitments import Wanted
from concord.pricing.queries.quotes import own_quote, status_now
from concord.pricing.rules.quotes import can_honour, not_in_state

#: days for which an honoured price is promised again, unless somebody says otherwise
HONOURED_DAYS = 14
LONGEST = timedelta(days=90)


@action
@noting_refused_prices
def honour_quote(
    *, actor: Actor, quote_uuid: UUID | str, note: str, until: date | None = None, now: datetime | None = None
) -> Quote:
    """Accept a quote although its last day is over, and promise its prices again until the end of a local day.

    Locks the end customer, then reads the database's clock. Checks the role, a reason, the day (from today, 90 days
    ahead at most), the state by compare-and-swap, and that no live promise differs meanwhile. Writes the state and new
    promises at the old prices; the quote's own last day stays what its document says. Records ``quote.honoured`` and
    ``quote.accepted``. Raises ``NotThere``, ``NotAllowed``, ``InvalidInput``, ``WrongState``, ``PriceConflict``.
    """
    quote = own_quote(actor, quote_uuid)
    can_honour(actor=actor).enforce()
    if not note.strip() or "\0" in note:
        raise InvalidInput.at("/note", "required", _("Say why the quote is honoured."))
    lock_end_customers([quote.end_customer_id])
    at = max(database_clock(), now) if now else database_clock()
    today = local_date(at, quote.time_zone)
    until = until or today + timedelta(days=HONOURED_DAYS)
    if not today <= until <= today + LONGEST:
        raise InvalidInput.at("/until", "out_of_range", _("Choose a day from today, 90 days ahead at most."))
    changed = (
        Quote.objects.unscoped("the quote that was read in the actor's scope")
        .filter(pk=quote.pk, status__in=[QuoteStatus.ISSUED, QuoteStatus.EXPIRED], expires_at__lte=at)
        .update(status=QuoteStatus.ACCEPTED, ended_at=at, updated_at=at)
    )
    quote.refresh_from_db(fields=["status", "ended_at", "updated_at"])
    if changed != 1:
        state = status_now(quote, now=at)
        raise not_in_state("honour", state)
    lines = list(quote.lines.all())
    write_promises(
        actor=actor,
        quote_id=quote.pk,
        end_customer_id=quote.end_customer_id,
        wanted=_as_promised(lines, quote.currency),
        start=at,
        until=end_of_local_day(until, quote.time_zone),
        skus={line.product_id: line.sku for line in lines},
        related=frozenset(line.product_id for line in lines),
        time_zone=quote.time_zone,
    )
    record_for("quote.honoured", actor=actor, quote=quote, note=note.strip()[:500], until=until)
    record_for("quote.accepted", actor=actor, quote=quote, note=note.strip()[:500])
    keep_for_accepted(actor=actor, quote=quote, at=at)
    keep_special_prices(quote=quote, at=at)
    return quote


def _as_promised(lines: list[QuoteLine], currency: str) -> list[Wanted]:
    """The promises that the quote made when it was issued, by its frozen receipts."""
    wanted = {}
    for line in lines:
        receipt = Receipt.from_json(line.receipt)
        if line.price_kind == PriceKind.CUSTOMER.value:
            wanted[line.product_id, receipt.quantity_from] = Wanted(
                line.product_id, receipt.quantity_from, receipt.quantity_to, line.customer_unit_price, currency
            )
    return [wanted[key] for key in sorted(wanted)]
