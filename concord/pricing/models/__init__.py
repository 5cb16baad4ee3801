"""The tables of catalogue, prices, quotes and stock."""

from concord.pricing.models.catalogue import Product, ProductDocument, ProductSubstitute, SearchWord
from concord.pricing.models.late_stamp import LateStamp
from concord.pricing.models.price_exceptions import PriceException
from concord.pricing.models.price_list import Price, PriceList, PriceListVersion
from concord.pricing.models.quote import (
    PriceCommitment,
    Quote,
    QuoteLine,
    QuoteNumber,
)
from concord.pricing.models.quote_check import MAX_ATTEMPTS, MailProof, QuoteCheck
from concord.pricing.models.rules import (
    PriceFloor,
    ProgrammeBonus,
    Promotion,
    RegistrationBenefit,
    RegistrationDiscount,
    SpecialPrice,
    TierDiscount,
)
from concord.pricing.models.special_prices import ApprovalLevel, SpecialPriceStep, SpecialPriceUse
from concord.pricing.models.stock import (
    IncomingStock,
    StockLevel,
    StockReservation,
    StockSettings,
    UnmetDemand,
    Warehouse,
)
from concord.pricing.models.wanted_prices import WantedPrice

__all__ = [
    "MAX_ATTEMPTS",
    "ApprovalLevel",
    "IncomingStock",
    "LateStamp",
    "MailProof",
    "Price",
    "PriceCommitment",
    "PriceException",
    "PriceFloor",
    "PriceList",
    "PriceListVersion",
    "Product",
    "ProductDocument",
    "ProductSubstitute",
    "ProgrammeBonus",
    "Promotion",
    "Quote",
    "QuoteCheck",
    "QuoteLine",
    "QuoteNumber",
    "RegistrationBenefit",
    "RegistrationDiscount",
    "SearchWord",
    "SpecialPrice",
    "SpecialPriceStep",
    "SpecialPriceUse",
    "StockLevel",
    "StockReservation",
    "StockSettings",
    "TierDiscount",
    "UnmetDemand",
    "WantedPrice",
    "Warehouse",
]
