"""The partner leg: customer price → tier discount → registration benefit → programme bonus → floor check → rounding."""

from decimal import Decimal
from typing import NamedTuple

from concord.pricing.engine.arithmetic import floor_of, less_percent
from concord.pricing.engine.customer_leg import Decision
from concord.pricing.engine.lookup import PartnerDiscount
from concord.pricing.engine.receipt import Inputs, Step, StepCode, number_text
from concord.pricing.engine.rounding import Rounding
from concord.pricing.engine.rulebook import Floor


class PartnerNet(NamedTuple):
    """What the partner pays a unit, and whether that is below the floor and so needs approval."""

    steps: tuple[Step, ...]
    unit_net: Decimal
    needs_approval: bool


def partner_net(
    price: Decision, discounts: tuple[PartnerDiscount, ...], floor: Floor | None, rounding: Rounding
) -> PartnerNet:
    """Take the discounts off the rounded customer price, one after the other, each off what is left.

    The floor changes no amount. It is compared with the net as it will be rounded, since that is what is paid; a floor
    that is a percentage of the list price says nothing where there is no list price.
    """
    amount = price.unit_price
    steps = [Step(StepCode.CUSTOMER_PRICE, None, {"unit_price": number_text(amount)}, None, amount)]
    for discount in discounts:
        after = less_percent(amount, discount.percent)
        steps.append(Step(discount.code, discount.ref, discount.inputs, amount, after))
        amount = after
    rounded = rounding.unit_price(amount)
    inputs = _floor_inputs(floor, price)
    needs_approval = False
    if floor is not None and inputs is not None:
        needs_approval = rounded < floor_of(inputs)
        steps.append(Step(StepCode.FLOOR, floor.ref, inputs, amount, amount))
    steps.append(Step(StepCode.ROUND, None, rounding.inputs, amount, rounded))
    return PartnerNet(tuple(steps), rounded, needs_approval)


def _floor_inputs(floor: Floor | None, price: Decision) -> Inputs | None:
    if floor is None:
        return None
    if floor.amount is not None:
        return {"floor": number_text(floor.amount)}
    if floor.percent is None or price.list_price is None:
        return None
    return {"percent": number_text(floor.percent), "list_price": number_text(price.list_price.amount)}
