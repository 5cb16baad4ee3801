"""The question put to the engine: who asks, for whom, when, in which currency, and for what."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

MAX_QUANTITY = 10**9
"""No line, and no sum of the lines of one SKU, may ask for more; fits the ``int4range`` of a commitment."""


@dataclass(frozen=True, slots=True)
class Partner:
    """The partner that buys: its own net is computed from its tier."""

    id: int
    tier: str


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line as it was asked for: a SKU exactly as in the catalogue, or a product id, and how many of it.

    ``quantity`` is a whole number or a ``Decimal`` in the product's unit. Nothing about it is assumed: zero, negative,
    huge or not a number are answered with an error on the line.
    """

    quantity: int | Decimal
    sku: str = ""
    product_id: int | None = None

    def __post_init__(self) -> None:
        asked: object = self.quantity
        if isinstance(asked, bool) or not isinstance(asked, int | Decimal):
            raise TypeError("a quantity is an int or a Decimal, never a float")
        if self.sku and self.product_id is not None:
            raise ValueError("a line names its product by SKU or by id, not by both")


@dataclass(frozen=True, slots=True)
class Context:
    """Everything about the question that is not a rule.

    ``moment`` must know its time zone and is kept in UTC. ``protected_families`` are the product families for which
    the partner holds a live protection at this end customer at this moment.
    """

    currency: str
    moment: datetime
    lines: tuple[BasketLine, ...]
    market: str = ""
    partner: Partner | None = None
    end_customer_id: int | None = None
    protected_families: frozenset[int] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if self.moment.tzinfo is None:
            raise ValueError("the moment of a price needs a time zone")
        object.__setattr__(self, "moment", self.moment.astimezone(UTC))
