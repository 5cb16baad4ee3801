"""What an approved deal holds while, and after, it is decided on again."""

from __future__ import annotations

from datetime import datetime

from concord.deals.actions.protection_life import end_protection
from concord.deals.models import Deal, Protection
from concord.deals.protection_enums import EndCause
from concord.portal.actor import Actor


def settle_earlier_protections(deal: Deal, *, actor: Actor, at: datetime) -> set[int]:
    """Inside an approval that holds the locks: the families that the deal protects at its customer already.

    They keep their period, so that a change never prolongs. What it held at another customer ends now: one registration
    protects one customer.
    """
    live = Protection.objects.unscoped("what this deal holds").filter(deal=deal, period__endswith__gt=at)
    held = dict(live.values_list("family_id", "end_customer_id"))
    if any(customer_id != deal.end_customer_id for customer_id in held.values()):
        end_protection(deal, actor=actor, at=at, cause=EndCause.DECIDED)
        return set()
    return set(held)


def give_back(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """Inside a decision against a deal: what an earlier approval gave ends with it."""
    if Protection.objects.unscoped("what this deal holds").filter(deal=deal, period__endswith__gt=at).exists():
        end_protection(deal, actor=actor, at=at, cause=EndCause.DECIDED)
