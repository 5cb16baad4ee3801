"""What the processes of the race for the queue of price conflicts do: everybody notes the same thing."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from concord.portal.work import action
from tests.concurrency.racing import Racer


def note(racer: Racer, turn: int) -> str:
    """Note the round's attempt; some in the price's own words, others with more zeros."""
    from concord.portal.actor import portal_actor
    from concord.pricing.actions.price_exceptions import Noted, note_exceptions
    from concord.pricing.enums import ExceptionKind

    price = Decimal("8.50") if racer.number % 2 else Decimal("8.5000")
    noted = Noted(
        ExceptionKind.REFUSED_PRICE, end_customer_id=racer.facts["customers"][turn], unit_price=price, currency="USD"
    )
    new = note_exceptions(actor=portal_actor(), noted=[noted], now=datetime.now(UTC))
    return "opened" if new else "counted"


def note_after_a_look(racer: Racer, turn: int) -> str:
    """The same by somebody who looks whether there is an entry and then writes."""
    from concord.pricing.enums import ExceptionKind
    from concord.pricing.models import PriceException

    @action
    def write() -> str:
        now = datetime.now(UTC)
        entry = (
            PriceException.objects.unscoped("a racer").filter(end_customer_id=racer.facts["customers"][turn]).first()
        )
        if entry is None:
            PriceException.objects.create(
                kind=ExceptionKind.REFUSED_PRICE,
                end_customer_id=racer.facts["customers"][turn],
                sameness=f"{turn:064}",
                first_at=now,
                last_at=now,
            )
            return "opened"
        entry.times += 1
        entry.save()
        return "counted"

    return write()
