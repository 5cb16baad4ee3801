"""Drafts of quotes: written, changed, discarded, begun anew as a revision. Prices are those of the moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from dataclasses import fields as fields_of
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from concord.partners.actions.colleagues import hold_active
from concord.partners.models import EndCustomer, Partner
from concord.portal import registry
from concord.portal.actor import Actor
from concord.portal.events import Subject
from concord.portal.locking import database_clock
from concord.portal.money import is_currency
from concord.portal.periods import end_of_local_day, local_date
from concord.portal.refusals import Conflict, FieldError, InvalidInput, NotThere
from concord.portal.work import action
from concord.pricing.actions.quote_facts import record_for
from concord.pricing.actions.shown_prices import demand_shown_lines, demand_shown_prices
from concord.pricing.actions.wanted_prices import keep_wanted_prices
from concord.pricing.engine import LineResult
from concord.pricing.engine.labels import error_text
from concord.pricing.enums import QUOTE_DEED_STATES, QuoteStatus
from concord.pricing.models import Quote, QuoteLine
from concord.pricing.price_tokens import ShownPrices
from concord.pricing.queries.basket import AtHand, PricedBasket
from concord.pricing.queries.quote_pricing import QuoteLineInput, amounts_of, price_quote
from concord.pricing.queries.quotes import own_quote, status_now
from concord.pricing.queries.rulebook import facts_of
from concord.pricing.rules.quotes import can_quote_for, not_in_state

MAX_LINES = 1_000
LONGEST = timedelta(days=365)

_NEXT_NUMBER = """
INSERT INTO pricing_quotenumber AS series (partner_id, year, last) VALUES (%s, %s, 1)
ON CONFLICT (partner_id, year) DO UPDATE SET last = series.last + 1 RETURNING last
"""


@dataclass(frozen=True, slots=True)
class QuoteTexts:
    """What is written on a quote besides its lines."""

    customer_name: str = ""
    customer_address: str = ""
    contact_email: str = ""
    note: str = ""
    language: str = "en"
    is_bilingual: bool = False


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
    customer = _known_customer(actor, partner_id, end_customer_id, story)
    if not customer_name and EndCustomer.objects.visible_to(actor).filter(pk=customer.pk).exists():
        customer_name = customer.legal_name
    texts = QuoteTexts(customer_name, customer_address, contact_email, note, language, is_bilingual)
    problems = [*_wrong_texts(texts), *_wrong_terms(partner, currency, valid_until, now=now), *wrong_lines(lines)]
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
        **_fields(texts),
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
        *_wrong_texts(texts),
        *_wrong_terms(quote.partner, quote.currency, valid_until, now=now),
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
    for name, value in _fields(texts).items():
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


@action
def revise_quote(
    *, actor: Actor, quote_uuid: UUID | str, valid_until: date | None = None, now: datetime | None = None
) -> Quote:
    """Begin the next revision of a quote in force, as a draft with its lines. Issuing that one supersedes this one.

    Locks the quote. A revision that was begun already is returned as it is. Records ``quote.drafted``. Raises
    ``WrongState``, and ``InvalidInput`` when a line has no price any more.
    """
    quote, clock = _locked(actor, quote_uuid)
    now = now or clock
    state = status_now(quote, now=now)
    if state not in QUOTE_DEED_STATES["revise"]:
        raise not_in_state("revise", state)
    begun = Quote.objects.unscoped("the successor of an own quote").filter(supersedes=quote).first()
    if begun is not None:
        return own_quote(actor, begun.uuid)
    rows = list(lines_to_price(quote))
    lines = inputs_of(rows)
    priced = price_quote(
        partner_id=quote.partner_id,
        end_customer_id=quote.end_customer_id,
        currency=quote.currency,
        moment=now,
        lines=lines,
        at_hand=AtHand(facts_of(quote.partner), {row.product.sku: row.product for row in rows}),
    ).shown
    demand_prices(priced.lines)
    today = local_date(now, quote.time_zone)
    revision = next_revision(quote, valid_until=valid_until or max(quote.valid_until, today))
    revision.customer_total, revision.partner_total = totals(priced)
    revision.save(force_insert=True)
    QuoteLine.objects.bulk_create(lines_of(revision, priced, lines))
    record_for("quote.drafted", actor=actor, quote=revision)
    return revision


def next_revision(quote: Quote, *, valid_until: date) -> Quote:
    """The next revision of a quote, not saved: same parties, texts and story."""
    same_number = Quote.objects.unscoped("revisions of one number").filter(
        partner_id=quote.partner_id, number=quote.number
    )
    return Quote(
        partner=quote.partner,
        seller_id=quote.seller_id,
        end_customer_id=quote.end_customer_id,
        customer_name=quote.customer_name,
        customer_address=quote.customer_address,
        contact_email=quote.contact_email,
        number=quote.number,
        revision=(same_number.aggregate(last=Max("revision"))["last"] or 0) + 1,
        supersedes=quote,
        currency=quote.currency,
        language=quote.language,
        is_bilingual=quote.is_bilingual,
        time_zone=quote.time_zone,
        valid_until=valid_until,
        expires_at=end_of_local_day(valid_until, quote.time_zone),
        note=quote.note,
        story_type=quote.story_type,
        story_uuid=quote.story_uuid,
    )


def lines_to_price(quote: Quote) -> QuerySet[QuoteLine]:
    """The lines with their products, without what pricing them anew does not read: the receipts are most of them."""
    unread = ("receipt", "product__description", "product__search_key")
    return quote.lines.select_related("product").defer(*unread)


def inputs_of(lines: Iterable[QuoteLine]) -> list[QuoteLineInput]:
    """The lines of a quote as they were asked for."""
    return [QuoteLineInput(line.sku, line.quantity, line.requested_unit_price) for line in lines]


def texts_of(quote: Quote) -> QuoteTexts:
    """The texts of a quote."""
    return QuoteTexts(**{field.name: getattr(quote, field.name) for field in fields_of(QuoteTexts)})


def lines_of(quote: Quote, priced: PricedBasket, lines: Sequence[QuoteLineInput]) -> list[QuoteLine]:
    """The rows of a priced quote, receipts in their canonical form."""
    chinese = quote.language.startswith("zh")
    rows = []
    for position, (asked, result) in enumerate(zip(lines, priced.lines, strict=True), start=1):
        product = priced.products[asked.sku]
        amounts = amounts_of(result)
        rows.append(
            QuoteLine(
                quote=quote,
                position=position,
                product=product,
                sku=product.sku,
                name=(product.name_zh if chinese else "") or product.name,
                second_name=(product.name if chinese else product.name_zh) if quote.is_bilingual else "",
                quantity=asked.quantity,
                unit=product.unit,
                requested_unit_price=asked.requested_unit_price,
                price_kind=amounts.price_kind,
                customer_unit_price=amounts.customer_unit_price,
                customer_amount=amounts.customer_amount,
                partner_unit_net=amounts.partner_unit_net,
                partner_amount=amounts.partner_amount,
                receipt=amounts.receipt,
            )
        )
    return rows


def totals(priced: PricedBasket) -> tuple[Decimal, Decimal]:
    """Customer and partner total: the sums of the rounded line amounts, as the document prints them."""
    sums = priced.totals
    return sums.customer or Decimal(0), sums.partner or Decimal(0)


def demand_prices(results: Sequence[LineResult]) -> None:
    """Every line has a price, or the quote is refused line by line."""
    problems = [
        FieldError(
            f"/lines/{line.position}/{_field_of(line.error.code)}", line.error.code.value, error_text(line.error)
        )
        for line in results
        if line.error is not None
    ]
    if problems:
        raise InvalidInput(problems)


def _field_of(code: str) -> str:
    return "quantity" if code.startswith("quantity") or code in {"below_minimum_order", "not_order_multiple"} else "sku"


def wrong_lines(lines: Sequence[QuoteLineInput]) -> list[FieldError]:
    """What is wrong with the lines before any price is asked."""
    if not lines:
        return [FieldError("/lines", "required", _("A quote needs at least one line."))]
    if len(lines) > MAX_LINES:
        return [FieldError("/lines", "too_many", _("A quote has at most %(count)s lines.") % {"count": MAX_LINES})]
    return [
        FieldError(
            f"/lines/{place}/requested_unit_price",
            "not_positive",
            _("A wanted price is more than 0 and no odd number."),
        )
        for place, line in enumerate(lines)
        if line.requested_unit_price is not None
        and not (line.requested_unit_price.is_finite() and 0 < line.requested_unit_price < 10**12)
    ]


def _wanted(priced: PricedBasket, lines: Sequence[QuoteLineInput]) -> list[tuple[int | None, Decimal | None]]:
    """The wanted price of each line's product."""
    return [(result.product_id, line.requested_unit_price) for result, line in zip(priced.lines, lines, strict=True)]


def locked_draft(actor: Actor, quote_uuid: UUID | str, *, now: datetime) -> Quote:
    """A draft of the actor's, locked; raises ``NotThere``, ``NotAllowed`` and ``WrongState``."""
    quote, _clock = _locked(actor, quote_uuid)
    if quote.status != QuoteStatus.DRAFT:
        state = status_now(quote, now=now)
        raise not_in_state("edit", state)
    return quote


def _locked(actor: Actor, quote_uuid: UUID | str) -> tuple[Quote, datetime]:
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


def _known_customer(actor: Actor, partner_id: int, end_customer_id: int, story: Subject | None) -> EndCustomer:
    """The customer, if the actor knows it by a relation or by the story; otherwise it is not there."""
    if story is not None:
        resolve = registry.story_resolvers.get(story.type)
        told = resolve(actor, str(story.uuid)) if resolve else None
        if told is None or told.partner_id != partner_id:
            raise NotThere
        if told.end_customer_id is None:
            raise InvalidInput.at(
                "/customer", "not_confirmed", _("The deal's end customer is not confirmed yet; quotes come after that.")
            )
        if told.end_customer_id == end_customer_id:
            return EndCustomer.objects.unscoped("named by the actor's own story").get(pk=end_customer_id)
    customer = EndCustomer.objects.visible_to(actor).filter(pk=end_customer_id).first()
    if customer is None:
        raise NotThere
    return customer


def _wrong_texts(texts: QuoteTexts) -> list[FieldError]:
    limits = {"customer_name": 250, "customer_address": 300, "contact_email": 254, "note": 4_000}
    wrong = [
        FieldError(f"/{name}", "max_length", _("At most %(count)s characters.") % {"count": limit})
        for name, limit in limits.items()
        if len(getattr(texts, name)) > limit
    ]
    wrong += [
        FieldError(f"/{name}", "null_characters", _("Null characters are not allowed."))
        for name in limits
        if "\0" in getattr(texts, name)
    ]
    if not texts.customer_name.strip():
        wrong.append(
            FieldError("/customer_name", "required", _("Write the customer's name as it stands on the quote."))
        )
    if texts.language not in dict(settings.LANGUAGES):
        wrong.append(FieldError("/language", "unknown", _("Documents are written in English or Chinese.")))
    return wrong


def _wrong_terms(partner: Partner, currency: str, valid_until: date, *, now: datetime) -> list[FieldError]:
    today = local_date(now, partner.time_zone)
    wrong = []
    if not is_currency(currency):
        wrong.append(FieldError("/currency", "unknown_currency", _("This is not a currency.")))
    if valid_until < today:
        wrong.append(FieldError("/valid_until", "in_the_past", _("A quote is valid until today at least.")))
    elif valid_until > today + LONGEST:
        wrong.append(FieldError("/valid_until", "too_far", _("A quote is valid for a year at most.")))
    return wrong


def _fields(texts: QuoteTexts) -> dict[str, Any]:
    return asdict(texts)


def _next_number(partner: Partner, year: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_NUMBER, [partner.pk, year])
        return f"{partner.code[:28]}-{year}-{cursor.fetchone()[0]:04}"
