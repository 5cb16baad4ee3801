"""The price of a basket: the one function that page, desk, API, quote and batch ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from concord.portal.money import is_currency
from concord.pricing import engine
from concord.pricing.models import Product
from concord.pricing.queries.catalogue import products_by_sku
from concord.pricing.queries.rulebook import LoadedRules, PartnerFacts, load_rulebook, partner_facts

if TYPE_CHECKING:
    from concord.pricing.engine import BasketTotals, Context, LineResult, PriceKind, RuleBook


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line as it was asked for: a SKU as in the catalogue, and how many of the product's unit."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class AtHand:
    """What the caller read already for the same answer: the partner, and perhaps the products of all lines by SKU."""

    partner: PartnerFacts
    products: Mapping[str, Product] | None = None


@dataclass(frozen=True, slots=True)
class PricedBasket:
    """The answer: a result for each line, in order; amounts are in ``currency``, prices as of ``moment`` (UTC)."""

    lines: tuple[LineResult, ...]
    products: Mapping[str, Product]
    currency: str
    moment: datetime
    market: str
    partner_id: int | None
    end_customer_id: int | None
    #: the rows that the prices came from; replaying a receipt of this basket needs no others
    rules: RuleBook
    #: the question as the engine was asked it
    context: Context

    @property
    def price_kind(self) -> PriceKind:
        """What the basket's amounts are: recommended as soon as one line is, lest it be taken for a promise."""
        kinds = {line.price_kind for line in self.lines if line.price_kind is not None}
        return engine.PriceKind.RECOMMENDED if engine.PriceKind.RECOMMENDED in kinds else engine.PriceKind.CUSTOMER

    @property
    def totals(self) -> BasketTotals:
        """The sums of the line totals, and whether every line has a price."""
        return engine.basket_totals(self.lines)


def price_basket_for(
    *,
    partner_id: int | None,
    end_customer_id: int | None,
    currency: str,
    moment: datetime,
    lines: Sequence[BasketLine],
    sees_promises: bool | None = None,
    at_hand: AtHand | None = None,
) -> PricedBasket:
    """Price every line as of ``moment`` (aware): at most four statements, whatever the number of lines.

    The list is chosen per product by currency and the partner's country, highest priority first. Promised and special
    prices of the end customer are used only where the partner has a live relation (``sees_promises`` ``None``), for
    all lines (``True``: the vendor, and whoever checks a promise) or for none (``False``). A line that has no price
    carries an error, never zero; nothing is converted from another currency.

    The caller says on whose behalf: doors pass the actor's own partner, and a customer that the actor may see.
    """
    asked = _ask(partner_id, end_customer_id, currency, moment, lines, sees_promises, at_hand)
    return asked.priced_by(asked.loaded.rules)


def price_basket_both_ways(
    *,
    partner_id: int | None,
    end_customer_id: int | None,
    currency: str,
    moment: datetime,
    lines: Sequence[BasketLine],
    at_hand: AtHand | None = None,
) -> tuple[PricedBasket, PricedBasket, frozenset[int]]:
    """As the partner sees it, as it is in force whoever asks, and the products that the partner has a relation to.

    The rules are loaded once, so both answers are of one moment: four statements, as for one of them, and two where
    partner and products are at hand.
    """
    asked = _ask(partner_id, end_customer_id, currency, moment, lines, True, at_hand)
    in_force = asked.priced_by(asked.loaded.rules)
    seen = asked.loaded.as_the_partner_sees_it()
    return (in_force if seen is asked.loaded.rules else asked.priced_by(seen)), in_force, asked.loaded.related


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question to the engine, with all rows that can decide it."""

    context: Context
    loaded: LoadedRules
    products: Mapping[str, Product]
    partner: PartnerFacts | None

    def priced_by(self, rules: RuleBook) -> PricedBasket:
        return PricedBasket(
            lines=engine.price_basket(self.context, rules),
            products=self.products,
            currency=self.context.currency,
            moment=self.context.moment,
            market=self.context.market,
            partner_id=self.partner.id if self.partner else None,
            end_customer_id=self.context.end_customer_id,
            rules=rules,
            context=self.context,
        )


def _ask(
    partner_id: int | None,
    end_customer_id: int | None,
    currency: str,
    moment: datetime,
    lines: Sequence[BasketLine],
    sees_promises: bool | None,
    at_hand: AtHand | None = None,
) -> _Asked:
    products = at_hand.products if at_hand else None
    if products is None:
        products = products_by_sku({line.sku for line in lines}, with_family=False)
    partner = at_hand.partner if at_hand else partner_facts(partner_id)
    loaded = load_rulebook(
        products=list(products.values()) if is_currency(currency) else [],
        partner=partner,
        end_customer_id=end_customer_id,
        currency=currency,
        moment=moment,
        sees_promises=sees_promises,
    )
    context = engine.Context(
        currency=currency,
        moment=moment,
        lines=tuple(engine.BasketLine(quantity=line.quantity, sku=line.sku) for line in lines),
        market=partner.market if partner else "",
        partner=engine.Partner(id=partner.id, tier=partner.tier) if partner else None,
        end_customer_id=end_customer_id,
        protected_families=loaded.protected_families,
    )
    return _Asked(context, loaded, products, partner)
