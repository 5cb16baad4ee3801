"""A receipt as a waterfall: where a leg starts, what each step adds or takes, where it ends."""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from concord.pricing.engine.receipt import Leg, Receipt


class LegCode(StrEnum):
    CUSTOMER = "customer"
    PARTNER = "partner"


class Bar(NamedTuple):
    """One bar: ``delta`` is signed, ``start`` and ``end`` are where it floats; an opening or closing bar starts at 0.

    ``label`` is the code of the step, or that of the closing bar; ``labels.label_of`` names both.
    """

    label: str
    delta: Decimal
    start: Decimal
    end: Decimal
    is_total: bool


CLOSING = {LegCode.CUSTOMER: "customer_unit_price", LegCode.PARTNER: "partner_unit_net"}


def waterfall(receipt: Receipt, leg: LegCode | str) -> tuple[Bar, ...]:
    """The bars of one leg, for one unit: the opening amount, each step that changed it, the closing unit price.

    The deltas between opening and closing add up exactly. Raises ``ValueError`` when the receipt has no such leg, as
    the customer's part has no partner leg.
    """
    code = LegCode(leg)
    steps_of = receipt.customer if code is LegCode.CUSTOMER else receipt.partner
    if steps_of is None:
        raise ValueError(f"the receipt has no {code} leg")
    return tuple(_bars(steps_of, CLOSING[code]))


def _bars(leg: Leg, closing: str) -> list[Bar]:
    zero = Decimal(0)
    bars: list[Bar] = []
    for step in leg.steps:
        if step.before is None:
            bars.append(Bar(step.code, step.after, zero, step.after, is_total=True))
        elif step.after != step.before:
            bars.append(Bar(step.code, step.after - step.before, step.before, step.after, is_total=False))
    bars.append(Bar(closing, leg.unit_price, zero, leg.unit_price, is_total=True))
    return bars
