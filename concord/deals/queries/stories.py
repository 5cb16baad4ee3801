"""What packages below may know of a deal: whose story a quote belongs to."""

from __future__ import annotations

import uuid

from concord.deals.models import Deal
from concord.portal.actor import Actor
from concord.portal.registry import Story


def deal_story(actor: Actor, public_id: str) -> Story | None:
    """The story of a deal that the actor may see, or ``None``. Its customer's number is never shown."""
    try:
        wanted = uuid.UUID(str(public_id))
    except ValueError:
        return None
    deal = Deal.objects.visible_to(actor).filter(uuid=wanted).first()
    if deal is None:
        return None
    return Story(
        subject_type="deal",
        subject_uuid=str(deal.uuid),
        partner_id=deal.partner_id,
        end_customer_id=deal.end_customer_id,
        customer_name=deal.customer_name,
        contact_email=deal.contact_email,
        currency=deal.currency,
        lines=tuple(deal.lines.order_by("position").values_list("product__sku", "quantity")),
    )
