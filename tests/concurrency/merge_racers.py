"""What the processes of the races around a merge do."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from unittest import mock

from tests.concurrency.protection_racers import _manager, _outcome, approve, submit
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


def merges_in_a_ring(racer: Racer, turn: int) -> str:
    """Each merges its own of the round's records into the next one of the ring."""
    ring = racer.facts["rings"][turn]
    place = racer.number % len(ring)
    return _merge(racer, ring[(place + 1) % len(ring)], ring[place])


def undo_or_write(racer: Racer, turn: int) -> str:
    """The first undoes the round's merge; others approve a deal that it moved, or register by the merged name."""
    from concord.partners.actions.unmerging import undo_merge

    if racer.number == 0:
        merge = racer.facts["merges"][turn]
        return _outcome(lambda: undo_merge(actor=_manager(racer), merge_uuid=merge, now=datetime.now(UTC)))
    if racer.number == 1:
        return approve(racer, turn)
    return submit(racer, turn)


def _not_held(rows, *_args, **_options):
    return rows._chain()


def undo_or_write_without_locks(racer: Racer, turn: int) -> str:
    """The same where nobody locks customers or deals, and whoever approves thinks a moment before writing."""
    from concord.deals.actions import decisions, locked
    from concord.deals.models.registration import DealQuerySet
    from concord.partners.actions import merging
    from concord.partners.models.end_customer import EndCustomerQuerySet

    protect = decisions.protect

    def slowly(*args, **values):
        time.sleep(0.5)
        return protect(*args, **values)

    with (
        mock.patch.object(locked, "lock_end_customers", return_value=None),
        mock.patch.object(decisions, "lock_end_customers", return_value=None),
        mock.patch.object(merging, "lock_end_customers", return_value=None),
        mock.patch.object(DealQuerySet, "select_for_update", _not_held),
        mock.patch.object(EndCustomerQuerySet, "select_for_update", _not_held),
        mock.patch.object(decisions, "protect", slowly),
    ):
        if racer.number == 0:
            time.sleep(0.2)
        return undo_or_write(racer, turn)


def undo_or_register(racer: Racer, turn: int) -> str:
    """The first undoes the round's merge while the others, who have matched already, think before they write."""
    from concord.deals.actions import submission

    if racer.number == 0:
        time.sleep(0.3)
        return undo_or_write(racer, turn)
    behind = submission._customer_behind

    def slowly(*args, **values):
        found = behind(*args, **values)
        time.sleep(0.8)
        return found

    with mock.patch.object(submission, "_customer_behind", slowly):
        return submit(racer, turn)


def merges_in_a_ring_unguarded(racer: Racer, turn: int) -> str:
    """The same where nobody locks the records, and with a moment of thought between looking and writing."""
    from concord.partners.actions import merging
    from concord.partners.models.end_customer import EndCustomerQuerySet

    absorb = merging._absorb

    def slowly(*args, **values):
        time.sleep(0.3)
        return absorb(*args, **values)

    with (
        mock.patch.object(merging, "lock_end_customers", return_value=None),
        mock.patch.object(EndCustomerQuerySet, "select_for_update", _not_held),
        mock.patch.object(merging, "_absorb", slowly),
    ):
        return merges_in_a_ring(racer, turn)
