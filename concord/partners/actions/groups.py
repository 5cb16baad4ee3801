"""Groups: a subsidiary is a company of its own, kept apart from its parent whatever their names say."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext_lazy as _

from concord.partners.models import EndCustomer
from concord.partners.rules import can_edit_partners
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.locking import Space, lock
from concord.portal.refusals import NotThere, WrongState
from concord.portal.work import action


@action
def set_parent(*, actor: Actor, customer_uuid: uuid.UUID | str, parent_uuid: uuid.UUID | str | None) -> EndCustomer:
    """Say of whose group a customer is part, or (``None``) that it is part of none.

    Locks the groups. Checks that the actor may and that both are alive; the database refuses a circle. Records
    ``customer.grouped`` for the vendor. Raises ``NotAllowed``, ``NotThere``, ``WrongState``, ``GroupInACircle``.
    """
    can_edit_partners(actor).enforce()
    lock(Space.CUSTOMER_GROUP, [0])
    rows = EndCustomer.objects.visible_to(actor)
    customer = rows.filter(uuid=customer_uuid).first()
    parent = rows.filter(uuid=parent_uuid).first() if parent_uuid else None
    if customer is None or (parent_uuid and parent is None):
        raise NotThere
    if customer.merged_into_id is not None or (parent is not None and parent.merged_into_id is not None):
        raise WrongState(
            state="merged", allowed=["alive"], message=_("One of them was merged into another customer already.")
        )
    customer.parent = parent
    customer.save(update_fields=["parent", "updated_at"])
    record(
        "customer.grouped",
        actor=actor,
        subject=Subject("customer", customer.uuid),
        payload={"parent": parent.uuid if parent else None},
        visibility=Visibility.INTERNAL,
    )
    return customer
