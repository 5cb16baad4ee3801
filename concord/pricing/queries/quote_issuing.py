"""What issuing reads before it locks, in one statement: the quote, the clock, and what the programme says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import BooleanField, DateTimeField, Subquery
from django.db.models.expressions import RawSQL

from concord.portal.models import BrandSettings
from concord.portal.refusals import NotThere
from concord.pricing.models import Quote, StockSettings
from concord.pricing.queries.quotes import quotes_with_parties

if TYPE_CHECKING:
    from concord.portal.actor import Actor


@dataclass(frozen=True, slots=True)
class Programme:
    """What the vendor's settings say of every quote that is issued."""

    terms: str
    terms_zh: str
    reserves_stock: bool
    hold_days: int


@dataclass(frozen=True, slots=True)
class ToIssue:
    """A quote that its actor may see, as of ``moment``: the database's clock, in UTC."""

    quote: Quote
    moment: datetime
    programme: Programme


def quote_to_issue(actor: Actor, quote_uuid: UUID | str) -> ToIssue:
    """The quote with its parties and everything about it that needs no lock; raises ``NotThere``. One statement."""
    brand = BrandSettings.objects.order_by("pk")
    stock = StockSettings.objects.order_by("pk")
    found = (
        quotes_with_parties(actor)
        .filter(uuid=quote_uuid)
        .annotate(
            clock=RawSQL("clock_timestamp()", (), DateTimeField()),
            said_terms=Subquery(brand.values("quote_terms")[:1]),
            said_terms_zh=Subquery(brand.values("quote_terms_zh")[:1]),
            said_reserves=Subquery(stock.values("reserves_for_quotes")[:1], BooleanField()),
            said_hold_days=Subquery(stock.values("hold_days")[:1]),
        )
        .first()
    )
    if found is None:
        raise NotThere
    programme = Programme(
        found.said_terms or "",
        found.said_terms_zh or "",
        bool(found.said_reserves),
        found.said_hold_days or _usual_hold_days(),
    )
    return ToIssue(found, found.clock, programme)


def programme_now() -> Programme:
    """What the settings say now; two statements."""
    brand, stock = BrandSettings.load(), StockSettings.load()
    return Programme(brand.quote_terms, brand.quote_terms_zh, stock.reserves_for_quotes, stock.hold_days)


def _usual_hold_days() -> int:
    return int(StockSettings._meta.get_field("hold_days").get_default())
