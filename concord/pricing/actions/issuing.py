"""Issuing a quote, and repricing a customer: where promises are made and replaced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from concord.partners.actions.customers import relate
from concord.portal.actor import Actor
from concord.portal.events import Fact, record_all
from concord.portal.locking import lock_end_customer_at
from concord.portal.refusals import Conflict, InvalidInput
from concord.portal.work import action
from concord.pricing.actions.commitments import (
    PriceConflict,
    conflict_of,
    end_promises,
    write_promises,
)
from concord.pricing.actions.draft_checks import demand_prices
from concord.pricing.actions.ending import end_quote
from concord.pricing.actions.freezing import freeze, keep_amounts
from concord.pricing.actions.outliving import demand_prices_last
from concord.pricing.actions.price_exceptions import note_repriced, noting_refused_prices
from concord.pricing.actions.quote_facts import facts_of_quote, record_for
from concord.pricing.actions.quote_rows import inputs_of, lines_of, lines_to_price, next_revision, totals
from concord.pricing.actions.reservations import hold_for_quote
from concord.pricing.actions.shown_prices import PricesChanged, demand_shown_draft, money
from concord.pricing.actions.special_price_uses import reserve_special_prices
from concord.pricing.actions.wanted_prices import demand_few_prices
from concord.pricing.codes import new_code
from concord.pricing.engine import LineResult
from concord.pricing.enums import QUOTE_DEED_STATES, QuoteStatus
from concord.pricing.models import Quote, QuoteLine
from concord.pricing.price_tokens import ShownPrices
from concord.pricing.queries.basket import AtHand, PricedBasket
from concord.pricing.queries.commitments import live_quotes_of, related_products
from concord.pricing.queries.quote_issuing import Programme, programme_now, quote_to_issue
from concord.pricing.queries.quote_pricing import (
    QuoteLineInput,
    QuotePrices,
    price_quote,
    price_without_promises,
    promises_of,
)
from concord.pricing.queries.quotes import fingerprint, own_quote, status_now
from concord.pricing.queries.rulebook import facts_of
from concord.pricing.rules.quotes import can_quote_for, can_reprice, not_in_state


class ChangedMeanwhile(Conflict):
    """Somebody else changed the draft while it was being issued."""

    default_code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(_("This draft was changed a moment ago. Look at it again before issuing."))


@dataclass(frozen=True, slots=True)
class _Priced:
    """A quote ready to be written: its prices, computed before any lock."""

    quote: Quote
    lines: list[QuoteLine]
    basket: PricedBasket
    related: frozenset[int]


@action
@noting_refused_prices
def issue_quote(
    *,
    actor: Actor,
    quote_uuid: UUID | str,
    shorten: bool = False,
    shown: ShownPrices | None = None,
    now: datetime | None = None,
) -> Quote:
    """Freeze a draft, promise its prices, and give it its code.

    Prices the lines first, without a lock; then locks the end customer and reads the database's clock. Checks the role,
    the state, that nobody changed the draft or the prices since they were ``shown``, that every wanted price is the one
    in force, that none of them ends before the quote does (with ``shorten`` the quote then ends earlier, and says why),
    and that no live promise differs. Ends the promises of the revision it supersedes, writes one commitment per
    product and quantity break in one statement, freezes lines, receipts and terms, relates partner and customer.
    Records ``quote.issued`` (``quote.shortened``, and ``quote.superseded`` on the former revision), on the story's
    chain too. Raises ``NotThere``, ``NotAllowed``, ``WrongState``, ``InvalidInput``, ``PriceConflict``,
    ``TooManyPrices``, ``PricesChanged``, ``OutlivesPrice``, ``SpecialPriceUsedUp``, ``ChangedMeanwhile``.
    """
    wanted = quote_to_issue(actor, quote_uuid)
    quote, moment = wanted.quote, now or wanted.moment
    can_quote_for(actor=actor, partner_id=quote.partner_id).enforce()
    _demand_draft(quote, now=moment)
    priced = _price(actor, quote, moment=moment, seen=shown)
    at = lock_end_customer_at(quote.end_customer_id)
    return _write(actor, priced, wanted.programme, at=at, shorten=shorten)


@action
def reprice(*, actor: Actor, quote_uuid: UUID | str, now: datetime | None = None) -> Quote:
    """Replace the promised prices of a quote's products at its customer by the prices in force, in every live quote.

    Locks the end customer first: which quotes are concerned is known only then, so the prices are computed under the
    lock, as it cannot be avoided. Checks that the actor may (the vendor's managers; a partner with a relation where all
    live quotes are its own). Writes a new revision of each live quote concerned, which supersedes it, with new
    promises; issues the quote itself if it is a draft, without its wanted prices. Records ``quote.superseded``,
    ``quote.issued`` and ``quote.repriced`` for each. Raises ``WrongState``, ``NotAllowed``, ``InvalidInput``,
    ``Conflict``.
    """
    quote = own_quote(actor, quote_uuid)
    can_quote_for(actor=actor, partner_id=quote.partner_id).enforce()
    at = lock_end_customer_at(quote.end_customer_id)
    quote = own_quote(actor, quote_uuid)
    state = status_now(quote, now=at)
    if state not in QUOTE_DEED_STATES["reprice"]:
        raise not_in_state("reprice", state)
    products = {line.product_id for line in quote.lines.all()}
    live = live_quotes_of(end_customer_id=quote.end_customer_id, product_ids=products, moment=at)
    related = related_products(
        actor=actor,
        partner_id=quote.partner_id,
        end_customer_id=quote.end_customer_id,
        product_ids=products,
        moment=at,
    )
    can_reprice(
        actor=actor, partner_ids=[partner for _quote, partner in live], has_relation=related >= products
    ).enforce()
    is_draft = quote.status == QuoteStatus.DRAFT
    outdated = _outdated({pk for pk, _partner in live}, products, at=at)
    if not outdated and not is_draft:
        raise Conflict(_("The promised prices are the prices in force already."), code="nothing_to_reprice")
    end_promises(quote_ids=[former.pk for former, _basket in outdated], at=at)
    programme = programme_now()
    issued = [
        _renew(actor, former, basket, programme, at=at)
        for former, basket in outdated
        if not (is_draft and former.pk == quote.supersedes_id)
    ]
    if is_draft:
        inputs = [QuoteLineInput(line.sku, line.quantity) for line in quote.lines.all()]
        own = _rewritten(quote, inputs, _in_force(quote, inputs, products, at=at))
        issued.append(_write(actor, own, programme, at=at, shorten=True))
    for one in issued:
        record_for("quote.repriced", actor=actor, quote=one)
    note_repriced(actor=actor, quotes=issued, at=at)
    return next((one for one in issued if quote.pk in {one.pk, one.supersedes_id}), quote)


def _demand_draft(quote: Quote, *, now: datetime) -> None:
    state = status_now(quote, now=now)
    if state != QuoteStatus.DRAFT:
        raise not_in_state("issue", state)
    if quote.expires_at <= now:
        raise InvalidInput.at("/valid_until", "in_the_past", _("A quote is valid until today at least."))


def _price(actor: Actor, quote: Quote, *, moment: datetime, seen: ShownPrices | None) -> _Priced:
    """The lines at ``moment``, if they are what was shown and what holds for the customer."""
    lines = list(lines_to_price(quote))
    if seen is not None:
        demand_shown_draft(seen, quote, lines)
    demand_few_prices(actor, quote, lines, now=moment)
    inputs = inputs_of(lines)
    prices = price_quote(
        partner_id=quote.partner_id,
        end_customer_id=quote.end_customer_id,
        currency=quote.currency,
        moment=moment,
        lines=inputs,
        at_hand=AtHand(facts_of(quote.partner), {line.product.sku: line.product for line in lines}),
    )
    related = frozenset(line.product_id for line in lines) if actor.is_vendor else prices.related
    conflicts = _price_conflicts(actor, quote, inputs, prices, related)
    if conflicts:
        raise PriceConflict(conflicts)
    demand_prices(prices.shown.lines)
    changes = [
        {
            "sku": line.sku,
            "shown": money(line.customer_unit_price, quote.currency),
            "now": money(result.customer_unit_price, quote.currency),
        }
        for line, result in zip(lines, prices.shown.lines, strict=True)
        if result.customer_unit_price is not None
        and (line.customer_unit_price, line.partner_unit_net)
        != (result.customer_unit_price, result.partner_unit_net or line.partner_unit_net)
    ]
    if changes:
        raise PricesChanged(changes)
    return _Priced(quote, lines, prices.shown, related)


def _price_conflicts(
    actor: Actor,
    quote: Quote,
    inputs: Sequence[QuoteLineInput],
    prices: QuotePrices,
    related: Iterable[int],
) -> list[dict[str, Any]]:
    """The lines whose price is not the one that holds for this customer."""
    known = frozenset(related)
    until = {one.product_id: one.valid_until for one in prices.shown.rules.commitments}
    conflicts = []
    for asked, shown, holds in zip(inputs, prices.shown.lines, prices.in_force, strict=True):
        wanted = asked.requested_unit_price if asked.requested_unit_price is not None else shown.customer_unit_price
        if wanted is None or shown.product_id is None or wanted == holds.customer_unit_price:
            continue
        conflicts.append(
            conflict_of(
                actor=actor,
                sku=shown.sku,
                requested=wanted,
                currency=quote.currency,
                quantity_break=_break_of(shown),
                is_related=shown.product_id in known,
                time_zone=quote.time_zone,
                promised=holds.customer_unit_price,
                until=until.get(shown.product_id),
            )
        )
    return conflicts


def _break_of(line: LineResult) -> tuple[int, int | None]:
    reached = line.quantity_break
    return (reached.quantity_from, reached.quantity_to) if reached else (1, None)


def _write(actor: Actor, priced: _Priced, programme: Programme, *, at: datetime, shorten: bool) -> Quote:
    """Everything that issuing writes; under the end customer's lock, ``at`` read after it."""
    quote, basket = priced.quote, priced.basket
    seen = quote.updated_at
    _demand_draft(quote, now=at)
    ended = demand_prices_last(quote, basket.lines, basket.rules, at=at, shorten=shorten)
    facts = _supersede(quote.supersedes, at=at) if quote.supersedes else []
    write_promises(
        actor=actor,
        quote_id=quote.pk,
        end_customer_id=quote.end_customer_id,
        wanted=promises_of(basket.lines),
        start=at,
        until=quote.expires_at,
        skus={line.product_id: line.sku for line in priced.lines},
        related=priced.related,
        time_zone=quote.time_zone,
    )
    keep_amounts(priced.lines, basket.lines)
    quote.customer_total, quote.partner_total = totals(basket)
    quote.terms = _terms(quote, programme)
    quote.issued_at, quote.check_code = at, new_code()
    quote.data_hash = fingerprint(quote, priced.lines)
    frozen = freeze(quote, priced.lines, seen=seen, at=at)
    if frozen is None:
        now_there = Quote.objects.unscoped("saying in which state it is").get(pk=quote.pk)
        _demand_draft(now_there, now=at)
        raise ChangedMeanwhile
    if not frozen.is_related:
        relate(partner_id=quote.partner_id, end_customer_id=quote.end_customer_id, now=at)
    if ended:
        reasons = sorted({one.reason.value for one in ended})
        facts += facts_of_quote("quote.shortened", quote, valid_until=quote.valid_until, reasons=reasons)
    facts += facts_of_quote("quote.issued", quote, valid_until=quote.valid_until, data_hash=quote.data_hash)
    wanted: Counter[int] = Counter()
    for line in priced.lines:
        wanted[line.product_id] += line.quantity
    facts += hold_for_quote(quote=quote, wanted=wanted, programme=programme, at=at)
    if frozen.has_capped_prices:
        reserve_special_prices(quote=quote, lines=priced.lines, at=at)
    record_all(facts, actor=actor)
    return quote


def _supersede(former: Quote, *, at: datetime) -> list[Fact]:
    """End the revision that goes; nothing where it ended otherwise. What was agreed is not superseded."""
    ended = end_quote(former, QuoteStatus.SUPERSEDED, at=at, even_over=True)
    if not ended.is_done and ended.status == QuoteStatus.ACCEPTED:
        raise not_in_state("supersede", ended.status)
    return ended.facts(former, "quote.superseded") if ended.is_done else []


def _outdated(quote_ids: set[int], products: set[int], *, at: datetime) -> list[tuple[Quote, PricedBasket]]:
    """The live quotes in which one of the products has another price than the one in force, with their new prices."""
    live = (
        Quote.objects.unscoped("every live quote of the customer carries the new price")
        .select_for_update(of=("self",))  # expiring takes no customer's lock
        .select_related("partner")
        .filter(pk__in=quote_ids, status=QuoteStatus.ISSUED)
        .order_by("pk")
    )
    found = []
    for quote in live:
        lines = list(quote.lines.all())
        basket = _in_force(quote, [QuoteLineInput(line.sku, line.quantity) for line in lines], products, at=at)
        if any(
            line.customer_unit_price != result.customer_unit_price
            for line, result in zip(lines, basket.lines, strict=True)
        ):
            found.append((quote, basket))
    return found


def _in_force(quote: Quote, lines: Sequence[QuoteLineInput], products: set[int], *, at: datetime) -> PricedBasket:
    """The prices of a quote's lines without what was promised for these products; every special price counts."""
    basket = price_without_promises(
        partner_id=quote.partner_id,
        end_customer_id=quote.end_customer_id,
        currency=quote.currency,
        moment=at,
        lines=lines,
        product_ids=products,
    )
    demand_prices(basket.lines)
    return basket


def _renew(actor: Actor, former: Quote, basket: PricedBasket, programme: Programme, *, at: datetime) -> Quote:
    """Supersede a live quote by a revision with these prices. A revision that was begun goes on from the new one."""
    begun = Quote.objects.unscoped("a revision that was begun already").filter(supersedes=former).first()
    successor = next_revision(former, valid_until=former.valid_until)
    if begun is not None:
        Quote.objects.unscoped("making room for the successor").filter(pk=begun.pk).update(supersedes=None)
    successor.save(force_insert=True)
    if begun is not None:
        begun.supersedes, begun.revision = successor, successor.revision + 1
        begun.save(update_fields=["supersedes", "revision", "updated_at"])
    inputs = [QuoteLineInput(line.sku, line.quantity) for line in former.lines.all()]
    return _write(actor, _rewritten(successor, inputs, basket), programme, at=at, shorten=True)


def _rewritten(quote: Quote, lines: Sequence[QuoteLineInput], basket: PricedBasket) -> _Priced:
    """A draft with exactly these lines and prices."""
    quote.customer_total, quote.partner_total = totals(basket)
    quote.save()
    quote.lines.all().delete()
    rows = QuoteLine.objects.bulk_create(lines_of(quote, basket, lines))
    return _Priced(quote, rows, basket, frozenset(row.product_id for row in rows))


def _terms(quote: Quote, programme: Programme) -> str:
    chinese = quote.language.startswith("zh")
    said = [programme.terms_zh, programme.terms] if chinese else [programme.terms, programme.terms_zh]
    if quote.is_bilingual:
        return "\n".join(filter(None, said))
    return (programme.terms_zh if chinese else "") or programme.terms
