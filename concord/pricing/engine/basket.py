"""Pricing a basket: one pure function of a context and a rule book."""

from bisect import bisect_right
from collections import defaultdict
from decimal import Decimal, localcontext
from typing import NamedTuple

from concord.pricing.engine.context import BasketLine, Context
from concord.pricing.engine.customer_leg import Decision, PromisedElsewise, break_of, customer_steps, decide
from concord.pricing.engine.lines import order_error, quantity_error
from concord.pricing.engine.lookup import Lookup, ProductRules
from concord.pricing.engine.partner_leg import PartnerNet, partner_net
from concord.pricing.engine.receipt import Asked, Leg, Receipt, Step, moment_text, number_text
from concord.pricing.engine.results import ErrorCode, LineError, LineResult, NextBreak, QuantityBreak
from concord.pricing.engine.rounding import EXACT, Rounding
from concord.pricing.engine.rulebook import Product, RuleBook


def price_basket(context: Context, rules: RuleBook) -> tuple[LineResult, ...]:
    """Answer every line of the context, in its order, each with prices and receipt or with an error.

    The lines of one SKU count together: their total decides break, minimum order and multiple. A line whose own
    quantity is wrong counts for nothing. Raises ``AmbiguousRules`` when the rules tie, which is nothing that the
    person asking could mend.
    """
    with localcontext(EXACT):
        rounding = Rounding.of(context.currency)
        if rounding is None:
            error = LineError(ErrorCode.UNKNOWN_CURRENCY, {"currency": context.currency})
            return tuple(_refused(context, position, line, None, error) for position, line in enumerate(context.lines))
        return _Basket(context, rules, rounding).results()


class _Answer(NamedTuple):
    """What a product costs at its total quantity: the same for all lines that it is split over."""

    asked: Asked
    price: Decision
    steps: tuple[Step, ...]
    net: PartnerNet | None
    quantity_break: QuantityBreak
    next_break: NextBreak | None


class _Basket:
    def __init__(self, context: Context, rules: RuleBook, rounding: Rounding) -> None:
        self._context = context
        self._lookup = Lookup(context, rules)
        self._rounding = rounding

    def results(self) -> tuple[LineResult, ...]:
        lines: list[tuple[BasketLine, Product | None, LineError | None]] = []
        totals: dict[int, int | Decimal] = defaultdict(int)
        for line in self._context.lines:
            product = self._product(line)
            error = _unknown(line) if product is None else quantity_error(line.quantity, product)
            if product is not None and error is None:
                totals[product.id] += line.quantity
            lines.append((line, product, error))
        answers = {key: self._answer(self._lookup.by_id[key], total) for key, total in totals.items()}
        return tuple(
            _refused(self._context, position, line, product, error or _unknown(line))
            if error or product is None
            else self._result(position, line, product, answers[product.id])
            for position, (line, product, error) in enumerate(lines)
        )

    def _product(self, line: BasketLine) -> Product | None:
        if line.product_id is not None:
            return self._lookup.by_id.get(line.product_id)
        return self._lookup.by_sku.get(line.sku)

    def _answer(self, product: Product, total: int | Decimal) -> _Answer | LineError:
        context, rounding = self._context, self._rounding
        error = order_error(total, product)
        if error:
            return error
        rules = self._lookup.product_rules(product)
        try:
            price = decide(rules, total, rounding)
        except PromisedElsewise as promised:
            return LineError(
                ErrorCode.PROMISED_IN_OTHER_CURRENCY,
                {"sku": product.sku, "currency": context.currency, "promised_currency": promised.currency},
            )
        if price is None:
            return self._no_price(product, total, rules)
        if price.unit_price <= 0:
            return LineError(ErrorCode.PRICE_NOT_POSITIVE, {"sku": product.sku, "leg": "customer"})
        net = None
        if context.partner is not None:
            discounts = self._lookup.discounts(product.family_id)
            net = partner_net(price, discounts, self._lookup.floor(product), rounding)
            if net.unit_net <= 0:
                return LineError(ErrorCode.PRICE_NOT_POSITIVE, {"sku": product.sku, "leg": "partner"})
        asked = Asked(
            product=product,
            quantity=total,
            sku_quantity=total,
            currency=context.currency,
            market=context.market,
            moment=context.moment,
            end_customer_id=context.end_customer_id,
            for_end_customer=context.end_customer_id is not None,
            partner=context.partner,
            protected=product.family_id in context.protected_families,
        )
        reached = break_of(rules, total, price.commitment)
        return _Answer(
            asked=asked,
            price=price,
            steps=customer_steps(price, rules, rounding),
            net=net,
            quantity_break=reached,
            next_break=self._next_break(product, rules, reached, price.unit_price),
        )

    def _no_price(self, product: Product, total: int | Decimal, rules: ProductRules) -> LineError:
        if rules.ladder:
            return LineError(
                ErrorCode.BELOW_FIRST_BREAK,
                {
                    "sku": product.sku,
                    "quantity": number_text(total),
                    "minimum": rules.ladder[0].min_quantity,
                },
            )
        return LineError(
            ErrorCode.NO_PRICE_IN_FORCE,
            {
                "sku": product.sku,
                "currency": self._context.currency,
                "market": self._context.market,
                "moment": moment_text(self._context.moment),
            },
        )

    def _next_break(
        self, product: Product, rules: ProductRules, reached: QuantityBreak, unit_price: Decimal
    ) -> NextBreak | None:
        """The nearest quantity beyond the break that may be ordered and is cheaper; breaks may repeat a price."""
        if reached.quantity_to is None:
            return None
        multiple = max(product.order_multiple, 1)
        for cut in rules.cuts[bisect_right(rules.cuts, reached.quantity_to - 1) :]:
            quantity = -(-cut // multiple) * multiple
            if order_error(quantity, product):
                continue
            try:
                price = decide(rules, quantity, self._rounding)
            except PromisedElsewise:
                continue
            if price is not None and 0 < price.unit_price < unit_price:
                return NextBreak(quantity, price.unit_price, unit_price - price.unit_price)
        return None

    def _result(self, position: int, line: BasketLine, product: Product, answer: _Answer | LineError) -> LineResult:
        if isinstance(answer, LineError):
            return _refused(self._context, position, line, product, answer)
        price, net, rounding = answer.price, answer.net, self._rounding
        customer_total = rounding.total(price.unit_price, line.quantity)
        partner_total = None if net is None else rounding.total(net.unit_net, line.quantity)
        receipt = Receipt(
            asked=answer.asked
            if answer.asked.quantity == line.quantity
            else answer.asked._replace(quantity=line.quantity),
            price_kind=price.price_kind,
            quantity_from=answer.quantity_break.quantity_from,
            quantity_to=answer.quantity_break.quantity_to,
            customer=Leg(answer.steps, price.unit_price, customer_total),
            partner=None if net is None or partner_total is None else Leg(net.steps, net.unit_net, partner_total),
            needs_approval=None if net is None else net.needs_approval,
        )
        return LineResult(
            position=position,
            sku=product.sku,
            product_id=product.id,
            quantity=line.quantity,
            currency=self._context.currency,
            sku_quantity=answer.asked.sku_quantity,
            customer_unit_price=price.unit_price,
            customer_total=customer_total,
            price_kind=price.price_kind,
            quantity_break=answer.quantity_break,
            next_break=answer.next_break,
            partner_unit_net=None if net is None else net.unit_net,
            partner_total=partner_total,
            needs_approval=net is not None and net.needs_approval,
            receipt=receipt,
        )


def _unknown(line: BasketLine) -> LineError:
    asked = line.sku or ("" if line.product_id is None else str(line.product_id))
    return LineError(ErrorCode.UNKNOWN_SKU, {"sku": asked})


def _refused(
    context: Context, position: int, line: BasketLine, product: Product | None, error: LineError
) -> LineResult:
    return LineResult(
        position=position,
        sku=product.sku if product else line.sku,
        product_id=product.id if product else line.product_id,
        quantity=line.quantity,
        currency=context.currency,
        error=error,
    )
