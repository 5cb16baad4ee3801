"""What the processes of the races around a merge do."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime

from tests.concurrency.protection_racers import _manager, _outcome, approve
from tests.concurrency.racing import Racer


def _merge(racer: Racer, survivor: str, absorbed: str) -> str:
    from concord.partners.actions.merging import merge_customers

    return _outcome(
        lambda: merge_customers(
            actor=_manager(racer),
            survivor_uuid=uuid.UUID(survivor),
            absorbed_uuids=[uuid.UUID(absorbed)],
            now=datetime.now(UTC),
        )
    )


def opposite_merges(racer: Racer, turn: int) -> str:
    """Half of the processes merge the round's pair one way, half the other way."""
    pair = racer.facts["pairs"][turn]
    return _merge(racer, *(pair if racer.number % 2 else reversed(pair)))


def merge_or_write(racer: Racer, turn: int) -> str:
    """The first process merges, the others write at the record that goes up: special prices and approvals."""
    if racer.number == 0:
        return _merge(racer, *racer.facts["pairs"][turn])
    if racer.number == 1:
        return approve(racer, turn)
    return _outcome(lambda: _special_price(racer, turn))


def _special_price(racer: Racer, turn: int) -> None:
    from concord.partners.models import EndCustomer
    from concord.portal.periods import period
    from concord.portal.work import action
    from concord.pricing.models import SpecialPrice

    now = datetime.now(UTC)

    @action
    def write() -> None:
        customer = EndCustomer.objects.unscoped("a racer").get(uuid=racer.facts["pairs"][turn][1])
        time.sleep(0.15)  # what was read is old by the time of writing
        SpecialPrice.objects.create(
            end_customer=customer,
            product_id=racer.facts["product"],
            currency="USD",
            unit_price=racer.number,
            quantity=(racer.number, racer.number + 1),
            period=period(now, now.replace(year=now.year + 1)),
        )

    write()


def merge_or_issue(racer: Racer, turn: int) -> str:
    """The first process merges the customer away, the others issue quotes that were drafted for it."""
    from concord.portal.actor import actor_for_user
    from concord.portal.enums import Door
    from concord.portal.models import User
    from concord.pricing.actions import issuing

    if racer.number == 0:
        return _merge(racer, *racer.facts["pairs"][turn])
    seller = actor_for_user(User.objects.get(pk=racer.facts["seller"]), Door.EXTRANET)
    quote = racer.facts["quotes"][turn][racer.number - 1]
    return _outcome(lambda: issuing.issue_quote(actor=seller, quote_uuid=quote))
