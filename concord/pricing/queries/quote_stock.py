"""What can be had of the lines of a quote now, for whoever works on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from concord.portal.actor import Actor
from concord.pricing.models import Quote, QuoteLine
from concord.pricing.queries.availability import Availability, availability_for
from concord.pricing.queries.availability_text import AvailabilityAnswer, answer_for
from concord.pricing.queries.substitutes import Offer, substitutes_for


@dataclass(frozen=True, slots=True)
class LineStock:
    """Stock against what a whole quote asks for of a product, and what can be had instead where that is not enough."""

    stock: Availability
    answer: AvailabilityAnswer
    is_ended: bool
    offers: Sequence[Offer]

    @property
    def is_short(self) -> bool:
        """Whether it is known that not all of it can be had now."""
        return self.is_ended or self.answer.missing > 0


def quote_stock(quote: Quote, lines: Sequence[QuoteLine], *, actor: Actor, now: datetime) -> Mapping[int, LineStock]:
    """By product; lines of one product count together. Stock kept for this quote counts as there.

    One statement where all can be had, at most five. Partners see numbers or bands, as their tier says.
    """
    wanted: Counter[int] = Counter()
    for line in lines:
        wanted[line.product_id] += line.quantity
    asking = None if actor.is_vendor else actor.partner_id
    stock = availability_for(wanted, now=now, partner_id=asking, for_quote_id=quote.pk)
    ended = {line.product_id for line in lines if not line.product.is_orderable}
    short = [
        key for key, count in wanted.items() if key in ended or (stock[key].is_known and stock[key].missing(count))
    ]
    offers = substitutes_for(short, now=now, partner_id=asking)
    return {
        key: LineStock(stock[key], answer_for(stock[key], count), key in ended, offers.get(key, ()))
        for key, count in wanted.items()
    }
