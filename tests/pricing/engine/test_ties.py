"""Rules that could tie are found when they are saved, and both are named."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from concord.pricing.engine import (
    Commitment,
    Floor,
    ProgrammeBonus,
    Promotion,
    RegistrationBenefit,
    RuleBook,
    SpecialPrice,
    TierDiscount,
    find_ties,
)
from tests.pricing.engine.cast import BOOK, CUSTOMER, NOW, OTHER_CUSTOMER, RELAY, RELAYS, SWITCH, SWITCHES, book, ladder

TEN = Decimal(10)
PROMOTION = Promotion(1, code="A", percent=TEN)
SPECIAL = SpecialPrice(1, CUSTOMER, 1, TEN, "EUR")
PROMISE = Commitment(1, CUSTOMER, 1, 1, 10, TEN, "EUR")
TIER = TierDiscount(1, "gold", TEN)
BENEFIT = RegistrationBenefit(1, TEN)
BONUS = ProgrammeBonus(1, TEN)
FLOOR = Floor(1, amount=TEN)
FIELDS = {
    Promotion: "promotions",
    SpecialPrice: "special_prices",
    Commitment: "commitments",
    TierDiscount: "tier_discounts",
    RegistrationBenefit: "registration_benefits",
    ProgrammeBonus: "programme_bonuses",
    Floor: "floors",
}


def ties_of(*rules):
    return find_ties(RuleBook(products=(RELAY, SWITCH), **{FIELDS[type(rules[0])]: rules}))


@pytest.mark.parametrize(
    ("rule", "other"),
    [
        (PROMOTION, {}),
        (PROMOTION, {"product_id": 1}),
        (replace(PROMOTION, product_id=1), {"product_id": None, "family_id": RELAYS}),
        (PROMOTION, {"market": "DE"}),
        (PROMOTION, {"list_code": "DE"}),
        (PROMOTION, {"quantity_from": 500}),
        (SPECIAL, {"unit_price": Decimal(9)}),
        (PROMISE, {"unit_price": Decimal(9), "quantity_from": 9, "quantity_to": None}),
        (PROMISE, {"currency": "USD"}),
        (TIER, {"family_id": RELAYS}),
        (BENEFIT, {"tier": "gold"}),
        (BONUS, {"partner_id": 31}),
        (FLOOR, {"product_id": 1}),
    ],
)
def test_two_rules_that_may_meet_tie_and_are_both_named(rule, other):
    (tie,) = ties_of(rule, replace(rule, id=2, version=4, **other))
    assert (tie.first, tie.second) == (rule.ref, replace(rule, id=2, version=4, **other).ref)


@pytest.mark.parametrize(
    ("rule", "other"),
    [
        (PROMOTION, {"priority": 1}),
        (replace(PROMOTION, product_id=1), {"product_id": 2}),
        (replace(PROMOTION, product_id=1), {"product_id": None, "family_id": SWITCHES}),
        (replace(PROMOTION, market="FR"), {"market": "DE"}),
        (replace(PROMOTION, list_code="FR"), {"list_code": "DE"}),
        (replace(PROMOTION, quantity_to=500), {"quantity_from": 500, "quantity_to": None}),
        (replace(PROMOTION, valid_until=NOW), {"valid_from": NOW, "valid_until": None}),
        (SPECIAL, {"end_customer_id": OTHER_CUSTOMER}),
        (SPECIAL, {"currency": "USD"}),
        (PROMISE, {"quantity_from": 3}),  # the same price again is the same promise
        (PROMISE, {"unit_price": Decimal(9), "quantity_from": 10, "quantity_to": 20}),
        (TIER, {"tier": "silver"}),
        (replace(BENEFIT, family_id=RELAYS), {"family_id": SWITCHES}),
        (replace(BONUS, partner_id=32), {"partner_id": 31}),
        (replace(FLOOR, currency="USD"), {"currency": "EUR"}),
    ],
)
def test_two_rules_that_can_not_meet_do_not_tie(rule, other):
    assert ties_of(rule, replace(rule, id=2, **other)) == ()


def test_breaks_of_a_list_tie_only_with_the_same_break():
    assert find_ties(BOOK) == ()
    again = ladder(1, (10, "8.90"), version=4, first_id=800)
    (tie,) = find_ties(book(list_prices=BOOK.list_prices + again))
    assert (tie.first.id, tie.second.id) == (101, 800)


def test_a_version_that_follows_another_does_not_tie():
    old = ladder(1, (1, "10"), valid_until=NOW)
    new = ladder(1, (1, "11"), valid_from=NOW, version=4, first_id=800)
    assert find_ties(RuleBook(list_prices=old + new)) == ()
    early = ladder(1, (1, "11"), valid_from=NOW - timedelta(microseconds=1), version=4, first_id=800)
    assert len(find_ties(RuleBook(list_prices=old + early))) == 1


def test_another_list_ties_with_any_break_unless_its_priority_differs():
    other = ladder(1, (5, "9.90"), list_code="OTHER", first_id=800)
    assert len(find_ties(book(list_prices=BOOK.list_prices + other))) == 3
    higher = ladder(1, (5, "9.90"), list_code="OTHER", first_id=800, priority=1)
    assert find_ties(book(list_prices=BOOK.list_prices + higher)) == ()


def test_many_rules_of_many_scopes_are_found_without_comparing_all():
    rules = tuple(Promotion(number, percent=TEN, product_id=number) for number in range(20_000))
    assert find_ties(RuleBook(promotions=rules)) == ()
