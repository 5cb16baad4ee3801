"""The partner leg: what this partner pays, and when that needs approval."""

from decimal import Decimal

import pytest

from concord.pricing.engine import (
    AmbiguousRules,
    Commitment,
    Floor,
    ProgrammeBonus,
    RegistrationBenefit,
    SpecialPrice,
    TierDiscount,
    basket_totals,
)
from tests.pricing.engine.cast import BOOK, CUSTOMER, GOLD, NOW, RELAYS, SILVER, SWITCHES, ask, ask_one, book, codes

TIERS = (
    TierDiscount(1, "gold", Decimal(20), RELAYS, code="GOLD-RELAYS", priority=1),
    TierDiscount(2, "gold", Decimal(10), code="GOLD"),
    TierDiscount(3, "silver", Decimal(5), code="SILVER"),
)
BENEFITS = (RegistrationBenefit(1, Decimal(5), RELAYS),)
BONUSES = (ProgrammeBonus(1, Decimal(2), partner_id=GOLD.id),)
FULL = book(tier_discounts=TIERS, registration_benefits=BENEFITS, programme_bonuses=BONUSES)


def test_without_discounts_the_partner_pays_the_customer_price():
    result = ask_one(BOOK)
    assert result.partner_unit_net == Decimal(10)
    assert codes(result, "partner") == ["customer_price", "round"]


def test_each_discount_comes_off_what_the_one_before_left():
    result = ask_one(FULL, protected_families=frozenset({RELAYS}))
    assert result.partner_unit_net == Decimal("7.448")  # 10 × 0.80 × 0.95 × 0.98
    assert codes(result, "partner") == [
        "customer_price",
        "tier_discount",
        "registration_benefit",
        "programme_bonus",
        "round",
    ]


def test_the_discount_of_the_family_and_of_the_tier():
    assert ask_one(FULL, sku="SW-8").partner_unit_net == Decimal("220.5")  # 250 × 0.90 × 0.98
    assert ask_one(FULL, partner=SILVER).partner_unit_net == Decimal("9.5")


@pytest.mark.parametrize("families", [frozenset(), frozenset({SWITCHES})])
def test_the_benefit_needs_live_protection_of_that_family(families):
    result = ask_one(FULL, protected_families=families)
    assert "registration_benefit" not in codes(result, "partner")
    assert result.partner_unit_net == Decimal("7.84")


def test_a_benefit_for_all_families_needs_protection_of_the_product_s_own():
    rules = book(registration_benefits=(RegistrationBenefit(1, Decimal(5)),))
    assert ask_one(rules, protected_families=frozenset({RELAYS})).partner_unit_net == Decimal("9.5")
    assert ask_one(rules, sku="CAB-M", protected_families=frozenset({RELAYS})).partner_unit_net == Decimal("1.2345")


def test_the_customer_price_is_the_same_through_every_partner():
    asked = {"quantity": 12, "protected_families": frozenset({RELAYS})}
    gold, silver, nobody = (ask_one(FULL, partner=partner, **asked) for partner in (GOLD, SILVER, None))
    assert gold.customer_unit_price == silver.customer_unit_price == nobody.customer_unit_price == Decimal(9)
    assert gold.partner_unit_net != silver.partner_unit_net


def test_net_starts_from_a_promise_or_special_price_too():
    promise = Commitment(1, CUSTOMER, 1, 1, None, Decimal(6), "EUR")
    assert ask_one(book(tier_discounts=TIERS, commitments=(promise,))).partner_unit_net == Decimal("4.8")


def test_two_discounts_that_tie_are_ambiguous():
    tie = (TierDiscount(1, "gold", Decimal(20), RELAYS, code="A"), TierDiscount(2, "gold", Decimal(10), code="B"))
    with pytest.raises(AmbiguousRules, match=r"A version 1 and B version 1"):
        ask_one(book(tier_discounts=tie))


class TestFloor:
    @pytest.mark.parametrize(
        ("floor", "approval"),
        [
            (Floor(1, amount=Decimal("8.01"), currency="EUR"), True),
            (Floor(1, amount=Decimal("8.00"), currency="EUR"), False),
            (Floor(1, amount=Decimal(99), currency="USD"), False),
            (Floor(1, percent=Decimal("80.01"), family_id=RELAYS), True),
            (Floor(1, percent=Decimal(80), product_id=1), False),
            (Floor(1, percent=Decimal(99), product_id=2), False),
            (Floor(1, percent=Decimal(99), valid_until=NOW), False),
        ],
    )
    def test_below_it_a_net_needs_approval_and_is_not_changed(self, floor, approval):
        result = ask_one(book(tier_discounts=TIERS, floors=(floor,)))
        assert result.partner_unit_net == Decimal(8)
        assert result.needs_approval is approval

    def test_is_compared_with_what_will_be_paid_after_rounding(self):
        discount = (TierDiscount(1, "gold", Decimal("20.0004")),)  # 7.99996 rounds to 8.0000
        assert not ask_one(book(tier_discounts=discount, floors=(Floor(1, amount=Decimal(8)),))).needs_approval

    def test_a_percentage_of_the_list_says_nothing_where_no_list_has_the_product(self):
        special = SpecialPrice(1, CUSTOMER, 1, Decimal(3), "EUR")
        result = ask_one(book(list_prices=(), special_prices=(special,), floors=(Floor(1, percent=Decimal(80)),)))
        assert not result.needs_approval
        assert "floor" not in codes(result, "partner")


def test_totals_of_the_basket_are_those_of_its_lines():
    results = ask(FULL, ("RLY-24", 3), ("SW-8", 2), ("NO-SUCH", 1))
    totals = basket_totals(results)
    assert totals.customer == Decimal(530)
    assert totals.partner == Decimal("23.52") + Decimal(441)
    assert not totals.complete
    assert basket_totals(ask(FULL, ("SW-8", 2), partner=None)) == (Decimal(500), None, True)
