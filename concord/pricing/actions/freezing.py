"""Freezing the lines of a quote that is issued: amounts and receipts of all of them in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields

from django.db import connection

from concord.pricing.engine import LineResult
from concord.pricing.models import QuoteLine
from concord.pricing.queries.quote_pricing import LineAmounts, amounts_of

_NAMES = tuple(field.name for field in fields(LineAmounts))

# Joined to rows of values, not chosen by a case per line: that grows with the square of the lines.
_FREEZE = """
UPDATE pricing_quoteline AS line
SET price_kind = f.price_kind, customer_unit_price = f.customer_unit_price, customer_amount = f.customer_amount,
    partner_unit_net = f.partner_unit_net, partner_amount = f.partner_amount, receipt = f.receipt
FROM unnest(%(ids)s::bigint[], %(price_kind)s::text[], %(customer_unit_price)s::numeric[],
            %(customer_amount)s::numeric[], %(partner_unit_net)s::numeric[], %(partner_amount)s::numeric[],
            %(receipt)s::text[])
     AS f(id, price_kind, customer_unit_price, customer_amount, partner_unit_net, partner_amount, receipt)
WHERE line.id = f.id
"""


def freeze_lines(lines: Sequence[QuoteLine], results: Sequence[LineResult]) -> None:
    """Give the lines the amounts and receipts of their results, here and in the database."""
    columns: dict[str, list[object]] = {name: [] for name in _NAMES}
    for line, result in zip(lines, results, strict=True):
        for name, value in asdict(amounts_of(result)).items():
            setattr(line, name, value)
            columns[name].append(value)
    with connection.cursor() as cursor:
        cursor.execute(_FREEZE, {"ids": [line.pk for line in lines], **columns})
