"""What each step does to the amount, from its recorded inputs alone; pricing and replaying share it."""

from decimal import Decimal

from concord.pricing.engine.receipt import Inputs, StepCode
from concord.pricing.engine.rounding import Rounding

HUNDREDTH = Decimal("0.01")
FIXING = frozenset({StepCode.LIST_PRICE, StepCode.QUANTITY_BREAK, StepCode.COMMITMENT, StepCode.CUSTOMER_PRICE})
"""Steps that set the amount, whatever it was before."""


def less_percent(amount: Decimal, percent: Decimal) -> Decimal:
    """The amount less a percentage of it, exactly."""
    return amount - amount * percent * HUNDREDTH


def lower_of(before: Decimal | None, unit_price: Decimal) -> Decimal:
    """A fixed price applies where it is lower, or where there is no other."""
    return unit_price if before is None or unit_price < before else before


def floor_of(inputs: Inputs) -> Decimal:
    """The floor that a floor step compared with: an amount, or a percentage of the list price."""
    if "floor" in inputs:
        return Decimal(str(inputs["floor"]))
    return Decimal(str(inputs["list_price"])) * Decimal(str(inputs["percent"])) * HUNDREDTH


def after_step(code: StepCode, inputs: Inputs, before: Decimal | None, rounding: Rounding) -> Decimal:
    """The amount after the step. Raises ``KeyError`` or ``ValueError`` where inputs do not suffice."""
    if code in FIXING:
        return Decimal(str(inputs["unit_price"]))
    if code is StepCode.SPECIAL_PRICE or (code is StepCode.PROMOTION and "unit_price" in inputs):
        return lower_of(before, Decimal(str(inputs["unit_price"])))
    if before is None:
        raise ValueError(f"the step {code} needs an amount before it")
    if code is StepCode.ROUND:
        return rounding.unit_price(before)
    if code is StepCode.FLOOR:
        return before
    return less_percent(before, Decimal(str(inputs["percent"])))
