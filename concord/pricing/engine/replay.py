"""Replaying a receipt: the same question, as of its moment, must give the same bytes."""

from dataclasses import replace
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any

from concord.pricing.engine.arithmetic import after_step, floor_of
from concord.pricing.engine.basket import price_basket
from concord.pricing.engine.context import BasketLine, Context
from concord.pricing.engine.receipt import Leg, Receipt, ReceiptPart, Step, StepCode
from concord.pricing.engine.rounding import EXACT, Rounding
from concord.pricing.engine.rulebook import RuleBook

CUSTOMER_STEPS = (
    StepCode.LIST_PRICE,
    StepCode.QUANTITY_BREAK,
    StepCode.PROMOTION,
    StepCode.SPECIAL_PRICE,
    StepCode.COMMITMENT,
    StepCode.ROUND,
)
PARTNER_STEPS = (
    StepCode.CUSTOMER_PRICE,
    StepCode.TIER_DISCOUNT,
    StepCode.REGISTRATION_BENEFIT,
    StepCode.PROGRAMME_BONUS,
    StepCode.FLOOR,
    StepCode.ROUND,
)


class ReceiptMismatch(Exception):
    """The replay came to something else: ``path`` says where, with what the receipt says and what was computed."""

    def __init__(self, path: str, recorded: str, computed: str) -> None:
        super().__init__(f"{path}: the receipt says {recorded}, the replay {computed}")
        self.path = path
        self.recorded = recorded
        self.computed = computed


def replay(receipt: Receipt, rules: RuleBook | None = None) -> Receipt:
    """Recompute a full receipt and return the recomputed one, whose bytes are the same; else ``ReceiptMismatch``.

    With rules, loaded as of the receipt's moment, the whole price is found again; the product's facts and the
    protection are taken from the receipt, being part of the question. Without rules, every step is recomputed from its
    recorded inputs, so that altered amounts show. Raises ``ValueError`` for a part, which lacks what a replay needs.
    """
    if receipt.part is not ReceiptPart.FULL:
        raise ValueError("only a full receipt can be replayed")
    computed = _recompute(receipt) if rules is None else _reprice(receipt, rules)
    if computed.to_json_bytes() != receipt.to_json_bytes():
        raise _first_difference("", receipt.document(), computed.document())
    return computed


def _reprice(receipt: Receipt, rules: RuleBook) -> Receipt:
    asked = receipt.asked
    product = asked.product
    with localcontext(EXACT):
        rest = asked.sku_quantity - asked.quantity
    quantities = [asked.quantity, rest] if rest else [asked.quantity]
    family = product.family_id
    context = Context(
        currency=asked.currency,
        moment=asked.moment,
        lines=tuple(BasketLine(quantity, product_id=product.id) for quantity in quantities),
        market=asked.market,
        partner=asked.partner,
        end_customer_id=asked.end_customer_id,
        protected_families=frozenset() if family is None or not asked.protected else frozenset({family}),
    )
    answer = price_basket(context, replace(rules, products=(product,)))[0]
    if answer.receipt is None:
        raise ReceiptMismatch("", "a price", f"the error {answer.error and answer.error.code}")
    return answer.receipt


def _recompute(receipt: Receipt) -> Receipt:
    asked = receipt.asked
    rounding = Rounding.of(asked.currency)
    if rounding is None:
        raise ReceiptMismatch("asked.currency", asked.currency, "an unknown currency")
    if asked.sku_quantity < max(asked.quantity, receipt.quantity_from) or (
        receipt.quantity_to is not None and asked.sku_quantity >= receipt.quantity_to
    ):
        recorded = f"{receipt.quantity_from} to {receipt.quantity_to}"
        raise ReceiptMismatch("quantity_break", recorded, f"{asked.quantity} of {asked.sku_quantity}")
    with localcontext(EXACT):
        customer = _recompute_leg("customer", receipt.customer, CUSTOMER_STEPS, asked.quantity, rounding)
        partner = None
        needs_approval = None
        if receipt.partner is not None:
            start = receipt.partner.steps[0] if receipt.partner.steps else None
            if start is None or start.code is not StepCode.CUSTOMER_PRICE or start.after != customer.unit_price:
                found = "nothing" if start is None else str(start.after)
                raise ReceiptMismatch("partner.steps[0].after", found, str(customer.unit_price))
            partner = _recompute_leg("partner", receipt.partner, PARTNER_STEPS, asked.quantity, rounding)
            needs_approval = any(
                partner.unit_price < floor_of(step.inputs) for step in partner.steps if step.code is StepCode.FLOOR
            )
    return receipt._replace(customer=customer, partner=partner, needs_approval=needs_approval)


def _recompute_leg(
    name: str, leg: Leg, order: tuple[StepCode, ...], quantity: int | Decimal, rounding: Rounding
) -> Leg:
    """Run the steps again, each on what the one before it came to; they must be of this leg and in its order."""
    amount: Decimal | None = None
    steps: list[Step] = []
    allowed = order
    for position, step in enumerate(leg.steps):
        path = f"{name}.steps[{position}]"
        if step.code not in allowed:
            raise ReceiptMismatch(f"{path}.code", step.code, f"one of {', '.join(allowed)}")
        allowed = allowed[allowed.index(step.code) + 1 :]
        inputs = rounding.inputs if step.code is StepCode.ROUND else step.inputs
        try:
            after = after_step(step.code, inputs, amount, rounding)
        except (KeyError, ValueError, InvalidOperation) as error:
            raise ReceiptMismatch(f"{path}.inputs", str(dict(step.inputs)), "no amount") from error
        steps.append(step._replace(inputs=inputs, before=amount, after=after))
        amount = after
    if amount is None or leg.steps[-1].code is not StepCode.ROUND:
        raise ReceiptMismatch(f"{name}.steps", "no rounding at the end", StepCode.ROUND)
    return Leg(tuple(steps), amount, rounding.total(amount, quantity))


def _first_difference(path: str, recorded: Any, computed: Any) -> ReceiptMismatch:
    """Where two documents that differ first differ, in the order of their canonical form."""
    if isinstance(recorded, dict) and isinstance(computed, dict):
        for key in sorted(recorded.keys() | computed.keys()):
            if recorded.get(key) != computed.get(key):
                below = f"{path}.{key}" if path else key
                return _first_difference(below, recorded.get(key), computed.get(key))
    if isinstance(recorded, list) and isinstance(computed, list):
        for position, (one, two) in enumerate(zip(recorded, computed, strict=False)):
            if one != two:
                return _first_difference(f"{path}[{position}]", one, two)
    return ReceiptMismatch(path, str(recorded), str(computed))
