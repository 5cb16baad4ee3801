"""The demo's quote: in both languages and two revisions, so that the check page has two to compare."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal

from concord.partners.actions.customers import relate
from concord.partners.models import EndCustomer
from concord.portal.actor import actor_for_user
from concord.portal.enums import Door
from concord.portal.models import User
from concord.portal.periods import local_date
from concord.pricing.actions.commitments import PriceConflict
from concord.pricing.actions.quotes import QuoteLineInput, draft_quote, edit_draft, issue_quote, revise_quote
from concord.pricing.actions.special_prices import request_special_price
from concord.pricing.enums import Lifecycle, VersionStatus
from concord.pricing.models import Product, Quote, SpecialPrice

_HOLDS = timedelta(days=45)
_REASON = "The customer has a lower offer for the whole year's demand."


def load_quotes(quotes: list[dict[str, str]], *, now: datetime) -> int:
    """Issue what is not there yet, as its seller would; how many revisions there are."""
    known = Quote.objects.unscoped("what the demo has")
    for asked in quotes:
        if not known.filter(contact_email=asked["mail"]).exists():
            _issue(User.objects.get(email=asked["seller"]), asked, now=now)
        _try_another_price(User.objects.get(email=asked["seller"]), asked["mail"], now=now)
    return known.filter(contact_email__in=[asked["mail"] for asked in quotes]).count()


def _issue(seller: User, asked: dict[str, str], *, now: datetime) -> None:
    actor = actor_for_user(seller, Door.EXTRANET)
    assert actor.partner_id is not None
    customer = (
        EndCustomer.objects.unscoped("the demo's customer by country")
        .filter(country=asked["country"], merged_into__isnull=True)
        .order_by("-legal_name")[0]
    )
    relate(partner_id=actor.partner_id, end_customer_id=customer.pk, now=now)
    lines, newer = _lines(asked["currency"])
    draft = draft_quote(
        actor=actor,
        partner_id=actor.partner_id,
        seller_id=seller.pk,
        end_customer_id=customer.pk,
        customer_name=customer.legal_name,
        customer_address=customer.city,
        contact_email=asked["mail"],
        currency=asked["currency"],
        valid_until=local_date(now, "UTC") + _HOLDS,
        lines=lines,
        language=asked["language"],
        is_bilingual=True,
        note=asked["note"],
        now=now,
    )
    first = issue_quote(actor=actor, quote_uuid=draft.uuid)
    again = revise_quote(actor=actor, quote_uuid=first.uuid)
    edit_draft(actor=actor, quote_uuid=again.uuid, lines=newer, valid_until=again.valid_until)
    issue_quote(actor=actor, quote_uuid=again.uuid)


def _try_another_price(seller: User, mail: str, *, now: datetime) -> None:
    """A request for a special price that waits, and a refused attempt at that price: both stand in the desk's queue."""
    if SpecialPrice.objects.filter(reason=_REASON).exists():
        return
    actor = actor_for_user(seller, Door.EXTRANET)
    quote = Quote.objects.unscoped("the demo's quote").filter(contact_email=mail).order_by("-revision")[0]
    line = quote.lines.order_by("position")[0]
    wanted = (line.customer_unit_price * Decimal("0.88")).quantize(Decimal("0.01"))
    draft = draft_quote(
        actor=actor,
        partner_id=quote.partner_id,
        seller_id=seller.pk,
        end_customer_id=quote.end_customer_id,
        customer_name=quote.customer_name,
        currency=quote.currency,
        valid_until=quote.valid_until,
        lines=[QuoteLineInput(line.sku, line.quantity, wanted)],
        now=now,
    )
    with suppress(PriceConflict):
        issue_quote(actor=actor, quote_uuid=draft.uuid)
    request_special_price(
        actor=actor,
        partner_id=quote.partner_id,
        end_customer_id=quote.end_customer_id,
        sku=line.sku,
        currency=quote.currency,
        unit_price=wanted,
        quantity=line.quantity,
        valid_until=quote.valid_until,
        reason=_REASON,
        competitor="Other supplier",
        quantity_cap=line.quantity * 10,
    )


def _lines(currency: str) -> tuple[list[QuoteLineInput], list[QuoteLineInput]]:
    """Lines of the two revisions: the second has more of one product, less of another, and a third one instead."""
    found = (
        Product.objects.filter(
            minimum_order_quantity=1,
            order_multiple=1,
            status=Lifecycle.ACTIVE,
            prices__price_list__currency=currency,
            prices__minimum_quantity=1,
            prices__version__status=VersionStatus.IN_FORCE,
        )
        .exclude(name_zh="")
        .order_by("sku")
        .distinct()[:4]
    )
    one, two, three, four = (product.sku for product in found)
    first = [QuoteLineInput(one, 20), QuoteLineInput(two, 12), QuoteLineInput(three, 6)]
    return first, [QuoteLineInput(one, 40), QuoteLineInput(two, 6), QuoteLineInput(four, 6)]
