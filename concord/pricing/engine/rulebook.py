"""The rows that prices are made of, as plain values; whoever loads them does so in a constant number of queries.

Common to all rows: periods are half-open ``[valid_from, valid_until)``, ``None`` is unbounded; quantity ranges are
half-open ``[quantity_from, quantity_to)``, ``None`` is unbounded; a scope left ``None`` (or a market or currency left
empty) means *any*; a larger ``priority`` wins; ``percent`` is between 0 and 100. The engine filters by moment, market,
currency, customer, tier and family itself, so a book may hold more than the question needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol


class PriceKind(StrEnum):
    """What the price on a document is; partner net is never one of them."""

    CUSTOMER = "customer"
    """The vendor stands behind it for that end customer, through every partner."""
    RECOMMENDED = "recommended"
    """A label only: the distributor is free to resell at another price."""


class RuleKind(StrEnum):
    """Kinds of rules that may appear in a receipt."""

    LIST_PRICE = "list_price"
    PROMOTION = "promotion"
    SPECIAL_PRICE = "special_price"
    COMMITMENT = "commitment"
    TIER_DISCOUNT = "tier_discount"
    REGISTRATION_BENEFIT = "registration_benefit"
    PROGRAMME_BONUS = "programme_bonus"
    FLOOR = "floor"


class RuleRef(NamedTuple):
    """Names one rule: in receipts and in the refusal of a tie. ``id`` is None where the reader may not know it."""

    kind: RuleKind
    id: int | None
    version: int
    code: str = ""


SOLD_STATUSES = frozenset({"active", "last_buy"})
"""Lifecycle states in which a product may be priced; announced and ended ones may not."""


class Product(NamedTuple):
    """``unit_decimals`` is how many decimals a quantity of its unit may have: 0 for pieces, 2 for metres."""

    id: int
    sku: str
    family_id: int | None = None
    status: str = "active"
    minimum_order_quantity: int = 1
    order_multiple: int = 1
    unit_decimals: int = 0


class ListPrice(NamedTuple):
    """One break of one product in one version of a price list. A tuple: a basket has ten of them a line."""

    id: int
    product_id: int
    min_quantity: int
    amount: Decimal
    currency: str
    list_code: str
    version: int = 1
    market: str = ""
    priority: int = 0
    price_kind: PriceKind = PriceKind.CUSTOMER
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    @property
    def ref(self) -> RuleRef:
        return RuleRef(RuleKind.LIST_PRICE, self.id, self.version, self.list_code)


@dataclass(frozen=True, slots=True)
class Promotion:
    """Takes ``percent`` off, or sets ``unit_price`` (then in ``currency``) where that is lower; one of the two.

    With ``list_code`` it holds for prices of that list only.
    """

    id: int
    version: int = 1
    code: str = ""
    list_code: str = ""
    product_id: int | None = None
    family_id: int | None = None
    percent: Decimal | None = None
    unit_price: Decimal | None = None
    currency: str = ""
    market: str = ""
    quantity_from: int = 1
    quantity_to: int | None = None
    priority: int = 0
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    @property
    def ref(self) -> RuleRef:
        return RuleRef(RuleKind.PROMOTION, self.id, self.version, self.code)


@dataclass(frozen=True, slots=True)
class SpecialPrice:
    """Granted to one end customer, held through every partner; where use is capped, its range ends at what is left."""

    id: int
    end_customer_id: int
    product_id: int
    unit_price: Decimal
    currency: str
    version: int = 1
    code: str = ""
    quantity_from: int = 1
    quantity_to: int | None = None
    priority: int = 0
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    @property
    def ref(self) -> RuleRef:
        return RuleRef(RuleKind.SPECIAL_PRICE, self.id, self.version, self.code)


@dataclass(frozen=True, slots=True)
class Commitment:
    """A live promise of another or an earlier quote to this end customer. Load only those the reader may know of."""

    id: int
    end_customer_id: int
    product_id: int
    quantity_from: int
    quantity_to: int | None
    unit_price: Decimal
    currency: str
    version: int = 1
    price_kind: PriceKind = PriceKind.CUSTOMER
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    @property
    def priority(self) -> int:
        return 0

    @property
    def ref(self) -> RuleRef:
        return RuleRef(RuleKind.COMMITMENT, self.id, self.version)


@dataclass(frozen=True, slots=True)
class TierDiscount:
    id: int
    tier: str
    percent: Decimal
    family_id: int | None = None
    version: int = 1
    code: str = ""
    priority: int = 0
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    @property
    def ref(self) -> RuleRef:
        return RuleRef(RuleKind.TIER_DISCOUNT, self.id, self.version, self.code)


@dataclass(frozen=True, slots=True)
class RegistrationBenefit:
    """Granted for an approved deal; counts only while the partner's protection of the family is live."""

    id: int
    percent: Decimal
    family_id: int | None = None
    tier: str | None = None
    version: int = 1
    code: str = ""
    priority: int = 0
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    @property
    def ref(self) -> RuleRef:
        return RuleRef(RuleKind.REGISTRATION_BENEFIT, self.id, self.version, self.code)


@dataclass(frozen=True, slots=True)
class ProgrammeBonus:
    id: int
    percent: Decimal
    family_id: int | None = None
    tier: str | None = None
    partner_id: int | None = None
    version: int = 1
    code: str = ""
    priority: int = 0
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    @property
    def ref(self) -> RuleRef:
        return RuleRef(RuleKind.PROGRAMME_BONUS, self.id, self.version, self.code)


@dataclass(frozen=True, slots=True)
class Floor:
    """A partner net below it needs approval: an ``amount`` in ``currency``, or a ``percent`` of the customer price."""

    id: int
    amount: Decimal | None = None
    percent: Decimal | None = None
    currency: str = ""
    product_id: int | None = None
    family_id: int | None = None
    version: int = 1
    code: str = ""
    priority: int = 0
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    @property
    def ref(self) -> RuleRef:
        return RuleRef(RuleKind.FLOOR, self.id, self.version, self.code)


class Rule(Protocol):
    """What all rules have in common."""

    @property
    def id(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def priority(self) -> int: ...
    @property
    def valid_from(self) -> datetime | None: ...
    @property
    def valid_until(self) -> datetime | None: ...
    @property
    def ref(self) -> RuleRef: ...


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rows that a basket may need. Their order means nothing."""

    products: tuple[Product, ...] = ()
    list_prices: tuple[ListPrice, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    special_prices: tuple[SpecialPrice, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    tier_discounts: tuple[TierDiscount, ...] = ()
    registration_benefits: tuple[RegistrationBenefit, ...] = ()
    programme_bonuses: tuple[ProgrammeBonus, ...] = ()
    floors: tuple[Floor, ...] = ()

    def rules(self) -> Iterator[Rule]:
        """Every rule of every kind; products are not rules."""
        yield from self.list_prices
        yield from self.promotions
        yield from self.special_prices
        yield from self.commitments
        yield from self.tier_discounts
        yield from self.registration_benefits
        yield from self.programme_bonuses
        yield from self.floors


def in_force(rule: Rule, moment: datetime) -> bool:
    """Whether the rule's half-open period holds the moment."""
    return (rule.valid_from is None or rule.valid_from <= moment) and (
        rule.valid_until is None or moment < rule.valid_until
    )
