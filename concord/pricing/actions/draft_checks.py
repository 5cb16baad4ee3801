"""What is wrong with a draft before it is written: its texts, its terms, its lines, its customer, its prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from concord.partners.models import EndCustomer, Partner
from concord.portal import registry
from concord.portal.actor import Actor
from concord.portal.events import Subject
from concord.portal.money import is_currency
from concord.portal.periods import local_date
from concord.portal.refusals import FieldError, InvalidInput, NotThere
from concord.pricing.engine import LineResult
from concord.pricing.engine.labels import error_text
from concord.pricing.queries.quote_pricing import QuoteLineInput

MAX_LINES = 1_000
LONGEST = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class QuoteTexts:
    """What is written on a quote besides its lines."""

    customer_name: str = ""
    customer_address: str = ""
    contact_email: str = ""
    note: str = ""
    language: str = "en"
    is_bilingual: bool = False


def known_customer(actor: Actor, partner_id: int, end_customer_id: int, story: Subject | None) -> EndCustomer:
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


def wrong_texts(texts: QuoteTexts) -> list[FieldError]:
    """What is too long, missing or not a text that can be stored."""
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


def wrong_terms(partner: Partner, currency: str, valid_until: date, *, now: datetime) -> list[FieldError]:
    """An unknown currency, or a last day that is over or too far: local days of the partner."""
    today = local_date(now, partner.time_zone)
    wrong = []
    if not is_currency(currency):
        wrong.append(FieldError("/currency", "unknown_currency", _("This is not a currency.")))
    if valid_until < today:
        wrong.append(FieldError("/valid_until", "in_the_past", _("A quote is valid until today at least.")))
    elif valid_until > today + LONGEST:
        wrong.append(FieldError("/valid_until", "too_far", _("A quote is valid for a year at most.")))
    return wrong


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
