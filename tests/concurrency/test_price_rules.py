"""Two people save rules that could tie at the same moment: one is saved, the other is told of it by name."""

from __future__ import annotations

import pytest

from concord.pricing import models
from concord.pricing.actions.rules import TIE_CONSTRAINTS
from tests.concurrency.racing import as_owner, race, size
from tests.factories import make_price_list, make_product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.rule_racers"
KINDS = ["TierDiscount", "RegistrationDiscount", "ProgrammeBonus", "PriceFloor", "Promotion", "FamilyPromotion"]


def facts_of(cast, **more):
    return {
        "user": cast.pricing_manager.pk,
        "kinds": KINDS,
        "tier_id": cast.tier.pk,
        "family_id": cast.family.pk,
        "price_list_id": make_price_list("USD", priority=30_000).pk,
        "product_id": make_product(cast.family).pk,
        **more,
    }


def stored() -> int:
    tables = (
        models.TierDiscount,
        models.RegistrationDiscount,
        models.ProgrammeBonus,
        models.PriceFloor,
        models.Promotion,
    )
    return sum(table.objects.count() for table in tables)


def test_of_rules_of_every_kind_that_could_tie_one_is_saved_and_the_others_name_it(cast, app_dsn):
    processes, _rounds = size(4, 0)
    outcome = race(f"{WORK}:save_rule", url=app_dsn, processes=processes, rounds=len(KINDS), facts=facts_of(cast))
    for turn in range(len(KINDS)):
        assert sorted(outcome.of_round(turn)) == ["named"] * (processes - 1) + ["saved"], KINDS[turn]
    assert stored() == len(KINDS)
    assert "40P01" not in outcome.states


def test_of_lists_with_one_priority_one_is_saved_and_the_others_name_it(cast, app_dsn):
    processes, rounds = size(4, 4)
    outcome = race(f"{WORK}:save_list", url=app_dsn, processes=processes, rounds=rounds, facts=facts_of(cast))
    for turn in range(rounds):
        assert sorted(outcome.of_round(turn)) == ["named"] * (processes - 1) + ["saved"]


def test_twin_without_lock_and_constraints_rules_tie(cast, app_dsn, owner_dsn):
    tables = {
        "one_tier_discount": "pricing_tierdiscount",
        "one_registration_discount": "pricing_registrationdiscount",
        "one_programme_bonus": "pricing_programmebonus",
        "one_price_floor": "pricing_pricefloor",
        "one_promotion_of_product": "pricing_promotion",
        "one_promotion_of_family": "pricing_promotion",
    }
    assert set(tables) == set(TIE_CONSTRAINTS)
    with as_owner(owner_dsn, *(f"ALTER TABLE {table} DROP CONSTRAINT {name}" for name, table in tables.items())):
        outcome = race(
            f"{WORK}:save_rule",
            url=app_dsn,
            processes=4,
            rounds=len(KINDS) * 3,
            facts=facts_of(cast, unguarded=True),
        )
    assert outcome.count("saved") > len(KINDS)
    assert stored() > len(KINDS)


def test_twin_with_the_constraints_alone_nobody_ties_but_nobody_is_named_either(cast, app_dsn):
    outcome = race(
        f"{WORK}:save_rule",
        url=app_dsn,
        processes=4,
        rounds=len(KINDS),
        facts=facts_of(cast, unguarded=True),
    )
    assert stored() == len(KINDS)
    assert outcome.count("saved") == len(KINDS)
    assert set(outcome.of_round(0)) <= {"saved", "named", "refused: tie", "refused: busy"}
