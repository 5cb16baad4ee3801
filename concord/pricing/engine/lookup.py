"""The rule book, narrowed once a basket to what is in force for its question, and by product and family."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter
from typing import Generic, TypeVar

from concord.pricing.engine.context import Context
from concord.pricing.engine.receipt import StepCode, number_text
from concord.pricing.engine.rulebook import (
    Commitment,
    Floor,
    ListPrice,
    Product,
    Promotion,
    Rule,
    RuleBook,
    RuleRef,
    SpecialPrice,
    in_force,
)
from concord.pricing.engine.ties import AmbiguousRules, pick

AnyRule = TypeVar("AnyRule", bound=Rule)
OfProduct = TypeVar("OfProduct", SpecialPrice, Commitment)
Scoped = TypeVar("Scoped", Promotion, Floor)
_min_quantity = attrgetter("min_quantity")


@dataclass(slots=True)
class ProductRules:
    """What may decide one product's customer price. ``ladder`` is one list's breaks, lowest quantity first."""

    ladder: list[ListPrice]
    promotions: list[Promotion]
    special_prices: list[SpecialPrice]
    commitments: list[Commitment]
    cuts: list[int] = field(default_factory=list)
    """All quantities, sorted, at which another rule may begin to apply."""


@dataclass(frozen=True, slots=True)
class PartnerDiscount:
    """One percentage of the partner leg, the same for all products of a family."""

    code: StepCode
    ref: RuleRef
    percent: Decimal
    inputs: dict[str, str | int | None]


class Lookup:
    """All look-ups of one basket; each is built at most once."""

    def __init__(self, context: Context, rules: RuleBook) -> None:
        self._context = context
        customer = context.end_customer_id
        self.by_sku = {product.sku: product for product in rules.products}
        self.by_id = {product.id: product for product in rules.products}
        self._list_prices = _list_prices(rules.list_prices, context)
        self._promotions = _Scopes(_here(rules.promotions, context))
        self._special_prices = _by_product(
            rule
            for rule in _now(rules.special_prices, context)
            if rule.end_customer_id == customer and rule.currency == context.currency
        )
        # Promises in another currency are kept: they stand in the way of this one.
        self._commitments = _by_product(
            rule for rule in _now(rules.commitments, context) if rule.end_customer_id == customer
        )
        self._floors = _Scopes(rule for rule in _now(rules.floors, context) if rule.currency in ("", context.currency))
        self._tier_discounts = list(_now(rules.tier_discounts, context))
        self._benefits = list(_now(rules.registration_benefits, context))
        self._bonuses = list(_now(rules.programme_bonuses, context))
        self._discounts: dict[int | None, tuple[PartnerDiscount, ...]] = {}

    def product_rules(self, product: Product) -> ProductRules:
        """What may decide the customer price of the product, whatever the quantity."""
        ladder = _ladder(self._list_prices.get(product.id, ()))
        lists = ("", ladder[0].list_code) if ladder else ()
        found = ProductRules(
            ladder=ladder,
            promotions=[rule for rule in self._promotions.of(product) if rule.list_code in lists],
            special_prices=self._special_prices.get(product.id, []),
            commitments=self._commitments.get(product.id, []),
        )
        if not (found.promotions or found.special_prices or found.commitments):
            found.cuts = [price.min_quantity for price in found.ladder]
            return found
        cuts = {price.min_quantity for price in found.ladder}
        ranges: list[Promotion | SpecialPrice | Commitment] = [*found.promotions, *found.special_prices]
        for ranged in (*ranges, *found.commitments):
            cuts.add(ranged.quantity_from)
            if ranged.quantity_to is not None:
                cuts.add(ranged.quantity_to)
        found.cuts = sorted(cuts)
        return found

    def floor(self, product: Product) -> Floor | None:
        """The floor of the product, if it has one."""
        return pick(self._floors.of(product))

    def discounts(self, family_id: int | None) -> tuple[PartnerDiscount, ...]:
        """Tier discount, registration benefit, programme bonus of the family, in this order, as far as they apply."""
        found = self._discounts.get(family_id)
        if found is None:
            found = self._discounts[family_id] = tuple(self._find_discounts(family_id))
        return found

    def _find_discounts(self, family_id: int | None) -> Iterator[PartnerDiscount]:
        partner = self._context.partner
        if partner is None:
            return
        families, tiers = (None, family_id), (None, partner.tier)
        tier = pick([one for one in self._tier_discounts if one.tier == partner.tier and one.family_id in families])
        if tier:
            yield _discount(StepCode.TIER_DISCOUNT, tier.ref, tier.percent, tier=partner.tier)
        if family_id in self._context.protected_families:
            benefit = pick([one for one in self._benefits if one.tier in tiers and one.family_id in families])
            if benefit:
                yield _discount(StepCode.REGISTRATION_BENEFIT, benefit.ref, benefit.percent)
        bonus = pick(
            [
                one
                for one in self._bonuses
                if one.tier in tiers and one.partner_id in (None, partner.id) and one.family_id in families
            ]
        )
        if bonus:
            yield _discount(StepCode.PROGRAMME_BONUS, bonus.ref, bonus.percent)


class _Scopes(Generic[Scoped]):
    """Rules for one product, for a family, or for everything."""

    def __init__(self, rules: Iterable[Scoped]) -> None:
        self._products: dict[int, list[Scoped]] = defaultdict(list)
        self._families: dict[int, list[Scoped]] = defaultdict(list)
        self._everything: list[Scoped] = []
        for rule in rules:
            if rule.product_id is not None:
                self._products[rule.product_id].append(rule)
            elif rule.family_id is not None:
                self._families[rule.family_id].append(rule)
            else:
                self._everything.append(rule)

    def of(self, product: Product) -> list[Scoped]:
        found = [rule for rule in self._products.get(product.id, ()) if rule.family_id in (None, product.family_id)]
        if product.family_id is not None:
            found += self._families.get(product.family_id, ())
        return found + self._everything


def _now(rules: Iterable[AnyRule], context: Context) -> Iterator[AnyRule]:
    return (rule for rule in rules if in_force(rule, context.moment))


def _here(rules: Iterable[Promotion], context: Context) -> Iterator[Promotion]:
    currencies, markets = ("", context.currency), ("", context.market)
    return (rule for rule in _now(rules, context) if rule.currency in currencies and rule.market in markets)


def _by_product(rules: Iterable[OfProduct]) -> dict[int, list[OfProduct]]:
    found: dict[int, list[OfProduct]] = defaultdict(list)
    for rule in rules:
        found[rule.product_id].append(rule)
    return found


def _list_prices(prices: Iterable[ListPrice], context: Context) -> dict[int, list[ListPrice]]:
    """``_by_product(_here(prices, context))`` in one loop: there are ten of them a line."""
    currencies, markets, moment = ("", context.currency), ("", context.market), context.moment
    found: dict[int, list[ListPrice]] = defaultdict(list)
    for price in prices:
        _id, product_id, _minimum, _amount, currency, _code, _version, market, _priority, _kind, start, end = price
        if currency not in currencies or market not in markets:
            continue
        if (start is None or start <= moment) and (end is None or moment < end):
            found[product_id].append(price)
    return found


def _ladder(prices: Sequence[ListPrice]) -> list[ListPrice]:
    """The breaks of the list of the highest priority that has this product at all; lists are never mixed."""
    if not prices:
        return []
    highest = max([price.priority for price in prices])
    ladder = sorted([price for price in prices if price.priority == highest], key=_min_quantity)
    first = ladder[0]
    for lower, upper in pairwise(ladder):
        if upper.list_code != first.list_code:
            raise AmbiguousRules(upper.ref, first.ref)
        if lower.min_quantity == upper.min_quantity:
            raise AmbiguousRules(lower.ref, upper.ref)
    return ladder


def _discount(code: StepCode, ref: RuleRef, percent: Decimal, tier: str = "") -> PartnerDiscount:
    inputs: dict[str, str | int | None] = {"percent": number_text(percent)}
    if tier:
        inputs["tier"] = tier
    return PartnerDiscount(code, ref, percent, inputs)
