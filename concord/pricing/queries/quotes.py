"""Reading quotes: lists, one quote with everything its page shows, and the quotes of a story."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from concord.portal.events.record import to_json
from concord.portal.models import Event
from concord.portal.money import plain
from concord.portal.refusals import NotThere
from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Quote, QuoteLine

if TYPE_CHECKING:
    from concord.portal.actor import Actor


def own_quote(actor: Actor, quote_uuid: UUID | str) -> Quote:
    """A quote that the actor may see, with its parties; raises ``NotThere``."""
    found = quotes_with_parties(actor).filter(uuid=quote_uuid).first()
    if found is None:
        raise NotThere
    return found


def quotes_with_parties(actor: Actor) -> QuerySet[Quote]:
    """The quotes that the actor may see, with partner, seller, customer and the revision that they supersede."""
    return Quote.objects.visible_to(actor).select_related("partner__tier", "seller", "end_customer", "supersedes")


def quotes_listed(
    actor: Actor,
    *,
    search: str = "",
    status: str = "",
    customer: str = "",
    ends_from: date | None = None,
    ends_to: date | None = None,
    now: datetime,
) -> QuerySet[Quote]:
    """The actor's quotes, newest first, each with ``line_count``. ``status`` is as people see it, expiry included."""
    found = (
        Quote.objects.visible_to(actor)
        .select_related("partner", "seller")
        .annotate(line_count=Count("lines"))
        .order_by("-id")
    )
    if status == QuoteStatus.EXPIRED:
        found = found.filter(Q(status=QuoteStatus.EXPIRED) | Q(status=QuoteStatus.ISSUED, expires_at__lte=now))
    elif status == QuoteStatus.ISSUED:
        found = found.filter(status=QuoteStatus.ISSUED, expires_at__gt=now)
    elif status:
        found = found.filter(status=status)
    if customer.strip():
        found = found.filter(customer_name__icontains=customer.strip())
    if ends_from:
        found = found.filter(valid_until__gte=ends_from)
    if ends_to:
        found = found.filter(valid_until__lte=ends_to)
    if search.strip():
        text = search.strip()
        found = found.filter(
            Q(number__icontains=text)
            | Q(customer_name__icontains=text)
            | Q(
                pk__in=QuoteLine.objects.filter(Q(sku__icontains=text) | Q(name__icontains=text)).values("quote_id"),
            )
        )
    return found


def totals_by_currency(found: QuerySet[Quote]) -> list[tuple[str, int, Decimal, Decimal]]:
    """Currency, how many quotes, their total and their own net; never added up across currencies. One statement.

    A superseded revision does not count: its successor does.
    """
    rows = (
        Quote.objects.unscoped("totals of a list that is scoped already")
        .filter(pk__in=found.order_by().values("pk"))
        .exclude(status=QuoteStatus.SUPERSEDED)
        .order_by("currency")
        .values_list("currency")
        .annotate(Count("pk"), Sum("customer_total"), Sum("partner_total"))
    )
    return [(currency, count, customer, partner) for currency, count, customer, partner in rows]


def status_now(quote: Quote, *, now: datetime) -> QuoteStatus:
    """The status as people see it: an issued quote is expired from the first moment after its last local day."""
    if quote.status == QuoteStatus.ISSUED and quote.expires_at <= now:
        return QuoteStatus.EXPIRED
    return QuoteStatus(quote.status)


def revisions_of(actor: Actor, quote: Quote) -> list[Quote]:
    """All revisions of a quote's number, newest first."""
    return list(
        Quote.objects.visible_to(actor).filter(partner_id=quote.partner_id, number=quote.number).order_by("-revision")
    )


def history_of(actor: Actor, quote: Quote) -> list[Event]:
    """What happened to a quote that the actor was let to, oldest first; the vendor's own notes for the vendor alone."""
    return list(Event.objects.visible_to(actor).about("quote", quote.uuid))


@dataclass(frozen=True, slots=True)
class QuoteCard:
    """A quote in one line, for the page of the story that it belongs to."""

    uuid: UUID
    number: str
    revision: int
    status: QuoteStatus
    currency: str
    customer_total: Any
    valid_until: Any
    expires_at: datetime
    issued_at: datetime | None
    seller: str
    line_count: int
    has_document: bool


def quotes_of_story(actor: Actor, story_type: str, story_uuid: UUID | str, *, now: datetime) -> list[QuoteCard]:
    """The quotes of a deal (or another story), newest first, as far as the actor may see them; one statement."""
    found = (
        Quote.objects.visible_to(actor)
        .filter(story_type=story_type, story_uuid=story_uuid)
        .select_related("seller")
        .annotate(line_count=Count("lines"))
        .order_by("-id")
    )
    return [quote_card(quote, now=now) for quote in found]


def quote_card(quote: Quote, *, now: datetime) -> QuoteCard:
    """One quote in one line; give it ``line_count`` by annotation."""
    return QuoteCard(
        uuid=quote.uuid,
        number=quote.number,
        revision=quote.revision,
        status=status_now(quote, now=now),
        currency=quote.currency,
        customer_total=quote.customer_total,
        valid_until=quote.valid_until,
        expires_at=quote.expires_at,
        issued_at=quote.issued_at,
        seller=str(quote.seller or ""),
        line_count=getattr(quote, "line_count", 0),
        has_document=bool(quote.pdf_hash),
    )


def frozen_data(quote: Quote, lines: Iterable[QuoteLine]) -> dict[str, Any]:
    """What the document says, in one canonical form, for the fingerprint. Nothing of the partner's net is in it."""
    return {
        "schema": "concord.quote/1",
        "number": quote.number,
        "revision": quote.revision,
        "partner": {"code": quote.partner.code, "name": quote.partner.name},
        "customer": {"name": quote.customer_name, "address": quote.customer_address},
        "currency": quote.currency,
        "language": quote.language,
        "time_zone": quote.time_zone,
        "valid_until": quote.valid_until,
        "issued_at": quote.issued_at,
        "check_code": quote.check_code,
        "terms": quote.terms,
        "note": quote.note,
        "total": str(plain(quote.customer_total, quote.currency)),
        "lines": [
            {
                "position": line.position,
                "sku": line.sku,
                "name": line.name,
                **({"second_name": line.second_name} if quote.is_bilingual else {}),
                "quantity": line.quantity,
                "unit": line.unit,
                "price_kind": str(line.price_kind),
                "unit_price": str(plain(line.customer_unit_price, quote.currency, unit_price=True)),
                "amount": str(plain(line.customer_amount, quote.currency)),
            }
            for line in lines
        ],
    }


def fingerprint(quote: Quote, lines: Iterable[QuoteLine]) -> str:
    """SHA-256 of the frozen data, in hexadecimal; printed on the document, shown by the check page."""
    return hashlib.sha256(to_json(frozen_data(quote, lines)).encode()).hexdigest()
