"""Races around people: access that ends while work comes, drafts opened in an emergency, leads that go back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from concord.deals.models import Deal, EmergencyAccess, Lead, LeadClaim
from concord.partners.actions.members import create_member
from concord.partners.models import Tier
from concord.portal.actor import portal_actor
from concord.portal.enums import Role
from concord.portal.invariants import broken_invariants
from concord.portal.models import Event
from concord.pricing.models import Quote
from tests.concurrency.racing import race, size
from tests.deals import leads_making as leads
from tests.deals import making
from tests.factories import make_product
from tests.pricing.quotes.conftest import make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.people_racers"
DEEDS = ["register", "claim", "quote", "take over"]


def all_of(model):
    return model.objects.unscoped("the test counts")


def leavers(cast, rounds: int):
    """Per round a colleague without any work, a free lead and a deal that somebody else could hand over."""
    Tier.objects.update(lead_claims_a_day=10_000, leads_held=10_000)
    shop = make_shop(cast)
    people = [
        create_member(
            actor=portal_actor(),
            email=f"leaver{turn}@race.example",
            name=f"Leaver {turn}",
            role=Role.SELLER,
            partner=cast.partner_a,
        ).user_id
        for turn in range(rounds)
    ]
    return {
        "people": people,
        "admin": cast.admin_a.pk,
        "leads": [str(leads.free().uuid) for _ in range(rounds)],
        "deals": [str(making.draft(cast, products=[shop.relay]).uuid) for _ in range(rounds)],
        "customer": shop.customer.pk,
        "sku": shop.relay.sku,
    }


def orphaned() -> dict[str, int]:
    """Open work of people whose access is gone, by what it is."""
    return {
        "register": all_of(Deal).filter(owner__is_active=False, customer_name__startswith="Neukunde").count(),
        "take over": all_of(Deal).filter(owner__is_active=False).exclude(customer_name__startswith="Neukunde").count(),
        "claim": all_of(Lead).filter(owner__is_active=False).count(),
        "quote": all_of(Quote).filter(seller__is_active=False, status__in=["draft", "issued"]).count(),
    }


@pytest.mark.parametrize("deed", DEEDS)
def test_whoever_leaves_has_no_work_and_whoever_has_work_does_not_leave(cast, app_dsn, deed):
    rounds = size(2, 8)[1]
    facts = leavers(cast, rounds) | {"deeds": [deed]}
    result = race(f"{WORK}:leave_or_work", url=app_dsn, processes=2, rounds=rounds, facts=facts)
    assert orphaned() == dict.fromkeys(DEEDS, 0)
    for number in range(rounds):
        results = sorted(result.of_round(number), key=lambda one: one.startswith("leave"))
        assert [one.endswith("won") for one in results].count(True) == 1, results
        assert results[1] in {"leave won", "leave refused: open_work"}
    assert not {"40P01", "55P03"} & set(result.states)


@pytest.mark.parametrize("deed", DEEDS)
def test_twin_where_nobody_holds_the_person_work_is_orphaned(cast, app_dsn, deed):
    rounds = 12
    facts = leavers(cast, rounds) | {"deeds": [deed]}
    race(f"{WORK}:leave_or_work_unguarded", url=app_dsn, processes=2, rounds=rounds, facts=facts)
    assert orphaned()[deed] > 0


def drafts(cast, rounds: int, submits: int):
    cast.tier.open_registrations = cast.tier.new_registrations_a_day = 10_000
    cast.tier.save()
    product = make_product(cast.family)
    names = [f"{word} Werke AG" for word in ("Abend", "Birken", "Cedern", "Dorn", "Erlen", "Farn", "Ginster", "Heide")]
    return {
        "deals": [str(making.draft(cast, name=names[turn], products=[product]).uuid) for turn in range(rounds)],
        "manager": cast.vendor_manager.pk,
        "seller": cast.seller_a.pk,
        "submits": submits,
    }


def told(deal: str) -> int:
    return Event.objects.unscoped("count").about("deal", deal).filter(verb="deal.glass_broken").count()


def test_a_draft_opened_from_several_windows_is_opened_once_and_told_once(cast, app_dsn):
    processes, rounds = size(5, 6)
    rounds = min(rounds, 8)
    facts = drafts(cast, rounds, submits=processes - 1)
    result = race(f"{WORK}:break_glass", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    for number, deal in enumerate(facts["deals"]):
        results = result.of_round(number)
        assert "submit won" in results
        # Once it is handed in it is nobody's secret any more: there is nothing to open.
        assert set(results) <= {"submit won", "open won", "open refused: not_found"}
        opened = EmergencyAccess.objects.filter(deal__uuid=deal).count()
        assert opened == told(deal) == ("open won" in results)


def test_twin_where_nobody_locks_the_draft_it_is_opened_twice(cast, app_dsn):
    facts = drafts(cast, 8, submits=-1)
    race(f"{WORK}:break_glass_unlocked", url=app_dsn, processes=5, rounds=8, facts=facts)
    assert any(EmergencyAccess.objects.filter(deal__uuid=deal).count() > 1 for deal in facts["deals"])


def overdue(cast, rounds: int):
    """Per round a claimed lead whose time to follow up is over; the timers have not come by yet."""
    Tier.objects.update(lead_claims_a_day=10_000, leads_held=10_000)
    found = [leads.claimed(cast) for _ in range(rounds)]
    all_of(Lead).update(follow_up_by=making.now() - timedelta(seconds=1))
    return {"leads": [str(lead.uuid) for lead in found], "people": [cast.seller_a.pk, cast.seller_b.pk]}


def taken_back_though_followed_up(results) -> bool:
    return "timer won" in results and bool({"contact won", "convert won"} & set(results))


def test_a_lead_is_followed_up_or_taken_back_and_has_one_holder(cast, app_dsn):
    rounds = size(5, 10)[1]
    facts = overdue(cast, rounds)
    result = race(f"{WORK}:return_or_work", url=app_dsn, processes=5, rounds=rounds, facts=facts)
    for number, lead in enumerate(facts["leads"]):
        results = result.of_round(number)
        assert not taken_back_though_followed_up(results), results
        assert results.count("timer won") <= 1
        assert "timer won" in results or "rival won" not in results  # nobody takes what is held
        assert all_of(LeadClaim).filter(lead__uuid=lead, ended_at__isnull=True).count() <= 1
    assert list(broken_invariants(now=making.now(), only={"lead_held", "lead_deal"})) == []
    assert not {"40P01", "55P03"} & set(result.states)


def test_twin_where_nobody_locks_the_lead_it_is_taken_back_although_it_was_followed_up(cast, app_dsn):
    facts = overdue(cast, 6)
    result = race(f"{WORK}:return_or_work_unlocked", url=app_dsn, processes=3, rounds=6, facts=facts)
    assert any(taken_back_though_followed_up(result.of_round(number)) for number in range(6))
