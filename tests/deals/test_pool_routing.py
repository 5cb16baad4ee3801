"""Who is offered a lead, and what a source is worth: the pure parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.deals.pool.quality import Track, rate_source, summed
from concord.deals.pool.routing import Candidate, Need, rank_partners
from concord.deals.pool.terms import PoolTerms

NEED = Need("DE", frozenset({1, 2}))
GOOD = Candidate(
    partner_id=1,
    country="DE",
    territories=frozenset({"DE"}),
    families=frozenset({1, 2}),
    rank=3,
    load=0,
    limit=10,
)


def order(*candidates, need=NEED):
    return [one.partner_id for one in rank_partners(need, candidates) if not one.ruled_out]


def test_a_perfect_partner_has_all_the_points_and_says_for_what():
    (only,) = rank_partners(NEED, [GOOD])
    assert only.total == 100
    assert only.points == {"territory": 30, "home": 15, "family": 25, "tier": 15, "load": 15}
    assert only.as_reasons()[0] == {"code": "territory", "points": 30}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"territories": frozenset({"FR"})}, "outside_territory"),
        ({"families": frozenset({9})}, "family_not_authorised"),
        ({"was_offered": True}, "offered_before"),
        ({"is_cooling_down": True}, "cooling_down"),
        ({"load": 10}, "at_limit"),
    ],
)
def test_what_rules_a_partner_out_is_named(change, reason):
    (only,) = rank_partners(NEED, [replace(GOOD, **change)])
    assert (only.ruled_out, only.total) == (reason, 0)


def test_each_fact_moves_a_partner_down():
    worse = {
        2: replace(GOOD, partner_id=2, load=5),
        3: replace(GOOD, partner_id=3, rank=1),
        4: replace(GOOD, partner_id=4, families=frozenset({1})),
        5: replace(GOOD, partner_id=5, country="AT"),
        6: replace(GOOD, partner_id=6, territories=frozenset()),
    }
    for partner_id, candidate in worse.items():
        assert order(candidate, GOOD) == [1, partner_id]


def test_of_equals_the_one_that_waited_longest_comes_first():
    lately = replace(GOOD, last_offered_at=datetime(2026, 5, 2, tzinfo=UTC))
    earlier = replace(GOOD, partner_id=2, last_offered_at=datetime(2026, 5, 1, tzinfo=UTC))
    never = replace(GOOD, partner_id=3)
    assert order(lately, earlier, never) == [3, 2, 1]


def test_a_protected_customer_is_its_holders_to_answer():
    holder = replace(GOOD, partner_id=2, load=9, rank=1, is_holder=True)
    ranked = rank_partners(NEED, [GOOD, holder])
    assert [(one.partner_id, one.ruled_out) for one in ranked] == [(2, ""), (1, "protected_for_another")]


candidates = st.builds(
    Candidate,
    partner_id=st.integers(1, 50),
    country=st.sampled_from(["DE", "FR"]),
    territories=st.frozensets(st.sampled_from(["DE", "FR"])),
    families=st.frozensets(st.integers(1, 4)),
    rank=st.integers(1, 4),
    load=st.integers(0, 12),
    limit=st.integers(0, 10),
    was_offered=st.booleans(),
    is_cooling_down=st.booleans(),
)
needs = st.builds(Need, country=st.sampled_from(["DE", "FR"]), families=st.frozensets(st.integers(1, 4)))


@given(needs, st.lists(candidates, max_size=8, unique_by=lambda one: one.partner_id), st.randoms())
def test_the_answer_does_not_hang_on_the_order_of_the_partners(need, rows, random):
    shuffled = random.sample(rows, len(rows))
    assert rank_partners(need, rows) == rank_partners(need, shuffled)
    for result in rank_partners(need, rows):
        assert 0 <= result.total <= 100
        assert bool(result.ruled_out) != bool(result.points)


def test_few_leads_are_drawn_towards_the_average_and_many_speak_for_themselves():
    lucky = Track(received=2, held=2, contacted=2, converted=2, won=2)
    proven = Track(received=400, held=400, contacted=390, converted=350, won=300)
    dull = Track(received=300, held=300, contacted=100, converted=20, won=2)
    everything = summed([lucky, proven, dull])
    scores = [rate_source(one, everything).score for one in (proven, lucky, dull)]
    assert scores == sorted(scores, reverse=True)
    assert 70 < scores[0] < 90
    assert rate_source(Track(), everything).score == rate_source(Track(received=9), everything).score


def test_the_formula_is_the_one_that_the_guide_gives():
    one = Track(received=20, held=10, contacted=8, converted=4, won=2, value={"EUR": Decimal(500)})
    quality = rate_source(one, one)
    overall = {"contacted": 9 / 12, "converted": 5 / 12, "won": 3 / 12}
    expected = {
        name: (hits + 10 * overall[name]) / 20 for name, hits in (("contacted", 8), ("converted", 4), ("won", 2))
    }
    assert quality.rates == pytest.approx(expected)
    assert quality.score == round(
        100 * (0.2 * expected["contacted"] + 0.3 * expected["converted"] + 0.5 * expected["won"])
    )
    assert quality.value_per_lead == {"EUR": Decimal(50)}


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_a_score_lies_between_0_and_100_and_grows_with_what_is_won(held, contacted, converted, won):
    contacted, converted = min(contacted, held), min(converted, held)
    won = min(won, held)
    track = Track(received=held, held=held, contacted=contacted, converted=converted, won=won)
    score = rate_source(track, track).score
    assert 0 <= score <= 100
    if won < held:
        better = replace(track, won=won + 1)
        assert rate_source(better, better).score >= score


def test_terms_that_contradict_each_other_are_refused():
    for wrong in (
        {"remind_before_hours": (4, 24)},
        {"most_days_held": 1},
        {"accept_within_hours": 0},
        {"cooldown_days": -1},
    ):
        with pytest.raises(ValueError, match=r"\w"):
            PoolTerms(**wrong)
    with pytest.raises(ValueError, match="unknown terms"):
        PoolTerms.read({"accept": 3})


def test_the_ladder_has_a_rung_for_each_moment():
    terms, due = PoolTerms(), datetime(2026, 6, 10, tzinfo=UTC)
    hours = [100, 72, 25, 24, 4, 1]
    assert [terms.rungs_due(due, due - timedelta(hours=one)) for one in hours] == [0, 1, 1, 2, 3, 3]
