"""What changed between two revisions of a quote; for those who may see the quote itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from concord.pricing.enums import LineChange
from concord.pricing.models import Quote, QuoteLine


@dataclass(frozen=True, slots=True)
class RevisedLine:
    """One line in both revisions, either side None where it is not; what changed of it."""

    sku: str
    name: str
    unit: str
    former: QuoteLine | None
    latter: QuoteLine | None
    changes: tuple[LineChange, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """Two revisions of one number, the older one first. ``difference`` is None where the currencies differ."""

    former: Quote
    latter: Quote
    lines: tuple[RevisedLine, ...]
    changed: int
    validity_changed: bool
    difference: Decimal | None

    @property
    def days(self) -> tuple[date, date]:
        """Both last days."""
        return self.former.valid_until, self.latter.valid_until


def compare_revisions(former: Quote, latter: Quote) -> Revised:
    """Line by line: lines of one product are matched in their order; two statements."""
    left, right = _by_place(former), _by_place(latter)
    lines = []
    for key in [*right, *(key for key in left if key not in right)]:
        one, two = left.get(key), right.get(key)
        known = two or one
        assert known is not None
        lines.append(RevisedLine(known.sku, known.name, known.unit, one, two, _changes(one, two)))
    same = former.currency == latter.currency
    return Revised(
        former=former,
        latter=latter,
        lines=tuple(lines),
        changed=sum(1 for line in lines if line.changes),
        validity_changed=former.valid_until != latter.valid_until,
        difference=latter.customer_total - former.customer_total if same else None,
    )


def _by_place(quote: Quote) -> dict[tuple[str, int], QuoteLine]:
    """By product and how often it stood before in the quote."""
    found: dict[tuple[str, int], QuoteLine] = {}
    for line in quote.lines.order_by("position"):
        place = sum(1 for sku, _count in found if sku == line.sku)
        found[line.sku, place] = line
    return found


def _changes(former: QuoteLine | None, latter: QuoteLine | None) -> tuple[LineChange, ...]:
    if former is None:
        return (LineChange.ADDED,)
    if latter is None:
        return (LineChange.GONE,)
    changes = []
    if former.quantity != latter.quantity:
        changes.append(LineChange.QUANTITY)
    if former.customer_unit_price != latter.customer_unit_price:
        changes.append(LineChange.PRICE)
    if former.partner_unit_net != latter.partner_unit_net:
        changes.append(LineChange.NET)
    if former.price_kind != latter.price_kind:
        changes.append(LineChange.KIND)
    return tuple(changes)
