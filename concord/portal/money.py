"""Money: ``Decimal`` with a currency, rounded half up, here and nowhere else.

Totals are rounded to the currency's exponent (ISO 4217: JPY 0, EUR 2, KWD 3); unit prices keep two decimals more,
since small parts cost fractions of a cent. Libraries' own rounding (half even) is not used.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.core import get_global
from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language
from moneyed import Money

__all__ = [
    "Money",
    "exponent",
    "format_money",
    "is_currency",
    "plain",
    "plain_text",
    "round_amount",
    "round_unit_price",
]

UNIT_PRICE_EXTRA_DECIMALS = 2


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """Decimals of a currency's amounts, by Unicode CLDR."""
    return get_currency_precision(currency)


@lru_cache(maxsize=1)
def _known_currencies() -> frozenset[str]:
    return frozenset(get_global("all_currencies"))


def is_currency(code: str) -> bool:
    """Whether the code is an ISO 4217 currency that CLDR knows."""
    return code in _known_currencies()


@lru_cache(maxsize=256)
def _quantum(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def round_amount(amount: Decimal, currency: str) -> Decimal:
    """An amount rounded half up to the currency's exponent."""
    return amount.quantize(_quantum(exponent(currency)), rounding=ROUND_HALF_UP)


def round_unit_price(amount: Decimal, currency: str) -> Decimal:
    """A unit price rounded half up to two decimals more than the currency's exponent."""
    return amount.quantize(_quantum(exponent(currency) + UNIT_PRICE_EXTRA_DECIMALS), rounding=ROUND_HALF_UP)


def plain(amount: Decimal, currency: str, *, unit_price: bool = False) -> Decimal:
    """The amount without needless zeros beyond the currency's exponent: 3.0000 EUR → 3.00, 0.0003 stays."""
    least = exponent(currency)
    shortest = amount.normalize()
    decimals = -int(shortest.as_tuple().exponent)
    most = least + UNIT_PRICE_EXTRA_DECIMALS if unit_price else least
    return amount.quantize(_quantum(min(max(decimals, least), max(most, least))), rounding=ROUND_HALF_UP)


def plain_text(amount: Decimal, currency: str, *, unit_price: bool = False) -> str:
    """``plain`` as text, without exponent. What needs no rounding is only cut: an answer may hold thousands of them."""
    least = exponent(currency)
    text = str(amount)
    whole, _point, decimals = text.partition(".")
    if "E" in text or len(decimals) > least + UNIT_PRICE_EXTRA_DECIMALS * unit_price:
        return format(plain(amount, currency, unit_price=unit_price), "f")
    decimals = decimals.rstrip("0").ljust(least, "0")
    return f"{whole}.{decimals}" if decimals else whole


def format_money(amount: Decimal, currency: str, *, unit_price: bool = False, language: str | None = None) -> str:
    """An amount for people, by locale: ``€1,234.50``, ``1.234,50 €``. Unit prices show the decimals they have."""
    shown = plain(amount, currency, unit_price=unit_price)
    decimals = -int(shown.as_tuple().exponent)
    locale = "zh_Hans_CN" if (language or get_language() or "en").startswith("zh") else "en"
    pattern = "¤#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_currency(shown, currency, format=pattern, locale=locale, currency_digits=False))
