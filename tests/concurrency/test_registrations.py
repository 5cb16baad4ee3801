"""Races for one registration: it is answered once. The twin without the lock shows what would happen."""

from __future__ import annotations

import pytest

from concord.deals.models import Deal, Protection
from concord.portal.models import Event
from tests.concurrency.racing import race, size
from tests.deals import making
from tests.factories import make_product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.registration_racers"
ENDS = {"deal.approved", "deal.rejected", "deal.withdrawn"}


def facts_for(cast, rounds: int):
    product = make_product(cast.family)
    cast.tier.open_registrations = cast.tier.new_registrations_a_day = 1_000
    cast.tier.save()
    names = [f"{word} Werke AG" for word in ("Abend", "Birken", "Cedern", "Dorn", "Erlen", "Farn", "Ginster", "Heide")]
    deals = [str(making.submitted(cast, name=names[turn], products=[product]).uuid) for turn in range(rounds)]
    return {"deals": deals, "manager": cast.vendor_manager.pk, "seller": cast.seller_a.pk}


def contradictions(deals) -> int:
    """Registrations whose story says both yes and no, or that protect although they are over."""
    found = 0
    for public_id in deals:
        deal = Deal.objects.unscoped("the test reads").get(uuid=public_id)
        facts = Event.objects.unscoped("the test reads").about("deal", deal.uuid)
        verbs = [verb for verb in facts.values_list("verb", flat=True) if verb in ENDS]
        live = Protection.objects.unscoped("the test reads").filter(deal=deal, period__contains=making.now()).exists()
        over = deal.review_status == "rejected" or deal.sales_stage == "withdrawn"
        # Approved and then withdrawn is a story; rejected and something else is not.
        found += (len(verbs) > 1 and "deal.rejected" in verbs) or (live and over)
    return found


def test_approved_rejected_and_withdrawn_at_once_it_is_answered_once(cast, app_dsn):
    processes, rounds = size(6, 6)
    facts = facts_for(cast, rounds)
    result = race(f"{WORK}:answer", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert contradictions(facts["deals"]) == 0
    for number in range(rounds):
        won = sorted(one for one in result.of_round(number) if one.endswith("won"))
        assert won in (["approve won"], ["reject won"], ["withdraw won"], ["approve won", "withdraw won"])
    assert result.states == []


def test_twin_without_the_lock_one_registration_has_two_answers(cast, app_dsn):
    processes, rounds = size(6, 8)
    facts = facts_for(cast, rounds)
    work = f"{WORK}:answer_without_the_lock"
    result = race(work, url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert result.count("approve won") + result.count("reject won") + result.count("withdraw won") > rounds
    assert contradictions(facts["deals"]) > 0
