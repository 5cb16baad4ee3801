"""Money as the API writes it: ``{"amount": "1234.50", "currency": "EUR"}``, never a float."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from concord.portal.money import is_currency, plain_text

_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)


class Amount(NamedTuple):
    """Money as it came in."""

    amount: Decimal
    currency: str


class MoneySerializer(serializers.Serializer[Any]):
    """An amount in a currency."""

    amount = serializers.CharField()
    currency = serializers.CharField()


def money(amount: Decimal | None, currency: str, *, unit_price: bool = False) -> dict[str, str] | None:
    """The amount without needless zeros beyond the currency's own decimals; ``None`` stays ``None``."""
    if amount is None:
        return None
    return {"amount": plain_text(amount, currency, unit_price=unit_price), "currency": currency}


@extend_schema_field(MoneySerializer)
class MoneyField(serializers.Field[Amount, Any, Any, Any]):
    """Money as input: an object of two texts; a bare number, or a number inside, is refused."""

    default_error_messages = {
        "money": _('Write money as {"amount": "1234.50", "currency": "EUR"}, the amount as a text.'),
        "amount": _("This is not an amount: at most twelve digits before the point and six after it."),
        "currency": _("This is not a currency."),
    }

    def to_internal_value(self, data: Any) -> Amount:
        """Both members, and no others."""
        if not isinstance(data, dict) or set(data) != {"amount", "currency"}:
            self.fail("money")
        amount, currency = data["amount"], data["currency"]
        if not isinstance(amount, str) or not _AMOUNT.fullmatch(amount):
            self.fail("amount")
        if not isinstance(currency, str) or not is_currency(currency):
            self.fail("currency")
        return Amount(Decimal(amount), currency)

    def to_representation(self, value: Amount) -> dict[str, str] | None:
        """As everywhere."""
        return money(value.amount, value.currency, unit_price=True)
