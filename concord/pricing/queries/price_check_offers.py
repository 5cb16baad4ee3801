"""What a price check offers instead of products that have ended or are not there in the quantity asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from concord.portal.actor import Actor
from concord.pricing.queries.price_check import PriceCheck
from concord.pricing.queries.substitutes import Offer, substitutes_for


def offers_of(check: PriceCheck, *, actor: Actor) -> Mapping[int, Sequence[Offer]]:
    """By product; for pages and systems alike. No statement where everything can be had."""
    wanting = [
        line.product.pk
        for line in check.lines
        if line.product is not None and (line.missing or not line.product.is_orderable)
    ]
    asking = None if actor.is_vendor else actor.partner_id
    return substitutes_for(wanting, now=check.basket.moment, partner_id=asking)
