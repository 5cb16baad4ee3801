"""Changing a registration: a draft freely, a returned one where it was asked, an approved one at the price of a new
answer when the change is material (see the decision record on changes after approval)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from concord.deals.actions.drafts import (
    Registration,
    WantedLine,
    checked_fields,
    checked_lines,
    lines_differ,
    pointer_of,
    write_lines,
)
from concord.deals.actions.locked import Expectation, locked_deal, subject_of
from concord.deals.actions.submission import hand_in
from concord.deals.enums import Deed, ReviewStatus
from concord.deals.models import Deal
from concord.deals.rules import can_edit, demand_state
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.refusals import FieldError, InvalidInput
from concord.portal.work import action
from concord.pricing.models import Product

#: what an approval was given for: whoever changes it asks for another one
MATERIAL: Final = frozenset(
    {
        "type",
        "customer_name",
        "customer_country",
        "customer_city",
        "customer_registration_number",
        "customer_website",
        "tender_reference",
        "tender_closes_on",
    }
)


@action
def change_registration(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    registration: Registration,
    now: datetime,
    expect: Expectation | None = None,
) -> Deal:
    """Change a draft, what the vendor asked to complete, or what was approved.

    Locks the deal. Checks the role, the state, every value and SKU; of a returned registration only the named fields
    may differ. Of an approved one, a material change (customer, type, tender, a new product, more pieces) hands it in
    again with all that submitting checks; its protections stay as they are until the new answer. Writes deal, lines and
    families. Records ``deal.changed`` with the names of what differs, when anything does, and ``deal.reopened``.
    Raises ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``, ``InvalidInput``, ``Conflict``.
    """
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect)
    can_edit(actor, deal).enforce()
    demand_state(Deed.EDIT, deal)
    values = checked_fields(registration, currency=deal.currency)
    products = checked_lines(registration.lines)
    changed = [name for name, value in values.items() if getattr(deal, name) != value]
    material = sorted(MATERIAL.intersection(changed))
    if lines_differ(deal, registration.lines, products):
        changed.append("lines")
        material += ["lines"] if _asks_for_more(deal, registration.lines, products) else []
    if deal.review_status == ReviewStatus.RETURNED:
        _refuse_frozen(changed, deal.fields_to_complete)
    if deal.review_status == ReviewStatus.APPROVED:
        _refuse_frozen([name for name in changed if name == "currency"], ())
    if not changed:
        return deal
    was_approved = deal.review_status == ReviewStatus.APPROVED
    for name, value in values.items():
        setattr(deal, name, value)
    deal.save()
    if "lines" in changed:
        deal.lines.all().delete()
        deal.families.all().delete()
        write_lines(deal, registration.lines, products)
    record("deal.changed", actor=actor, subject=subject_of(deal), payload={"fields": sorted(changed)})
    if was_approved and material:
        record("deal.reopened", actor=actor, subject=subject_of(deal), payload={"fields": material})
        hand_in(deal, actor=actor, now=now)
    return deal


def _asks_for_more(deal: Deal, lines: Sequence[WantedLine], products: Mapping[str, Product]) -> bool:
    """A product that was not there, or more pieces of one: less of either asks for nothing."""
    approved = dict(deal.lines.values_list("product_id", "quantity"))
    wanted = [(products[line.sku.strip()].pk, line.quantity) for line in lines]
    return any(quantity > approved.get(product, 0) for product, quantity in wanted)


def _refuse_frozen(changed: Sequence[str], open_fields: Sequence[str]) -> None:
    frozen = [name for name in changed if name not in open_fields]
    if frozen:
        message = _("This was not asked for and stays as it was submitted.")
        raise InvalidInput([FieldError(pointer_of(name), "frozen", message) for name in frozen])
