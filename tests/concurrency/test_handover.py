"""Handover, a second handover and closing at the same moment: one handover wins, and nothing is told twice."""

from __future__ import annotations

import uuid

import pytest

from concord.deals.models import Deal
from concord.partners.actions.members import create_member
from concord.portal.actor import portal_actor
from concord.portal.enums import Role
from concord.portal.models import Event
from tests.concurrency.racing import race, size
from tests.deals import making
from tests.factories import make_product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.handover_racers"


def facts(cast, rounds: int):
    """Per round a seller with one approved deal; two colleagues stand ready."""
    givers, deals, product = [], [], make_product(cast.family)
    for turn in range(rounds):
        member = create_member(
            actor=portal_actor(),
            email=f"giver{turn}@race.example",
            name=f"Giver {turn}",
            role=Role.SELLER,
            partner=cast.partner_a,
        )
        givers.append(member.user_id)
        # Names far from each other, so that no customer is the twin of another one.
        name = f"{uuid.UUID(int=turn * 7_919 * 10**30 + 11).hex[:12]} Werke AG"
        deals.append(str(making.approved(cast, member.user, name, products=[product]).uuid))
    return {
        "givers": givers,
        "deals": deals,
        "admin": cast.admin_a.pk,
        "takers": [str(cast.seller_a.uuid), str(cast.seller_a2.uuid)],
    }


def handovers(deal: str) -> list[Event]:
    found = Event.objects.unscoped("the test counts").about("deal", deal)
    return [event for event in found if event.verb == "deal.handed_over"]


def test_of_two_handovers_one_wins_and_the_history_says_who_has_it(cast, app_dsn):
    processes, rounds = size(3, 8)
    told = facts(cast, rounds)
    result = race(f"{WORK}:work_on", url=app_dsn, processes=processes, rounds=rounds, facts=told)
    for number, deal in enumerate(told["deals"]):
        found, events = result.of_round(number), handovers(deal)
        # A deal that was lost first is nobody's work any more, and stays where it was.
        assert found.count("won") == len(events) <= 1, found
        assert events or "lost" in found
        owner = Deal.objects.unscoped("the test reads").select_related("owner").get(uuid=deal).owner
        assert str(owner.uuid) in events[0].payload if events else owner.pk == told["givers"][number]


def test_twin_without_holding_the_deals_both_handovers_win(cast, app_dsn):
    processes, rounds = size(3, 12)
    told = facts(cast, rounds)
    result = race(f"{WORK}:work_on_without_locks", url=app_dsn, processes=processes, rounds=rounds, facts=told)
    assert any(result.of_round(number).count("won") > 1 for number in range(rounds))
