"""One customer, one family, and everybody at once: page, API, import, desk, bulk decision and shell, mixed.

Each door carries another partner's registration; the pages and the import bring theirs in while others are decided on.
``RACE_PROCESSES`` and ``RACE_ROUNDS`` say how large the race is.
"""

from __future__ import annotations

import uuid

import pytest

from concord.deals.models import Deal, Protection
from concord.partners.models import Partner
from concord.portal.invariants import broken_invariants
from tests.concurrency.racing import as_owner, race, size
from tests.concurrency.registration_door_racers import DOORS, door_of
from tests.concurrency.test_protections import all_of, double_protections, sellers
from tests.deals import making
from tests.factories import make_product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.registration_door_racers"
HEAD = "external_id,product,customer,country,city,stage\n"


def facts_for(cast, processes: int, rounds: int):
    """Per round one customer; per process a partner with its own registration of it, as far as its door has it yet."""
    cast.tier.open_registrations = cast.tier.new_registrations_a_day = 100_000
    cast.tier.save()
    product = make_product(cast.family)
    people = sellers(cast, processes)
    made = []
    for turn in range(rounds):
        # Names far from each other, so that only the rivals of one round are the same company.
        name = f"{uuid.UUID(int=turn * 7_919 * 10**30 + 11).hex[:12]} Werke AG"
        made.append([_prepared(cast, person, name, product, door_of(place)) for place, person in enumerate(people)])
    return {"rounds": made, "manager": cast.vendor_manager.pk}


def _prepared(cast, seller, name: str, product, door: str) -> dict:
    if door == "import":
        external_id = uuid.uuid4().hex
        code = all_of(Partner).get(pk=cast.actor(seller).partner_id).code
        return {
            "deal": "",
            "seller": seller.pk,
            "external_id": external_id,
            "file": f"{HEAD}{external_id},{product.sku},{name},DE,Hamburg,open\n",
            "options": {"partner": code, "owner": seller.email, "currency": "USD"},
        }
    begin = making.draft if door == "page" else making.submitted
    deal = begin(cast, seller, name, products=[product])
    deal.refresh_from_db()
    return {"deal": str(deal.uuid), "version": deal.updated_at.isoformat(), "seller": seller.pk}


def test_through_whichever_door_they_come_one_partner_is_protected(cast, app_dsn):
    processes, rounds = size(6, 12)
    facts = facts_for(cast, processes, rounds)
    result = race(f"{WORK}:come_in", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    for number in range(rounds):
        assert sorted(result.of_round(number)) == ["409 already_protected"] * (processes - 1) + ["won"], number
    assert double_protections() == 0
    assert all_of(Protection).count() == all_of(Deal).filter(review_status="approved").count() == rounds
    assert all_of(Deal).values("end_customer").distinct().count() == rounds  # every door knew the customer again
    assert list(broken_invariants(now=making.now(), only={"one_protection", "protection_of_deal"})) == []
    # Neither a deadlock nor a lock time-out, not even one that a retry would have cured.
    assert result.states == []
    # Several doors won, or the race was none of doors.
    won = {door_of(one.racer) for one in result.outcomes if one.result == "won"}
    assert len(won) >= min(3, len(DOORS)), won


def test_twin_without_lock_and_constraint_several_partners_are_protected(cast, app_dsn, owner_dsn):
    processes, rounds = size(6, 3)
    facts = facts_for(cast, processes, rounds)
    with as_owner(
        owner_dsn,
        "DROP TRIGGER protection_locks_customer ON deals_protection",
        "ALTER TABLE deals_protection DROP CONSTRAINT one_protection",
        "ALTER TABLE pricing_registrationbenefit DROP CONSTRAINT one_registration_benefit",
    ):
        result = race(f"{WORK}:come_in_unguarded", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert double_protections() > 0
    assert result.count("won") > rounds
