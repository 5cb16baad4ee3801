"""What holds for every basket and every rule book, found by search rather than by example."""

from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from concord.pricing.engine import (
    AmbiguousRules,
    BasketLine,
    Commitment,
    Context,
    Floor,
    ListPrice,
    Partner,
    Product,
    ProgrammeBonus,
    Promotion,
    Receipt,
    RegistrationBenefit,
    RuleBook,
    SpecialPrice,
    TierDiscount,
    basket_totals,
    customer_part,
    find_ties,
    price_basket,
    replay,
    waterfall,
)
from tests.pricing.engine.cast import NOW

CURRENCIES = {"EUR": 2, "JPY": 0, "KWD": 3}
HOUR = timedelta(hours=1)

search = settings(deadline=None, max_examples=60)
"""Time is measured in the benchmarks; a busy machine is no reason for a test to fail."""

currencies = st.sampled_from(sorted(CURRENCIES))
amounts = st.decimals("0.0001", "99999", places=4)
percents = st.decimals(0, 60, places=3)
ids = st.integers(1, 4)
families = st.integers(1, 2)
maybe_families = st.none() | families
tiers = st.sampled_from(["gold", "silver"])
quantities = st.integers(1, 300)
priorities = st.integers(0, 3)
periods = st.sampled_from([(None, None), (NOW, None), (None, NOW + HOUR), (None, NOW), (NOW - HOUR, NOW + HOUR)])


@st.composite
def ladders(draw, product_id, currency):
    """One list's breaks, the amount falling or not."""
    steps = draw(st.lists(st.tuples(st.integers(1, 200), amounts), max_size=5, unique_by=lambda step: step[0]))
    return [
        ListPrice(product_id * 100 + number, product_id, quantity, amount, currency, "LIST", 2)
        for number, (quantity, amount) in enumerate(steps)
    ]


def dated(rule_type, **columns):
    def build(row):
        valid_from, valid_until = row.pop("period")
        return rule_type(valid_from=valid_from, valid_until=valid_until, **row)

    return st.fixed_dictionaries({**columns, "period": periods}).map(build)


def numbered(rules):
    return tuple(replace(rule, id=number) for number, rule in enumerate(rules, 1))


@st.composite
def ranges(draw):
    start = draw(st.integers(1, 100))
    return start, draw(st.none() | st.integers(start + 1, 400))


@st.composite
def rule_books(draw, currency):
    promotions = dated(
        Promotion, id=st.just(0), percent=percents, product_id=st.none() | ids, family_id=st.none(), priority=priorities
    ) | dated(
        Promotion,
        id=st.just(0),
        unit_price=amounts,
        currency=st.just(currency),
        list_code=st.sampled_from(["", "LIST", "OTHER"]),
        family_id=maybe_families,
        quantity_from=quantities,
        priority=priorities,
    )
    specials = dated(
        SpecialPrice,
        id=st.just(0),
        end_customer_id=st.integers(1, 2),
        product_id=ids,
        unit_price=amounts,
        currency=st.sampled_from([currency, "USD"]),
        quantity_to=st.none() | quantities,
        priority=priorities,
    )
    promises = st.builds(
        lambda customer, product, reach, amount: Commitment(0, customer, product, *reach, amount, currency),
        st.integers(1, 2),
        ids,
        ranges(),
        amounts,
    )
    return RuleBook(
        products=tuple(
            Product(number, f"P{number}", draw(maybe_families), order_multiple=draw(st.sampled_from([1, 1, 5])))
            for number in range(1, 5)
        ),
        list_prices=tuple(price for number in range(1, 5) for price in draw(ladders(number, currency))),
        promotions=numbered(draw(st.lists(promotions, max_size=4))),
        special_prices=numbered(draw(st.lists(specials, max_size=4))),
        commitments=numbered(draw(st.lists(promises, max_size=3))),
        tier_discounts=numbered(
            draw(
                st.lists(
                    dated(
                        TierDiscount,
                        id=st.just(0),
                        tier=tiers,
                        percent=percents,
                        family_id=maybe_families,
                        priority=priorities,
                    ),
                    max_size=3,
                )
            )
        ),
        registration_benefits=numbered(
            draw(
                st.lists(
                    dated(
                        RegistrationBenefit,
                        id=st.just(0),
                        percent=percents,
                        family_id=maybe_families,
                        priority=priorities,
                    ),
                    max_size=2,
                )
            )
        ),
        programme_bonuses=numbered(
            draw(
                st.lists(
                    dated(
                        ProgrammeBonus,
                        id=st.just(0),
                        percent=percents,
                        tier=st.none() | tiers,
                        partner_id=st.none() | ids,
                        priority=priorities,
                    ),
                    max_size=2,
                )
            )
        ),
        floors=numbered(
            draw(
                st.lists(
                    dated(Floor, id=st.just(0), percent=percents, family_id=maybe_families, priority=priorities),
                    max_size=2,
                )
            )
        ),
    )


asked_lines = st.builds(
    BasketLine,
    st.integers(-1, 320) | st.sampled_from([10**12, Decimal("2.5"), Decimal("NaN")]),
    st.sampled_from(["P1", "P2", "P3", "P4", "P5"]),
)


@st.composite
def questions(draw):
    """A context and a book of rules that do not tie."""
    currency = draw(currencies)
    rules = draw(rule_books(currency))
    context = Context(
        currency=currency,
        moment=NOW,
        lines=tuple(draw(st.lists(asked_lines, min_size=1, max_size=6))),
        partner=draw(st.none() | st.builds(Partner, ids, tiers)),
        end_customer_id=draw(st.none() | st.integers(1, 2)),
        protected_families=draw(st.frozensets(families)),
    )
    return context, rules


@st.composite
def clear_questions(draw):
    context, rules = draw(questions())
    assume(not find_ties(rules))
    return context, rules


def answers_by_line(context, rules):
    return {
        (line.sku, line.quantity): answer._replace(position=0)
        for line, answer in zip(context.lines, price_basket(context, rules), strict=True)
        if line.quantity == line.quantity
    }


@search
@given(clear_questions(), st.randoms())
def test_the_order_of_lines_and_rules_does_not_matter(question, random):
    context, rules = question

    def shuffled(rows):
        rows = list(rows)
        random.shuffle(rows)
        return tuple(rows)

    other = replace(context, lines=shuffled(context.lines))
    mixed = RuleBook(**{field.name: shuffled(getattr(rules, field.name)) for field in fields(rules)})
    assert answers_by_line(context, rules) == answers_by_line(other, mixed)


@search
@given(clear_questions(), st.integers(1, 4), st.data())
def test_splitting_a_line_does_not_alter_its_unit_price(question, product, data):
    context, rules = question
    whole = data.draw(st.integers(2, 300))
    part = data.draw(st.integers(1, whole - 1))
    together, apart = (
        price_basket(replace(context, lines=tuple(BasketLine(n, f"P{product}") for n in split)), rules)
        for split in ((whole,), (part, whole - part))
    )
    for line in apart:
        assert line.customer_unit_price == together[0].customer_unit_price
        assert line.partner_unit_net == together[0].partner_unit_net
        assert line.quantity_break == together[0].quantity_break
        assert (line.error and line.error.code) == (together[0].error and together[0].error.code)


@search
@given(currencies, st.lists(amounts, min_size=1, max_size=6), st.lists(quantities, min_size=2, max_size=8), percents)
def test_where_the_ladder_falls_more_never_costs_more_a_unit(currency, prices, asked, percent):
    prices = sorted(prices, reverse=True)
    rules = RuleBook(
        products=(Product(1, "P1", 1),),
        list_prices=tuple(
            ListPrice(number, 1, number * 30 + 1, amount, currency, "LIST") for number, amount in enumerate(prices)
        ),
        tier_discounts=(TierDiscount(1, "gold", percent),),
    )
    results = [
        price_basket(Context(currency, NOW, (BasketLine(n, "P1"),), partner=Partner(1, "gold")), rules)[0]
        for n in sorted(asked)
    ]
    found = [line for line in results if line.error is None]
    for less, more in pairwise(found):
        assert more.customer_unit_price <= less.customer_unit_price
        assert more.partner_unit_net <= less.partner_unit_net
    for line in found:
        if line.next_break:
            assert line.next_break.quantity > line.quantity
            assert line.next_break.unit_price + line.next_break.saving == line.customer_unit_price


@search
@given(clear_questions())
def test_the_unit_price_holds_over_the_whole_break_and_the_next_break_is_true(question):
    context, rules = question
    for line in price_basket(context, rules):
        if line.error:
            continue
        start, end = line.quantity_break
        assert start <= line.sku_quantity
        assert end is None or line.sku_quantity < end
        for quantity in {start, (end or start + 500) - 1}:
            product = next(product for product in rules.products if product.sku == line.sku)
            if quantity % product.order_multiple:
                continue
            (again,) = price_basket(replace(context, lines=(BasketLine(quantity, line.sku),)), rules)
            assert again.customer_unit_price == line.customer_unit_price
        if line.next_break:
            (then,) = price_basket(replace(context, lines=(BasketLine(line.next_break.quantity, line.sku),)), rules)
            if not then.error:
                assert then.customer_unit_price == line.next_break.unit_price < line.customer_unit_price


def rounded(amount, decimals):
    """Half up by whole numbers alone, of an amount that is not negative."""
    scaled = amount * 10**decimals
    return Fraction((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10**decimals)


@search
@given(
    st.data(),
    currencies,
    amounts,
    st.tuples(percents, percents, percents, percents),
    st.integers(1, 10**9),
)
def test_amounts_agree_with_exact_fractions(data, currency, amount, taken, quantity):
    promotion, tier, benefit, bonus = taken
    rules = RuleBook(
        products=(Product(1, "P1", 1),),
        list_prices=(ListPrice(1, 1, 1, amount, currency, "LIST"),),
        promotions=(Promotion(1, percent=promotion),),
        tier_discounts=(TierDiscount(1, "gold", tier),),
        registration_benefits=(RegistrationBenefit(1, benefit, 1),),
        programme_bonuses=(ProgrammeBonus(1, bonus),),
    )
    protected = data.draw(st.booleans())
    context = Context(
        currency,
        NOW,
        (BasketLine(quantity, "P1"),),
        partner=Partner(1, "gold"),
        protected_families=frozenset({1}) if protected else frozenset(),
    )
    (line,) = price_basket(context, rules)
    decimals = CURRENCIES[currency]
    unit = rounded(Fraction(amount) * (1 - Fraction(promotion) / 100), decimals + 2)
    net = unit
    for percent in (tier, benefit if protected else 0, bonus):
        net *= 1 - Fraction(percent) / 100
    net = rounded(net, decimals + 2)
    if unit == 0 or net == 0:
        assert line.error.code == "price_not_positive"
        return
    assert Fraction(line.customer_unit_price) == unit
    assert Fraction(line.partner_unit_net) == net
    assert Fraction(line.customer_total) == rounded(unit * quantity, decimals)
    assert Fraction(line.partner_total) == rounded(net * quantity, decimals)


@search
@given(clear_questions())
def test_totals_add_up_and_every_line_is_answered_or_refused(question):
    context, rules = question
    results = price_basket(context, rules)
    assert [line.position for line in results] == list(range(len(context.lines)))
    totals = basket_totals(results)
    priced = [line for line in results if line.error is None]
    assert totals.customer == (sum(line.customer_total for line in priced) if priced else None)
    assert totals.complete == (0 < len(priced) == len(results))
    if context.partner and priced:
        assert totals.partner == sum(line.partner_total for line in priced)
    for line in results:
        if line.error:
            assert line.customer_unit_price is None
            assert line.receipt is None
        else:
            assert line.customer_unit_price > 0
            assert (line.partner_unit_net is None) == (context.partner is None)


@search
@given(clear_questions())
def test_a_receipt_replays_to_the_same_bytes(question):
    context, rules = question
    for line in price_basket(context, rules):
        if line.receipt is None:
            continue
        stored = line.receipt.to_json_bytes()
        receipt = Receipt.from_json(stored)
        assert replay(receipt, rules).to_json_bytes() == stored
        assert replay(receipt).to_json_bytes() == stored
        bars = waterfall(receipt, "customer")
        assert bars[0].delta + sum(bar.delta for bar in bars[1:-1]) == bars[-1].delta == line.customer_unit_price


@search
@given(clear_questions(), st.none() | st.builds(Partner, ids, tiers), st.frozensets(families))
def test_what_the_customer_sees_does_not_depend_on_the_partner(question, partner, protected):
    context, rules = question
    other = replace(context, partner=partner, protected_families=protected)
    for mine, theirs in zip(price_basket(context, rules), price_basket(other, rules), strict=True):
        if mine.receipt and theirs.receipt:
            assert customer_part(mine.receipt).to_json_bytes() == customer_part(theirs.receipt).to_json_bytes()
            assert mine.for_customer() == theirs.for_customer()


@search
@given(questions())
def test_rules_among_which_no_tie_was_found_never_tie(question):
    context, rules = question
    met = None
    try:
        price_basket(context, rules)
    except AmbiguousRules as ambiguous:
        met = ambiguous.tie
    assert met is None or met in find_ties(rules)


@search
@given(clear_questions())
def test_there_is_no_float_anywhere(question):
    context, rules = question

    def visit(value):
        assert not isinstance(value, float), value
        if isinstance(value, dict):
            for key, below in value.items():
                visit(key)
                visit(below)
        elif isinstance(value, tuple | list):
            for below in value:
                visit(below)
        elif is_dataclass(value):
            for field in fields(value):
                visit(getattr(value, field.name))

    for line in price_basket(context, rules):
        visit(line)
        if line.receipt:
            visit(line.receipt.document())


def test_a_float_in_a_rule_is_refused_by_arithmetic():
    rules = RuleBook(
        products=(Product(1, "P1"),),
        list_prices=(ListPrice(1, 1, 1, Decimal(10), "EUR", "LIST"),),
        promotions=(Promotion(1, percent=12.5),),
    )
    with pytest.raises(TypeError):
        price_basket(Context("EUR", NOW, (BasketLine(1, "P1"),)), rules)
