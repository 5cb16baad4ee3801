"""Drafts of quotes: written, changed, discarded. Prices are those of the moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from concord.partners.actions.colleagues import hold_active
from concord.partners.models import EndCustomer, Partner
from concord.portal.actor import Actor
from concord.portal.events import Subject
from concord.portal.locking import database_clock
from concord.portal.periods import end_of_local_day, local_date
from concord.portal.refusals import Conflict, InvalidInput, NotThere
from concord.portal.work import action
from concord.pricing.actions.draft_checks import (
    QuoteTexts,
    demand_prices,
    known_customer,
    wrong_lines,
    wrong_terms,
    wrong_texts,
)
from concord.pricing.actions.quote_facts import record_for
from concord.pricing.actions.quote_rows import lines_of, texts_of, totals
from concord.pricing.actions.shown_prices import demand_shown_lines, demand_shown_prices
from concord.pricing.actions.wanted_prices import keep_wanted_prices
from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Quote, QuoteLine
from concord.pricing.price_tokens import ShownPrices
from concord.pricing.queries.basket import PricedBasket
from concord.pricing.queries.quote_pricing import QuoteLineInput, price_quote
from concord.pricing.queries.quotes import status_now
from concord.pricing.rules.quotes import can_quote_for, not_in_state

_NEXT_NUMBER = """
INSERT INTO pricing_quotenumber AS series (partner_id, year, last) VALUES (%s, %s, 1)
ON CONFLICT (partner_id, year) DO UPDATE SET last = series.last + 1 RETURNING last
"""


@action
def draft_quote(
    *,
    actor: Actor,
    partner_id: int,
    seller_id: int | None,
    end_customer_id: int,
    customer_name: str,
    currency: str,
    valid_until: date,
    lines: Sequence[QuoteLineInput],
    story: Subject | None = None,
    language: str = "en",
    customer_address: str = "",
    contact_email: str = "",
    note: str = "",
    is_bilingual: bool = False,
    shown: ShownPrices | None = None,
    now: datetime | None = None,
) -> Quote:
    """Write a draft with the prices of the moment; with ``shown``, only if they are those of that price check.

    Locks the seller and, last, the partner's number series. Checks that the actor may quote for the partner and knows
    the customer (by a relation or by the story), the currency, the validity (a local day of the partner, at most a year
    ahead) and every line. Writes the quote and its lines. Records ``quote.drafted``. Raises ``NotAllowed``,
    ``NotThere``, ``PricesChanged``, and ``InvalidInput`` with a pointer to each wrong value.
    """
    now = now or database_clock()
    can_quote_for(actor=actor, partner_id=partner_id).enforce()
    partner = Partner.objects.unscoped("the actor may quote for it").get(pk=partner_id)
    customer = known_customer(actor, partner_id, end_customer_id, story)
    if not customer_name and EndCustomer.objects.visible_to(actor).filter(pk=customer.pk).exists():
        customer_name = customer.legal_name
    texts = QuoteTexts(customer_name, customer_address, contact_email, note, language, is_bilingual)
    problems = [*wrong_texts(texts), *wrong_terms(partner, currency, valid_until, now=now), *wrong_lines(lines)]
    if problems:
        raise InvalidInput(problems)
    if shown is not None:
        demand_shown_lines(shown, lines, currency=currency)
    priced = price_quote(
        partner_id=partner_id, end_customer_id=end_customer_id, currency=currency, moment=now, lines=lines
    ).shown
    demand_prices(priced.lines)
    if shown is not None:
        demand_shown_prices(shown, priced.lines, currency=currency, now=now)
    keep_wanted_prices(
        actor=actor,
        partner_id=partner_id,
        end_customer_id=customer.pk,
        currency=currency,
        wanted=_wanted(priced, lines),
        now=now,
    )
    quote = Quote(
        partner=partner,
        seller_id=hold_active(seller_id, pointer="/seller") if seller_id is not None else None,
        end_customer=customer,
        currency=currency,
        time_zone=partner.time_zone,
        valid_until=valid_until,
        expires_at=end_of_local_day(valid_until, partner.time_zone),
        story_type=story.type if story else "",
        story_uuid=story.uuid if story else None,
        number=_next_number(partner, local_date(now, partner.time_zone).year),
        **asdict(texts),
    )
    quote.customer_total, quote.partner_total = totals(priced)
    quote.save(force_insert=True)
    QuoteLine.objects.bulk_create(lines_of(quote, priced, lines))
    record_for("quote.drafted", actor=actor, quote=quote)
    return quote


@action
def edit_draft(
    *,
    actor: Actor,
    quote_uuid: UUID | str,
    lines: Sequence[QuoteLineInput],
    valid_until: date,
    texts: QuoteTexts | None = None,
    seen: str = "",
    now: datetime | None = None,
) -> Quote:
    """Replace the lines of a draft and price them anew; also how a draft takes the prices in force.

    ``seen`` is the moment of the draft's last change, as its page showed it. Locks the quote. Checks as ``draft_quote``
    does. Records ``quote.edited``. Raises ``WrongState``, ``InvalidInput``, ``Conflict``.
    """
    now = now or database_clock()
    quote = locked_draft(actor, quote_uuid, now=now)
    if seen and seen != quote.updated_at.isoformat():
        raise Conflict(_("This draft was changed since it was shown. Look at it again."), code="draft_changed")
    texts = texts or texts_of(quote)
    problems = [
        *wrong_texts(texts),
        *wrong_terms(quote.partner, quote.currency, valid_until, now=now),
        *wrong_lines(lines),
    ]
    if problems:
        raise InvalidInput(problems)
    priced = price_quote(
        partner_id=quote.partner_id,
        end_customer_id=quote.end_customer_id,
        currency=quote.currency,
        moment=now,
        lines=lines,
    ).shown
    demand_prices(priced.lines)
    keep_wanted_prices(
        actor=actor,
        partner_id=quote.partner_id,
        end_customer_id=quote.end_customer_id,
        currency=quote.currency,
        wanted=_wanted(priced, lines),
        now=now,
    )
    for name, value in asdict(texts).items():
        setattr(quote, name, value)
    quote.valid_until = valid_until
    quote.expires_at = end_of_local_day(valid_until, quote.time_zone)
    quote.customer_total, quote.partner_total = totals(priced)
    quote.save()
    quote.lines.all().delete()
    QuoteLine.objects.bulk_create(lines_of(quote, priced, lines))
    record_for("quote.edited", actor=actor, quote=quote)
    return quote


@action
def discard_draft(*, actor: Actor, quote_uuid: UUID | str, now: datetime | None = None) -> Quote:
    """Put a draft away; its history stays. Locks the quote. Records ``quote.discarded``. Raises ``WrongState``."""
    now = now or database_clock()
    quote = locked_draft(actor, quote_uuid, now=now)
    quote.status = QuoteStatus.WITHDRAWN
    quote.supersedes = None
    quote.ended_at = now
    quote.save()
    record_for("quote.discarded", actor=actor, quote=quote)
    return quote


def locked_draft(actor: Actor, quote_uuid: UUID | str, *, now: datetime) -> Quote:
    """A draft of the actor's, locked; raises ``NotThere``, ``NotAllowed`` and ``WrongState``."""
    quote, _clock = locked_quote(actor, quote_uuid)
    if quote.status != QuoteStatus.DRAFT:
        state = status_now(quote, now=now)
        raise not_in_state("edit", state)
    return quote


def locked_quote(actor: Actor, quote_uuid: UUID | str) -> tuple[Quote, datetime]:
    """The quote, and the database's clock as it was read once the row was locked."""
    found = (
        Quote.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("partner__tier")
        .filter(uuid=quote_uuid)
        .first()
    )
    if found is None:
        raise NotThere
    can_quote_for(actor=actor, partner_id=found.partner_id).enforce()
    return found, database_clock()


def _wanted(priced: PricedBasket, lines: Sequence[QuoteLineInput]) -> list[tuple[int | None, Decimal | None]]:
    """The wanted price of each line's product."""
    return [(result.product_id, line.requested_unit_price) for result, line in zip(priced.lines, lines, strict=True)]


def _next_number(partner: Partner, year: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_NUMBER, [partner.pk, year])
        return f"{partner.code[:28]}-{year}-{cursor.fetchone()[0]:04}"
