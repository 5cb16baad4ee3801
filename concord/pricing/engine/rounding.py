"""Rounding for one currency, asked for once a basket; the rule itself, half up, stands in ``concord.portal.money``."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from concord.portal.money import is_currency, round_amount, round_unit_price

EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
"""Wide enough that discounts and totals are exact and only the rounding steps round, whatever the thread has set."""


@dataclass(frozen=True, slots=True)
class Rounding:
    """Half up to the currency's decimals for totals, to finer ones for unit prices."""

    currency: str
    inputs: Mapping[str, str | int | None]
    """How it rounds, as the receipt tells it."""

    @classmethod
    def of(cls, currency: str) -> "Rounding | None":
        """The rounding of a known currency, None for anything else."""
        if not is_currency(currency):
            return None
        unit = round_unit_price(Decimal(0), currency).as_tuple().exponent
        assert isinstance(unit, int)
        return cls(currency, {"mode": "half_up", "decimals": -unit})

    def unit_price(self, amount: Decimal) -> Decimal:
        return round_unit_price(amount, self.currency)

    def total(self, unit_price: Decimal, quantity: int | Decimal) -> Decimal:
        return round_amount(unit_price * quantity, self.currency)
