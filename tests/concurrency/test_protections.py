"""Races for one customer. Each has a twin without the guard that must show what the guard prevents."""

from __future__ import annotations

import uuid
from unittest import mock

import pytest
from django.db import connection

from concord.deals.models import Deal, Protection
from concord.partners.actions.members import create_member
from concord.partners.enums import PartnerStatus
from concord.partners.models import Partner, ProductFamily
from concord.portal.actor import portal_actor
from concord.portal.enums import Role
from tests.concurrency.racing import as_owner, race, size
from tests.deals import making
from tests.factories import make_customer, make_product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.protection_racers"
DOUBLE = """
SELECT count(*) FROM deals_protection a JOIN deals_protection b
  ON a.id < b.id AND a.end_customer_id = b.end_customer_id AND a.family_id = b.family_id AND a.period && b.period
"""


def double_protections() -> int:
    with connection.cursor() as cursor:
        cursor.execute(DOUBLE)
        return cursor.fetchone()[0]


def sellers(cast, number: int):
    """One seller at each of that many partners."""
    found = []
    for place in range(number):
        partner = Partner.objects.create(
            code=f"R-{place}",
            name=f"Racer {place}",
            status=PartnerStatus.ACTIVE,
            tier=cast.tier,
            country="DE",
            currency="USD",
        )
        partner.families.set(ProductFamily.objects.all())
        member = create_member(
            actor=portal_actor(),
            email=f"racer{place}@race.example",
            name=f"Racer {place}",
            role=Role.SELLER,
            partner=partner,
        )
        found.append(member.user)
    return found


def submitted_by_all(cast, people, rounds: int, products, *, blind: bool = False):
    """Per round one customer that everybody has registered; ``blind``: each as a record of its own."""
    deals = []
    for turn in range(rounds):
        # Names far from each other, so that only the rivals of one round are twins.
        name = f"{uuid.UUID(int=turn * 7_919 * 10**30 + 11).hex[:12]} Werke AG"
        row = []
        for person in people:
            if blind:
                with mock.patch("concord.deals.actions.submission.find_twins", return_value=[]):
                    row.append(making.submitted(cast, person, name, products=products))
            else:
                row.append(making.submitted(cast, person, name, products=products))
        deals.append([str(deal.uuid) for deal in row])
    return deals


def all_of(model):
    return model.objects.unscoped("the test counts")


def test_many_managers_approve_rivals_at_once_and_exactly_one_is_protected(cast, app_dsn):
    processes, rounds = size(6, 6)
    products = [make_product(cast.family), make_product(cast.other_family)]
    people = sellers(cast, processes)
    facts = {"deals": submitted_by_all(cast, people, rounds, products), "manager": cast.vendor_manager.pk}
    result = race(f"{WORK}:approve", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    for number in range(rounds):
        results = result.of_round(number)
        assert results.count("won") == 1, results
        assert set(results) == {"won", "refused: already_protected"}
    assert double_protections() == 0
    assert all_of(Protection).count() == rounds * 2
    assert all_of(Deal).filter(review_status="approved").count() == rounds
    assert result.states == []


def test_rivals_under_two_records_of_one_company_are_protected_once_too(cast, app_dsn):
    """Both were submitted in the same moment, before either could be matched: each has a record of its own."""
    processes, rounds = size(2, 10)
    people = sellers(cast, processes)
    products = [make_product(cast.family)]
    deals = submitted_by_all(cast, people, rounds, products, blind=True)
    assert all_of(Deal).values("end_customer").distinct().count() == processes * rounds
    facts = {"deals": deals, "manager": cast.vendor_manager.pk}
    result = race(f"{WORK}:approve", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    for number in range(rounds):
        assert sorted(result.of_round(number)) == ["refused: already_protected"] * (processes - 1) + ["won"]
    assert result.states == []


def test_twin_when_only_the_own_record_is_locked_both_rivals_are_protected(cast, app_dsn):
    processes, rounds = size(2, 10)
    people = sellers(cast, processes)
    facts = {
        "deals": submitted_by_all(cast, people, rounds, [make_product(cast.family)], blind=True),
        "manager": cast.vendor_manager.pk,
    }
    work = f"{WORK}:approve_without_the_others_locks"
    result = race(work, url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert any(result.of_round(number).count("won") > 1 for number in range(rounds))


def holders(cast, processes: int, rounds: int):
    """Facts for writers that know no lock: their deals, the customers, ten families."""
    families = [cast.family.pk, cast.other_family.pk]
    families += [ProductFamily.objects.create(code=f"family-{n}", name=f"Family {n}").pk for n in range(8)]
    deals = [making.draft(cast, person, f"Holder {place}") for place, person in enumerate(sellers(cast, processes))]
    return {
        "families": families,
        "holders": [(deal.pk, deal.partner_id) for deal in deals],
        "customers": [make_customer().pk for _ in range(rounds)],
    }


def test_whoever_forgets_the_lock_is_locked_by_the_database(cast, app_dsn):
    processes, rounds = size(8, 12)
    facts = holders(cast, processes, rounds)
    result = race(f"{WORK}:protect_as_typed", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    for number in range(rounds):
        assert result.of_round(number).count("won") == 1
    assert set(result.states) <= {"23P01"}
    assert double_protections() == 0


def test_twin_without_the_trigger_the_same_writers_deadlock(cast, app_dsn, owner_dsn, superuser_dsn):
    processes, rounds = size(8, 12)
    facts = holders(cast, processes, rounds)
    database = connection.settings_dict["NAME"]
    with (
        as_owner(owner_dsn, "DROP TRIGGER protection_locks_customer ON deals_protection"),
        as_owner(superuser_dsn, f"ALTER DATABASE \"{database}\" SET deadlock_timeout = '50ms'"),
    ):
        result = race(f"{WORK}:protect_as_typed", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert result.states.count("40P01") > 0
    assert double_protections() == 0  # the constraint still holds; only nobody can work


def test_twin_without_the_constraint_two_are_protected(cast, app_dsn, owner_dsn):
    processes, rounds = size(4, 3)
    facts = holders(cast, processes, rounds)
    with as_owner(owner_dsn, "ALTER TABLE deals_protection DROP CONSTRAINT one_protection"):
        result = race(f"{WORK}:protect_as_typed", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert result.count("won") > rounds
    assert double_protections() > 0


LIMITS = {"new_registrations_a_day": "too_many_today", "open_registrations": "too_many_open"}


def limited_drafts(cast, processes: int, rounds: int, **limits: int):
    """Per round many drafts of one partner whose tier leaves room for a few more."""
    for name in LIMITS:
        setattr(cast.tier, name, limits.get(name, 1_000))
    cast.tier.save()
    product = make_product(cast.family)
    people = sellers(cast, rounds)
    deals = [
        [str(making.draft(cast, person, f"{uuid.uuid4().hex} AG", products=[product]).uuid) for _ in range(processes)]
        for person in people
    ]
    return people, deals


@pytest.mark.parametrize("limit", LIMITS)
def test_a_partners_limit_holds_when_all_its_registrations_come_at_once(cast, app_dsn, limit):
    processes, _rounds = size(8, 1)
    people, deals = limited_drafts(cast, processes, 1, **{limit: 3})
    facts = {"deals": deals, "seller": people[0].pk}
    result = race(f"{WORK}:submit", url=app_dsn, processes=processes, rounds=1, facts=facts)
    assert result.count("won") == 3
    assert result.count(f"refused: {LIMITS[limit]}") == processes - 3


@pytest.mark.parametrize("limit", LIMITS)
def test_twin_without_the_partners_lock_more_slip_through(cast, app_dsn, limit):
    processes, _rounds = size(8, 1)
    people, deals = limited_drafts(cast, processes, 1, **{limit: 3})
    facts = {"deals": deals, "seller": people[0].pk}
    work = f"{WORK}:submit_without_the_partners_lock"
    result = race(work, url=app_dsn, processes=processes, rounds=1, facts=facts)
    assert result.count("won") > 3


def test_the_same_request_sixteen_times_at_once_writes_one_deal(cast, app_dsn):
    processes, rounds = 16, 3
    product = make_product(cast.family)
    facts = {
        "seller": cast.seller_a.pk,
        "keys": [str(uuid.uuid4()) for _ in range(rounds)],
        "bodies": [
            {
                "customer": {"name": f"{uuid.uuid4().hex} AG", "country": "DE", "city": "Kiel"},
                "lines": [{"sku": product.sku, "quantity": 3}],
                "submit": True,
            }
            for _ in range(rounds)
        ],
    }
    result = race(f"{WORK}:post", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    for number in range(rounds):
        answers = set(result.of_round(number))
        assert len(answers) == 1
        assert answers.pop().startswith("201 ")
    assert all_of(Deal).count() == rounds
