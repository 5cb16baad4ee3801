"""Whether every live quote still follows from the rows that it was priced from: each receipt is replayed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.db.models import Prefetch

from concord.partners.models import Tier
from concord.portal.invariants import Violation
from concord.pricing.engine import AmbiguousRules, Receipt, ReceiptMismatch, ReceiptUnreadable, RuleBook, replay
from concord.pricing.engine.rulebook import RuleKind
from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Product, Quote, QuoteLine
from concord.pricing.queries.rulebook import PartnerFacts, load_rulebook

RULE = "drift"
BATCH = 200


def live_line_count(*, now: datetime) -> int:
    """How many lines the live quotes have."""
    return QuoteLine.objects.filter(quote__status=QuoteStatus.ISSUED, quote__expires_at__gt=now).count()


def drifted_lines(*, now: datetime) -> Iterator[Violation]:
    """What of the live quotes no longer follows from its rules; at most four statements a quote, none a line.

    A line has drifted when its receipt cannot be replayed to the same bytes with the rules as of its moment, or when
    its amounts are not those of the receipt.
    """
    tiers = dict(Tier.objects.values_list("code", "pk"))
    lines = QuoteLine.objects.order_by("position")
    quotes = (
        Quote.objects.unscoped("every live quote is checked")
        .filter(status=QuoteStatus.ISSUED, expires_at__gt=now, issued_at__lte=now)
        .prefetch_related(Prefetch("lines", queryset=lines))
        .order_by("pk")
    )
    for quote in quotes.iterator(chunk_size=BATCH):
        yield from _of_quote(quote, tiers)


def _of_quote(quote: Quote, tiers: dict[str, int]) -> Iterator[Violation]:
    lines = list(quote.lines.all())
    read: list[tuple[QuoteLine, Receipt]] = []
    for line in lines:
        try:
            read.append((line, Receipt.from_json(line.receipt)))
        except ReceiptUnreadable:
            yield _found(quote, line, "receipt unreadable")
    books: dict[tuple[object, ...], RuleBook] = {}
    for line, receipt in read:
        asked = receipt.asked
        question = (asked.moment, asked.market, asked.currency, asked.partner)
        if question not in books:
            same = [one for _line, one in read if _question(one) == question]
            books[question] = _rules(quote, same, tiers)
        yield from _of_line(quote, line, receipt, books[question])


def _of_line(quote: Quote, line: QuoteLine, receipt: Receipt, book: RuleBook) -> Iterator[Violation]:
    net = receipt.partner
    amounts = (receipt.customer.unit_price, receipt.customer.total, net and net.unit_price, net and net.total)
    stored = (line.customer_unit_price, line.customer_amount, line.partner_unit_net, line.partner_amount)
    if amounts != stored or receipt.asked.product.id != line.product_id or receipt.asked.quantity != line.quantity:
        yield _found(quote, line, "amounts differ from the receipt")
    try:
        replay(receipt, _as_known(receipt, book))
    except ReceiptMismatch as mismatch:
        yield _found(quote, line, f"replay differs at {mismatch.path or 'the whole'}")
    except AmbiguousRules:
        yield _found(quote, line, "rules tie")


def _found(quote: Quote, line: QuoteLine, what: str) -> Violation:
    return Violation(RULE, f"quote {quote.uuid} line {line.position}", what)


def _question(receipt: Receipt) -> tuple[object, ...]:
    asked = receipt.asked
    return (asked.moment, asked.market, asked.currency, asked.partner)


def _rules(quote: Quote, receipts: list[Receipt], tiers: dict[str, int]) -> RuleBook:
    """Every rule as of the moment of these receipts, with the products and the tier as they were then."""
    asked = receipts[0].asked
    partner = asked.partner
    facts = PartnerFacts(partner.id, tiers.get(partner.tier, 0), partner.tier, asked.market) if partner else None
    products = {one.asked.product.id: one.asked.product for one in receipts}
    return load_rulebook(
        products=[Product(pk=one.id, sku=one.sku, family_id=one.family_id or 0) for one in products.values()],
        partner=facts,
        end_customer_id=quote.end_customer_id,
        currency=asked.currency,
        moment=asked.moment,
        sees_promises=True,
    ).rules


def _as_known(receipt: Receipt, book: RuleBook) -> RuleBook:
    """The rules as far as whoever asked knew them. A customer that was merged since is the one that was asked for."""
    used = {(step.rule.kind, step.rule.id) for step in receipt.customer.steps if step.rule is not None}
    customer = receipt.asked.end_customer_id or 0
    return replace(
        book,
        special_prices=tuple(
            replace(one, end_customer_id=customer)
            for one in book.special_prices
            if (RuleKind.SPECIAL_PRICE, one.id) in used
        ),
        commitments=tuple(
            replace(one, end_customer_id=customer) for one in book.commitments if (RuleKind.COMMITMENT, one.id) in used
        ),
    )
