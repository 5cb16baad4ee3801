"""The customer leg: list price → quantity break → promotion → special price → live commitment → rounding."""

from bisect import bisect_right
from decimal import Decimal
from typing import NamedTuple, TypeVar

from concord.pricing.engine.arithmetic import less_percent, lower_of
from concord.pricing.engine.lookup import ProductRules
from concord.pricing.engine.receipt import Inputs, Step, StepCode, number_text
from concord.pricing.engine.results import QuantityBreak
from concord.pricing.engine.rounding import Rounding
from concord.pricing.engine.rulebook import Commitment, ListPrice, PriceKind, Promotion, SpecialPrice
from concord.pricing.engine.ties import AmbiguousRules, pick

ZERO = Decimal(0)
Ranged = TypeVar("Ranged", Promotion, SpecialPrice, Commitment)


class PromisedElsewise(Exception):
    """A live promise to this customer for this product and quantity is in another currency."""

    def __init__(self, currency: str) -> None:
        super().__init__(currency)
        self.currency = currency


class Decision(NamedTuple):
    """Which rules decide the price of one unit, with the amounts they come to; ``unit_price`` is rounded.

    ``list_price`` is the break reached, None where no list has the product for this quantity.
    """

    unit_price: Decimal
    amount: Decimal
    price_kind: PriceKind
    list_price: ListPrice | None
    promotion: Promotion | None
    promoted: Decimal | None
    special: SpecialPrice | None
    specialised: Decimal | None
    commitment: Commitment | None


def decide(rules: ProductRules, quantity: int | Decimal, rounding: Rounding) -> Decision | None:
    """Price one unit at this total quantity of the SKU; None when no rule gives a price.

    A promotion needs a list price. A special price or a promise stands without one. A promotion or special price that
    fixes an amount applies where it lowers the price; a promise holds whether it is lower or not. Raises
    ``AmbiguousRules`` and ``PromisedElsewise``.
    """
    reached = _list_break(rules.ladder, quantity)
    amount = None if reached is None else reached.amount
    kind = PriceKind.CUSTOMER if reached is None else reached.price_kind
    promotion = special = commitment = None
    promoted = specialised = None
    if amount is not None and rules.promotions:
        promotion = pick(_holding(rules.promotions, quantity))
        if promotion is not None:
            amount = promoted = _promote(promotion, amount)
    if rules.special_prices:
        special = pick(_holding(rules.special_prices, quantity))
        if special is not None:
            specialised = lower_of(amount, special.unit_price)
            if amount is None or specialised < amount:
                kind = PriceKind.CUSTOMER
            amount = specialised
    if rules.commitments:
        commitment = _commitment(rules.commitments, quantity, rounding.currency)
        if commitment is not None:
            amount, kind = commitment.unit_price, commitment.price_kind
    if amount is None:
        return None
    return Decision(
        rounding.unit_price(amount),
        amount,
        kind,
        reached,
        promotion,
        promoted,
        special,
        specialised,
        commitment,
    )


def customer_steps(decision: Decision, rules: ProductRules, rounding: Rounding) -> tuple[Step, ...]:
    """The steps that the receipt tells of the decision."""
    steps: list[Step] = []
    amount: Decimal | None = None
    reached, promotion, special, commitment = (
        decision.list_price,
        decision.promotion,
        decision.special,
        decision.commitment,
    )
    if reached is not None:
        first = rules.ladder[0]
        amount = first.amount
        steps.append(Step(StepCode.LIST_PRICE, first.ref, _break_inputs(first), None, amount))
        if reached is not first:
            steps.append(Step(StepCode.QUANTITY_BREAK, reached.ref, _break_inputs(reached), amount, reached.amount))
            amount = reached.amount
    if promotion is not None and decision.promoted is not None:
        inputs = _promotion_inputs(promotion)
        steps.append(Step(StepCode.PROMOTION, promotion.ref, inputs, amount, decision.promoted))
        amount = decision.promoted
    if special is not None and decision.specialised is not None:
        inputs = {"unit_price": number_text(special.unit_price)}
        steps.append(Step(StepCode.SPECIAL_PRICE, special.ref, inputs, amount, decision.specialised))
        amount = decision.specialised
    if commitment is not None:
        inputs = {
            "unit_price": number_text(commitment.unit_price),
            "quantity_from": commitment.quantity_from,
            "quantity_to": commitment.quantity_to,
        }
        steps.append(Step(StepCode.COMMITMENT, commitment.ref, inputs, amount, commitment.unit_price))
    steps.append(Step(StepCode.ROUND, None, rounding.inputs, decision.amount, decision.unit_price))
    return tuple(steps)


def break_of(rules: ProductRules, quantity: int | Decimal, commitment: Commitment | None) -> QuantityBreak:
    """The range of quantities around this one over which the same rules apply, so the same unit price holds."""
    if commitment is not None:
        return QuantityBreak(commitment.quantity_from, commitment.quantity_to)
    position = bisect_right(rules.cuts, quantity)
    return QuantityBreak(
        rules.cuts[position - 1] if position else 1,
        rules.cuts[position] if position < len(rules.cuts) else None,
    )


def _list_break(ladder: list[ListPrice], quantity: int | Decimal) -> ListPrice | None:
    reached: ListPrice | None = None
    for price in ladder:
        if price.min_quantity > quantity:
            break
        reached = price
    return reached


def _break_inputs(price: ListPrice) -> Inputs:
    return {"min_quantity": price.min_quantity, "unit_price": number_text(price.amount)}


def _promote(promotion: Promotion, amount: Decimal) -> Decimal:
    if promotion.unit_price is not None:
        return lower_of(amount, promotion.unit_price)
    return less_percent(amount, promotion.percent or ZERO)


def _promotion_inputs(promotion: Promotion) -> Inputs:
    if promotion.unit_price is not None:
        return {"unit_price": number_text(promotion.unit_price)}
    return {"percent": number_text(promotion.percent or ZERO)}


def _holding(rules: list[Ranged], quantity: int | Decimal) -> list[Ranged]:
    return [
        rule
        for rule in rules
        if rule.quantity_from <= quantity and (rule.quantity_to is None or quantity < rule.quantity_to)
    ]


def _commitment(promises: list[Commitment], quantity: int | Decimal, currency: str) -> Commitment | None:
    """The promise that holds: several of the same price are one promise, the first of them is named."""
    live = _holding(promises, quantity)
    if not live:
        return None
    first = min(live, key=lambda promise: promise.id)
    for other in live:
        if other.currency != currency:
            raise PromisedElsewise(other.currency)
        if other.unit_price != first.unit_price:
            raise AmbiguousRules(first.ref, other.ref)
    return first
