"""The feeds of catalogue, prices and stock."""

from concord.pricing.importers.prices import PRICES
from concord.pricing.importers.products import PRODUCTS
from concord.pricing.importers.stock import STOCK

KINDS = (PRODUCTS, PRICES, STOCK)

__all__ = ["KINDS"]
