"""Freezing a quote that is issued: its own columns, and amounts and receipts of all lines, in one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import connection

from concord.pricing.engine import LineResult
from concord.pricing.enums import QuoteStatus, SpecialPriceStatus
from concord.pricing.models import Quote, QuoteLine
from concord.pricing.queries.quote_pricing import LineAmounts, amounts_of

_NAMES = tuple(field.name for field in fields(LineAmounts))
_AMOUNTS = tuple(name for name in _NAMES if name != "receipt")

# Only the draft that was priced is issued: compare and swap, one row or none, and no line without it.
# Lines are joined to rows of values, not chosen by a case per line: that grows with the square of the lines.
_FREEZE = """
WITH issued AS (
    UPDATE pricing_quote
    SET customer_total = %(customer_total)s, partner_total = %(partner_total)s, terms = %(terms)s, status = %(issued)s,
        issued_at = %(at)s, check_code = %(check_code)s, data_hash = %(data_hash)s, valid_until = %(valid_until)s,
        expires_at = %(expires_at)s, updated_at = %(at)s
    WHERE id = %(quote)s AND status = %(draft)s AND updated_at = %(seen)s
    RETURNING id, partner_id, end_customer_id
), frozen AS (
UPDATE pricing_quoteline AS line
SET price_kind = f.price_kind, customer_unit_price = f.customer_unit_price, customer_amount = f.customer_amount,
    partner_unit_net = f.partner_unit_net, partner_amount = f.partner_amount, receipt = f.receipt
FROM issued, ROWS FROM (
         unnest(%(ids)s::bigint[], %(price_kind)s::text[], %(customer_unit_price)s::numeric[],
                %(customer_amount)s::numeric[], %(partner_unit_net)s::numeric[], %(partner_amount)s::numeric[]),
         -- As one document: in an array each quotation mark of a receipt would be escaped on its own.
         json_array_elements_text(%(receipts)s::json)
     ) AS f(id, price_kind, customer_unit_price, customer_amount, partner_unit_net, partner_amount, receipt)
WHERE line.id = f.id AND line.quote_id = issued.id
)
SELECT EXISTS (SELECT FROM partners_customerrelation r
               WHERE r.partner_id = issued.partner_id AND r.end_customer_id = issued.end_customer_id),
       EXISTS (SELECT FROM pricing_specialprice s
               WHERE s.end_customer_id = issued.end_customer_id AND s.status = %(approved)s
                 AND s.quantity_cap IS NOT NULL AND s.period @> %(at)s)
FROM issued
"""


@dataclass(frozen=True, slots=True)
class Frozen:
    """What stands there under the end customer's lock, and decides what is left to be written."""

    #: whether partner and customer stand in relation already
    is_related: bool
    #: whether the customer has special prices that are granted for so many
    has_capped_prices: bool


def keep_amounts(lines: Sequence[QuoteLine], results: Sequence[LineResult]) -> None:
    """Give the lines the amounts and receipts of their results, not saved."""
    for line, result in zip(lines, results, strict=True):
        amounts = amounts_of(result)
        for name in _NAMES:
            setattr(line, name, getattr(amounts, name))


def freeze(quote: Quote, lines: Sequence[QuoteLine], *, seen: datetime, at: datetime) -> Frozen | None:
    """Issue exactly the draft that was last changed at ``seen``, with the totals, terms and hash that it has here.

    ``None`` when it is no longer that draft. Called under the end customer's lock.
    """
    values = {
        name: getattr(quote, name)
        for name in (
            "customer_total",
            "partner_total",
            "terms",
            "check_code",
            "data_hash",
            "valid_until",
            "expires_at",
        )
    }
    columns: dict[str, Any] = {name: [getattr(line, name) for line in lines] for name in _AMOUNTS}
    columns["receipts"] = json.dumps([line.receipt for line in lines], ensure_ascii=False)
    swap: dict[str, Any] = {"quote": quote.pk, "draft": QuoteStatus.DRAFT, "issued": QuoteStatus.ISSUED}
    known: dict[str, Any] = {"seen": seen, "at": at, "approved": SpecialPriceStatus.APPROVED}
    with connection.cursor() as cursor:
        cursor.execute(_FREEZE, {**values, **columns, **swap, **known, "ids": [line.pk for line in lines]})
        row = cursor.fetchone()
    if row is None:
        return None
    quote.status, quote.updated_at = QuoteStatus.ISSUED, at
    return Frozen(*row)
