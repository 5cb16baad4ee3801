"""Keeping stock for quotes: held while a quote is in force, firm once it was accepted, free again when it ends.

Only where the programme wants it (``StockSettings``). A quote is never refused for want of stock: what is there is
kept, and the rest is said to be missing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from concord.portal.actor import Actor
from concord.portal.events import Fact
from concord.portal.locking import Space, lock
from concord.portal.refusals import Conflict, NotThere
from concord.portal.work import action
from concord.pricing.actions.quote_facts import facts_of_quote, record_for
from concord.pricing.actions.stock import keep_unmet_demand
from concord.pricing.enums import DemandSource, ReservationStage
from concord.pricing.models import Quote, StockReservation, StockSettings
from concord.pricing.models.stock import StockReservationQuerySet
from concord.pricing.queries.availability import Unmet, availability_for
from concord.pricing.queries.quote_issuing import Programme
from concord.pricing.rules.catalogue import can_keep_catalogue

_FIRM = """
UPDATE pricing_stockreservation AS r
SET quantity = k.quantity, stage = %(stage)s, until = %(until)s, updated_at = %(at)s
FROM unnest(%(ids)s::bigint[], %(quantities)s::int[]) AS k(id, quantity)
WHERE r.id = k.id
"""


class OutOfStock(Conflict):
    """Somebody else has kept what was still there a moment ago."""

    default_code = "reservation_within_stock"

    def __init__(self) -> None:
        super().__init__(_("More would be reserved than there is in stock."))


def hold_for_quote(*, quote: Quote, wanted: Mapping[int, int], programme: Programme, at: datetime) -> list[Fact]:
    """Keep what is there of ``wanted`` (quantity by product id) for a quote that is being issued.

    Part of the action that issues. Where the programme reserves, locks the products' stock, sorted. Keeps what cannot
    be had as demand. Writes one row per product, held until the quote's end or the programme's longest hold. Returns
    ``stock.held`` of the quote where something was kept, for the action to record.
    """
    if programme.reserves_stock:
        lock(Space.STOCK, wanted)
    stock = availability_for(wanted, now=at)
    known = {key: one for key, one in stock.items() if one.is_known}
    unmet = [Unmet(key, wanted[key], one.lacking(wanted[key])) for key, one in known.items()]
    keep_unmet_demand(partner_id=quote.partner_id, asked=unmet, asked_on=at.date(), source=DemandSource.QUOTED)
    kept = {key: min(wanted[key], one.counted) for key, one in known.items() if min(wanted[key], one.counted) > 0}
    if not programme.reserves_stock or not kept:
        return []
    until = min(quote.expires_at, at + timedelta(days=programme.hold_days))
    StockReservation.objects.bulk_create(
        StockReservation(quote=quote, product_id=key, quantity=kept[key], until=until) for key in sorted(kept)
    )
    return facts_of_quote("stock.held", quote, lines=len(kept), until=until)


def keep_for_accepted(*, actor: Actor, quote: Quote, at: datetime) -> int:
    """Make what an accepted quote holds firm; how many products. What was no longer held is kept if it is still there.

    Part of the action that accepts. Locks the products' stock, sorted. Writes all of them in one statement. Records
    ``stock.kept`` on the quote.
    """
    rows = list(_of(quote).filter(ended_at__isnull=True).order_by("product_id"))
    if not rows:
        return 0
    until = at + timedelta(days=StockSettings.load().firm_days)
    lock(Space.STOCK, [row.product_id for row in rows])
    stock = availability_for([row.product_id for row in rows], now=at, for_quote_id=quote.pk)
    firm = []
    for row in rows:
        row.quantity = min(row.quantity, stock[row.product_id].counted) if row.until <= at else row.quantity
        if row.quantity > 0:
            firm.append(row)
    if firm:
        with connection.cursor() as cursor:
            values: dict[str, Any] = {
                "ids": [row.pk for row in firm],
                "quantities": [row.quantity for row in firm],
                "stage": ReservationStage.FIRM,
                "until": until,
                "at": at,
            }
            cursor.execute(_FIRM, values)
        record_for("stock.kept", actor=actor, quote=quote, lines=len(firm), until=until)
    return len(firm)


@action
def free_reservation(*, actor: Actor, reservation_uuid: uuid.UUID, now: datetime) -> StockReservation:
    """Set one reservation free by hand, such as when the order stands in the feed already.

    Checks that the actor keeps the catalogue. Writes the row. Records ``stock.freed`` on the quote. Raises
    ``NotAllowed``, ``NotThere``, ``Conflict`` when it is free already.
    """
    can_keep_catalogue(actor=actor).enforce()
    row = StockReservation.objects.visible_to(actor).select_related("quote").filter(uuid=reservation_uuid).first()
    if row is None:
        raise NotThere
    changed = (
        StockReservation.objects.visible_to(actor)
        .filter(pk=row.pk, ended_at__isnull=True, until__gt=now)
        .update(ended_at=now, updated_at=now)
    )
    if changed != 1:
        raise Conflict(_("This stock is free already."), code="free_already")
    record_for("stock.freed", actor=actor, quote=row.quote, lines=1)
    row.refresh_from_db()
    return row


def _of(quote: Quote) -> StockReservationQuerySet:
    return StockReservation.objects.unscoped("stock of the quote at hand").filter(quote_id=quote.pk)
