"""Races for a lead. Each has a twin without the guard that must show what the guard prevents."""

from __future__ import annotations

import pytest
from django.db.models import Count

from concord.deals.models import Lead, LeadClaim
from concord.partners.models import Tier
from tests.concurrency.racing import as_owner, race, size
from tests.concurrency.test_protections import sellers
from tests.deals import leads_making as leads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.lead_racers"


def claims():
    return LeadClaim.objects.unscoped("the test counts")


def held_twice() -> int:
    rows = claims().filter(ended_at__isnull=True).values("lead").annotate(n=Count("pk")).filter(n__gt=1)
    return rows.count()


def facts_for(cast, processes: int, rounds: int, *, each: int = 1, people=None):
    """Per round that many free leads, and somebody at a partner of its own for each process."""
    Tier.objects.update(lead_claims_a_day=10_000, leads_held=10_000)
    found = [[str(leads.free().uuid) for _ in range(each)] for _ in range(rounds)]
    people = people or sellers(cast, processes)
    return {"leads": found, "people": [person.pk for person in people]}


def test_of_many_that_claim_a_lead_through_every_door_one_gets_it(cast, app_dsn):
    processes, rounds = size(6, 6)
    facts = facts_for(cast, processes, rounds)
    result = race(f"{WORK}:claim_through_any_door", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    for number in range(rounds):
        assert sorted(result.of_round(number)) == ["refused: not_free"] * (processes - 1) + ["won"]
    assert held_twice() == 0
    assert Lead.objects.unscoped("the test counts").filter(state="claimed").count() == rounds
    assert result.states == []


def test_without_the_leads_lock_the_database_still_gives_it_to_one(cast, app_dsn):
    processes, rounds = size(4, 6)
    facts = facts_for(cast, processes, rounds)
    work = f"{WORK}:claim_without_the_leads_lock"
    result = race(work, url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    for number in range(rounds):
        assert sorted(result.of_round(number)) == ["refused: not_free"] * (processes - 1) + ["won"]
    assert held_twice() == 0


def test_twin_without_lock_and_index_a_lead_is_held_twice(cast, app_dsn, owner_dsn):
    processes, rounds = size(4, 10)
    facts = facts_for(cast, processes, rounds)
    with as_owner(owner_dsn, "DROP INDEX lead_one_claim"):
        work = f"{WORK}:claim_without_the_leads_lock"
        race(work, url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert held_twice() > 0


def _colleagues(cast):
    """The seller, a colleague and the administrator of one partner, twice: its limit is one for all of them."""
    return [cast.seller_a, cast.seller_a2, cast.admin_a] * 2


def test_the_holding_limit_of_a_partner_holds_under_a_race(cast, app_dsn):
    facts = facts_for(cast, 6, 1, each=6, people=_colleagues(cast))
    Tier.objects.update(leads_held=2)
    result = race(f"{WORK}:claim", url=app_dsn, processes=6, rounds=1, facts=facts)
    assert sorted(result.of_round(0)) == ["refused: too_many_held"] * 4 + ["won"] * 2


def test_twin_without_the_partners_lock_more_are_held(cast, app_dsn):
    rounds = 10
    facts = facts_for(cast, 6, rounds, each=6, people=_colleagues(cast))
    Tier.objects.update(leads_held=1)
    work = f"{WORK}:claim_without_the_partners_lock"
    race(work, url=app_dsn, processes=6, rounds=rounds, facts=facts)
    assert claims().filter(ended_at__isnull=True).count() > 1
