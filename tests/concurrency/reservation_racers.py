"""What the processes of the races for stock do."""

from __future__ import annotations

from datetime import timedelta

from concord.portal.refusals import Conflict
from concord.portal.work import action
from tests.concurrency.racing import Racer


def reserve(racer: Racer, turn: int) -> str:
    """Write a reservation as whoever forgets every lock would, after a look at what is left."""
    from django.utils import timezone

    from concord.pricing.models import StockReservation

    @action
    def write() -> None:
        StockReservation.objects.create(
            quote_id=racer.facts["quotes"][racer.number],
            product_id=racer.facts["products"][turn],
            quantity=racer.facts["quantity"],
            until=timezone.now() + timedelta(days=1),
        )

    try:
        write()
    except Conflict as refused:
        return f"refused: {refused.code}"
    return "kept"


def issue(racer: Racer, turn: int) -> str:
    """Issue the racer's quote of the round; each asks for more than its share of one product."""
    from concord.portal.actor import portal_actor
    from concord.pricing.actions.quotes import issue_quote

    issue_quote(actor=portal_actor(), quote_uuid=racer.facts["quotes"][turn][racer.number])
    return "issued"
