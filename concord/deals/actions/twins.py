"""What a person says of two customer records that a registration may be about: the same company, or two."""

from __future__ import annotations

import uuid
from datetime import datetime

from concord.deals.actions.locked import Expectation, locked_deal, subject_of
from concord.deals.enums import Deed
from concord.deals.models import Deal
from concord.deals.rules import can_decide, demand_state
from concord.partners.actions.customers import record_verdict
from concord.partners.enums import Verdict
from concord.partners.models import EndCustomer
from concord.partners.queries.merging import survivor_of
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import record
from concord.portal.refusals import NotThere
from concord.portal.work import action


@action
def link_to_customer(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    customer_uuid: uuid.UUID,
    now: datetime,
    expect: Expectation | None = None,
) -> Deal:
    """Say that the registration's customer is this other record: the deal moves there, the verdict is remembered.

    From then on the database itself refuses a second protection. Locks both end customers, then the deal. Checks role
    and that an answer is still owed. Writes deal and verdict. Records
    ``deal.customer_linked`` for the vendor alone. Raises ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``.
    """
    can_decide(actor).enforce()
    customer = customer_named(customer_uuid)
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect, with_customers=True, customers=[customer.pk])
    can_decide(actor, deal).enforce()
    demand_state(Deed.APPROVE, deal)
    unite_with(deal, customer, actor=actor, now=now)
    return deal


@action
def tell_apart(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    customer_uuid: uuid.UUID,
    now: datetime,
    expect: Expectation | None = None,
) -> Deal:
    """Say that the registration's customer is not this other record; it is remembered and not asked again.

    Locks the deal. Checks role and that an answer is still owed. Writes the verdict. Records ``deal.twins_parted``
    for the vendor alone. Raises ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``.
    """
    can_decide(actor).enforce()
    customer = customer_named(customer_uuid)
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect)
    can_decide(actor, deal).enforce()
    demand_state(Deed.APPROVE, deal)
    part_twins(deal, customer, actor=actor, now=now)
    return deal


def customer_named(customer_uuid: uuid.UUID) -> EndCustomer:
    """The living record of a customer: where it was merged into another one, that one. Raises ``NotThere``."""
    found = EndCustomer.objects.unscoped("the vendor decides about every record").filter(uuid=customer_uuid).first()
    if found is None:
        raise NotThere
    return survivor_of(found)


def unite_with(deal: Deal, customer: EndCustomer, *, actor: Actor, now: datetime) -> None:
    """Inside an action that holds the locks: move the deal to another record and remember that both are one company."""
    previous = deal.end_customer
    if previous is None or previous.pk == customer.pk:
        return
    record_verdict(actor=actor, left_id=previous.pk, right_id=customer.pk, verdict=Verdict.SAME, now=now)
    deal.end_customer = customer
    deal.save()
    record(
        "deal.customer_linked",
        actor=actor,
        subject=subject_of(deal),
        payload={"from": previous.uuid, "to": customer.uuid, "verdict": Verdict.SAME.value},
        visibility=Visibility.INTERNAL,
    )


def part_twins(deal: Deal, customer: EndCustomer, *, actor: Actor, now: datetime) -> None:
    """Inside an action that holds the lock: remember that the deal's customer and another record are two companies."""
    if deal.end_customer_id is None or deal.end_customer_id == customer.pk:
        raise NotThere
    record_verdict(actor=actor, left_id=deal.end_customer_id, right_id=customer.pk, verdict=Verdict.DIFFERENT, now=now)
    record(
        "deal.twins_parted",
        actor=actor,
        subject=subject_of(deal),
        payload={"customer": customer.uuid, "verdict": Verdict.DIFFERENT.value},
        visibility=Visibility.INTERNAL,
    )
