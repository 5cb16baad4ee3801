"""A price check as people and systems see it: prices, receipts, breaks and stock of every line, with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from concord.pricing.engine import LineResult, basket_totals
from concord.pricing.engine.labels import error_text
from concord.pricing.maker_names import likest
from concord.pricing.pasted import PastedLine, Reading
from concord.pricing.price_tokens import VALID_FOR, ShownLine, ShownPrices, seal
from concord.pricing.queries.availability import Availability, Unmet, availability_for
from concord.pricing.queries.basket import AtHand, BasketLine, PricedBasket, price_basket_for
from concord.pricing.queries.named_products import SHOWN_CANDIDATES, Candidate, Named, products_named
from concord.pricing.queries.rival_notices import rival_notices

if TYPE_CHECKING:
    from concord.portal.actor import Actor
    from concord.pricing.engine import BasketTotals
    from concord.pricing.enums import RivalNotice
    from concord.pricing.models import Product
    from concord.pricing.queries.rulebook import PartnerFacts


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One line as it was asked for. ``error`` says why it could not even be put to the engine."""

    number: int
    text: str
    sku: str = ""
    quantity: int | None = None
    error_code: str = ""
    error: str = ""
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """The answer to one line: a result with amounts, or an error with its sentence."""

    asked: AskedLine
    result: LineResult | None = None
    product: Product | None = None
    availability: Availability | None = None
    error_code: str = ""
    error: str = ""

    @property
    def missing(self) -> int:
        """How many of what the basket asks for of this product are not in stock now, as far as may be shown.

        0 where nobody counted, and for a line that was refused: what cannot be ordered is no demand.
        """
        if self.error or self.result is None or self.availability is None or not self.availability.is_known:
            return 0
        return self.availability.missing(self.wanted)

    @property
    def wanted(self) -> int:
        """How many the whole basket asks for of this product."""
        return int(self.result.sku_quantity or self.result.quantity) if self.result else 0


@dataclass(frozen=True, slots=True)
class PriceCheck:
    """The answer to a whole list. ``totals`` are those of the lines that have a price."""

    lines: tuple[CheckedLine, ...]
    basket: PricedBasket
    totals: BasketTotals

    @property
    def priced(self) -> int:
        """How many lines have a price."""
        return sum(1 for line in self.lines if not line.error)

    @property
    def refused(self) -> int:
        """How many have none."""
        return len(self.lines) - self.priced


def token_of(check: PriceCheck, *, now: datetime) -> str | None:
    """What a quote can be built on for some minutes: None unless a partner asked for now and every line has a price."""
    basket = check.basket
    if basket.partner_id is None or not check.totals.complete or abs(basket.moment - now) > VALID_FOR:
        return None
    lines = tuple(
        ShownLine(line.asked.sku, line.asked.quantity, result.customer_unit_price, result.partner_unit_net)
        for line in check.lines
        if (result := line.result) is not None
        and result.customer_unit_price is not None
        and line.asked.quantity is not None
    )
    return seal(ShownPrices(basket.partner_id, basket.end_customer_id, basket.currency, lines, now))


def check_prices(
    *,
    actor: Actor,
    partner_id: int | None,
    end_customer_id: int | None,
    currency: str,
    moment: datetime,
    now: datetime,
    lines: Sequence[AskedLine],
    partner: PartnerFacts | None = None,
) -> PriceCheck:
    """Price the lines on behalf of a partner (or of nobody) and say what is in stock; at most seven statements.

    ``partner`` are the facts of the partner of that id, where they were read already.

    Partners see the receipt without the vendor's floor and without others' numbers; the vendor sees it whole, with all
    promises. The caller has checked that the actor may ask for this partner and this customer.
    """
    askable = [line for line in lines if not line.error and line.quantity is not None]
    basket = price_basket_for(
        partner_id=partner_id,
        end_customer_id=end_customer_id,
        currency=currency,
        moment=moment,
        lines=[BasketLine(line.sku, line.quantity or 0) for line in askable],
        sees_promises=True if actor.is_vendor else None,
        at_hand=AtHand(partner) if partner else None,
    )
    results = dict(zip((line.number for line in askable), basket.lines, strict=True))
    stock = availability_for(
        [product.pk for product in basket.products.values()],
        now=now,
        partner_id=None if actor.is_vendor else partner_id,
    )
    checked = tuple(_checked(line, results.get(line.number), basket.products, stock, actor) for line in lines)
    totals = basket_totals(basket.lines)
    return PriceCheck(checked, basket, totals._replace(complete=totals.complete and len(askable) == len(lines)))


def _checked(
    line: AskedLine,
    result: LineResult | None,
    products: Mapping[str, Product],
    stock: Mapping[int, Availability],
    actor: Actor,
) -> CheckedLine:
    if result is None:
        return CheckedLine(line, error_code=line.error_code, error=line.error)
    product = products.get(line.sku)
    shown = result if actor.is_vendor else result.for_partner()
    return CheckedLine(
        asked=line,
        result=shown,
        product=product,
        availability=stock.get(product.pk) if product else None,
        error_code=result.error.code if result.error else "",
        error=error_text(result.error) if result.error else "",
    )


def notices_of(
    check: PriceCheck, *, actor: Actor, end_customer_id: int | None, moment: datetime
) -> list[RivalNotice | None]:
    """Line by line, how another live quote for the item compares; to a partner with a live relation alone."""
    found = rival_notices(
        actor=actor,
        partner_id=check.basket.partner_id,
        end_customer_id=end_customer_id,
        currency=check.basket.currency,
        lines=[
            (
                line.product.pk if line.product else None,
                line.wanted,
                line.result.customer_unit_price if line.result else None,
            )
            for line in check.lines
        ],
        moment=moment,
    )
    return [found.get(place) for place in range(len(check.lines))]


def unmet_in(check: PriceCheck) -> list[Unmet]:
    """What of the list is not in stock now."""
    return [
        Unmet(line.product.pk, line.wanted, line.availability.lacking(line.wanted))
        for line in check.lines
        if line.missing and line.product is not None and line.availability is not None
    ]


def named_lines(pasted: Sequence[PastedLine]) -> list[AskedLine]:
    """What was pasted, with the product that each line names; one statement.

    A line's readings are tried in turn; the first that names one product counts. Where several makers have the same
    number, the maker decides if the line names it; else the line is told with the candidates.
    """
    known = products_named({reading.text for line in pasted for reading in line.readings})
    return [_named(line, known) for line in pasted]


def _named(line: PastedLine, known: Mapping[str, Named]) -> AskedLine:
    readings = [
        (reading, meaning.of_maker(reading.makers))
        for reading in line.readings
        if (meaning := known.get(reading.text, Named())).is_exact or not reading.is_guess
    ]
    for reading, meaning in readings:
        if meaning.sku and (not reading.by_maker or likest(reading.makers, meaning.manufacturer)):
            return _quantified(line, reading, meaning.sku)
    for reading, meaning in readings:
        if meaning.candidates and not reading.by_maker:
            return ambiguous(line.number, reading.text, reading.quantity, meaning.candidates)
    # Nothing fits: the likeliest reading is put to the engine, which says that there is no such product.
    return _quantified(line, line.readings[0], line.readings[0].text)


def ambiguous(number: int, text: str, quantity: int | None, candidates: Sequence[Candidate]) -> AskedLine:
    """A line whose number several products have, with those that it may mean."""
    shown = tuple(candidates[:SHOWN_CANDIDATES])
    return AskedLine(
        number=number,
        text=text,
        quantity=quantity,
        error_code="ambiguous_number",
        error=_("“%(text)s” is the number of several products: %(skus)s.")
        % {"text": text, "skus": ", ".join(one.sku for one in shown)},
        candidates=shown,
    )


def _quantified(line: PastedLine, reading: Reading, sku: str) -> AskedLine:
    asked = AskedLine(number=line.number, text=reading.text, sku=sku, quantity=reading.quantity)
    if reading.quantity is not None:
        return asked
    return replace(
        asked,
        error_code="quantity_not_a_number",
        error=_("“%(text)s” is not a quantity. Write a whole number without separators, such as 1000.")
        % {"text": reading.quantity_text[:40]},
    )
