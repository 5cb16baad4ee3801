"""The rows that a quote is made of: from what was asked and what it costs, and from one revision to the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields as fields_of
from datetime import date
from decimal import Decimal

from django.db.models import Max, QuerySet

from concord.portal.periods import end_of_local_day
from concord.pricing.actions.draft_checks import QuoteTexts
from concord.pricing.models import Quote, QuoteLine
from concord.pricing.queries.basket import PricedBasket
from concord.pricing.queries.quote_pricing import QuoteLineInput, amounts_of


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
