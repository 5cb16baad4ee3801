"""Money as the API writes it: ``{"amount": "1234.50", "currency": "EUR"}``, never a float."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from concord.portal.money import plain


class MoneySerializer(serializers.Serializer[Any]):
    """An amount in a currency."""

    amount = serializers.CharField()
    currency = serializers.CharField()


def money(amount: Decimal | None, currency: str, *, unit_price: bool = False) -> dict[str, str] | None:
    """The amount without needless zeros beyond the currency's own decimals; ``None`` stays ``None``."""
    if amount is None:
        return None
    return {"amount": format(plain(amount, currency, unit_price=unit_price), "f"), "currency": currency}
