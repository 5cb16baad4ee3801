"""Two quotes side by side: which one binds, until when, and why they differ, line by line. Never a partner's net.

What is said without proof of mail is what both documents show on their front, and kinds of reasons, never amounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from concord.portal.periods import local_date
from concord.pricing.engine import Receipt, ReceiptPart
from concord.pricing.engine.receipt import Leg, StepCode
from concord.pricing.enums import Difference
from concord.pricing.models import Quote, QuoteLine
from concord.pricing.queries.quote_checks import CheckAnswer, answer_for, checked_quote, which_binds

#: steps of the customer's leg that a price may owe itself to
_STEPS = {
    StepCode.SPECIAL_PRICE: Difference.SPECIAL_PRICE,
    StepCode.PROMOTION: Difference.PROMOTION,
    StepCode.COMMITMENT: Difference.PROMISE,
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A product of one quote as its document shows it; several lines of one product are added up."""

    sku: str
    name: str
    unit: str
    quantity: int
    unit_price: Decimal
    amount: Decimal
    price_kind: str


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A product in two quotes, either side ``None`` where it is not offered, and why the two differ."""

    sku: str
    name: str
    first: ShownLine | None
    second: ShownLine | None
    reasons: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict on two quotes. ``binding`` is set when exactly one binds; ``until`` is its last day."""

    first: CheckAnswer
    second: CheckAnswer
    first_currency: str
    second_currency: str
    binding: CheckAnswer | None
    until: date | None
    both_bind: bool
    is_same: bool
    reasons: tuple[Difference, ...]
    lines: tuple[ComparedLine, ...]


def shown_lines(quote: Quote) -> list[ShownLine]:
    """The products of a quote as its document shows them, in its order."""
    return [shown for shown, _ in _by_product(quote).values()]


def compare_quotes(first: Quote, second: Quote, *, now: datetime) -> Comparison:
    """Both answers, which binds, and why they differ. ``lines`` are for those alone who proved the mail of both."""
    answers = (answer_for(first, now=now), answer_for(second, now=now))
    binding = which_binds(answers)
    lines = _compared(first, second)
    is_same = first.pk == second.pk
    return Comparison(
        first=answers[0],
        second=answers[1],
        first_currency=first.currency,
        second_currency=second.currency,
        binding=None if is_same else binding,
        until=binding.valid_until if binding else None,
        both_bind=all(answer.binds for answer in answers) and not is_same,
        is_same=is_same,
        reasons=() if is_same else _general(first, second, lines),
        lines=lines,
    )


def compare_codes(code: str, other: str, *, now: datetime) -> Comparison | None:
    """Two codes as somebody typed them; ``None`` unless both are ours."""
    first, second = checked_quote(code), checked_quote(other)
    return compare_quotes(first, second, now=now) if first and second else None


def _general(first: Quote, second: Quote, lines: Sequence[ComparedLine]) -> tuple[Difference, ...]:
    assert first.issued_at is not None
    assert second.issued_at is not None
    found = {reason for line in lines for reason in line.reasons}
    checks = {
        Difference.REVISION: (first.partner_id, first.number) == (second.partner_id, second.number),
        Difference.PARTNER: first.partner_id != second.partner_id,
        Difference.CUSTOMER: _words(first.customer_name) != _words(second.customer_name),
        Difference.CURRENCY: first.currency != second.currency,
        Difference.VALIDITY: first.valid_until != second.valid_until,
    }
    found |= {reason for reason, differs in checks.items() if differs}
    return tuple(reason for reason in Difference if reason in found)


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


_Product = tuple[ShownLine, Receipt]


def _by_product(quote: Quote) -> dict[str, _Product]:
    found: dict[str, _Product] = {}
    for line in quote.lines.all():
        known = found.get(line.sku)
        found[line.sku] = (_added(known[0] if known else None, line), _receipt(line))
    return found


def _added(known: ShownLine | None, line: QuoteLine) -> ShownLine:
    return ShownLine(
        sku=line.sku,
        name=line.name,
        unit=line.unit,
        quantity=line.quantity + (known.quantity if known else 0),
        unit_price=line.customer_unit_price,
        amount=line.customer_amount + (known.amount if known else 0),
        price_kind=str(line.price_kind),
    )


def _receipt(line: QuoteLine) -> Receipt:
    # The customer's part alone: nothing of the partner's leg can get further than this.
    return Receipt.from_json(line.receipt).part_for(ReceiptPart.CUSTOMER)


def _compared(first: Quote, second: Quote) -> tuple[ComparedLine, ...]:
    ours, theirs = _by_product(first), _by_product(second)
    compared = []
    for sku in [*ours, *(sku for sku in theirs if sku not in ours)]:
        one, two = ours.get(sku), theirs.get(sku)
        known = one or two
        assert known is not None
        compared.append(
            ComparedLine(
                sku=sku,
                name=known[0].name,
                first=one[0] if one else None,
                second=two[0] if two else None,
                reasons=_reasons((first, one), (second, two)),
            )
        )
    return tuple(compared)


def _reasons(left: tuple[Quote, _Product | None], right: tuple[Quote, _Product | None]) -> tuple[Difference, ...]:
    (first, one), (second, two) = left, right
    if one is None or two is None:
        return (Difference.PRODUCTS,)
    if first.currency != second.currency:
        return (Difference.CURRENCY,)
    (shown, receipt), (other, its_receipt) = one, two
    if shown.unit_price == other.unit_price:
        return () if shown.quantity == other.quantity else (Difference.AMOUNT,)
    found = []
    if shown.price_kind != other.price_kind:
        found.append(Difference.KIND)
    steps, its_steps = _causes(receipt.customer), _causes(its_receipt.customer)
    found += [reason for code, reason in _STEPS.items() if steps.get(code) != its_steps.get(code)]
    if receipt.quantity_from != its_receipt.quantity_from and not found:
        found.append(Difference.QUANTITY)
    if not found or _list_price(receipt.customer) != _list_price(its_receipt.customer):
        found.append(_otherwise(first, second))
    return tuple(dict.fromkeys(found))


def _otherwise(first: Quote, second: Quote) -> Difference:
    """Prices of the list moved between the two; on one day only between two revisions."""
    assert first.issued_at is not None
    assert second.issued_at is not None
    same_day = local_date(first.issued_at, first.time_zone) == local_date(second.issued_at, second.time_zone)
    same_number = (first.partner_id, first.number) == (second.partner_id, second.number)
    return Difference.REVISION if same_day and same_number else Difference.DATE


def _causes(leg: Leg) -> dict[StepCode, Decimal]:
    """The steps that moved the price, each with what it came to."""
    return {step.code: step.after for step in leg.steps if step.code in _STEPS and step.after != step.before}


def _list_price(leg: Leg) -> object:
    """The list's price at its first step: the amount that breaks and agreements start from."""
    return next((step.after for step in leg.steps if step.code is StepCode.LIST_PRICE), None)
