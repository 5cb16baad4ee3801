"""The price engine: pure arithmetic on rows, without database, clock, HTTP or floating-point numbers.

``price_basket`` answers a ``Context`` from a ``RuleBook``; every answer carries a ``Receipt`` that ``replay`` checks.
"""

from concord.pricing.engine.basket import price_basket
from concord.pricing.engine.context import MAX_QUANTITY, BasketLine, Context, Partner
from concord.pricing.engine.receipt import (
    SCHEMA,
    Asked,
    Leg,
    Receipt,
    ReceiptPart,
    ReceiptUnreadable,
    Step,
    StepCode,
    canonical_bytes,
    customer_part,
    partner_part,
)
from concord.pricing.engine.replay import ReceiptMismatch, replay
from concord.pricing.engine.results import (
    BasketTotals,
    ErrorCode,
    LineError,
    LineResult,
    NextBreak,
    QuantityBreak,
    basket_totals,
)
from concord.pricing.engine.rulebook import (
    SOLD_STATUSES,
    Commitment,
    Floor,
    ListPrice,
    PriceKind,
    Product,
    ProgrammeBonus,
    Promotion,
    RegistrationBenefit,
    RuleBook,
    RuleKind,
    RuleRef,
    SpecialPrice,
    TierDiscount,
)
from concord.pricing.engine.ties import AmbiguousRules, Tie, find_ties
from concord.pricing.engine.waterfall import Bar, LegCode, waterfall

__all__ = [
    "MAX_QUANTITY",
    "SCHEMA",
    "SOLD_STATUSES",
    "AmbiguousRules",
    "Asked",
    "Bar",
    "BasketLine",
    "BasketTotals",
    "Commitment",
    "Context",
    "ErrorCode",
    "Floor",
    "Leg",
    "LegCode",
    "LineError",
    "LineResult",
    "ListPrice",
    "NextBreak",
    "Partner",
    "PriceKind",
    "Product",
    "ProgrammeBonus",
    "Promotion",
    "QuantityBreak",
    "Receipt",
    "ReceiptMismatch",
    "ReceiptPart",
    "ReceiptUnreadable",
    "RegistrationBenefit",
    "RuleBook",
    "RuleKind",
    "RuleRef",
    "SpecialPrice",
    "Step",
    "StepCode",
    "Tie",
    "TierDiscount",
    "basket_totals",
    "canonical_bytes",
    "customer_part",
    "find_ties",
    "partner_part",
    "price_basket",
    "replay",
    "waterfall",
]
