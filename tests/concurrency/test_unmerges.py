"""Merges in a ring, and a merge that is undone while others write at the record. Twins show what the guards prevent."""

from __future__ import annotations

import uuid
from unittest import mock

import pytest

from concord.deals.actions.decisions import approve_registration
from concord.deals.actions.submission import submit_registration
from concord.deals.models import Deal, Protection
from concord.partners.actions.merging import merge_customers
from concord.partners.models import CustomerMerge, EndCustomer
from concord.portal.invariants import broken_invariants
from concord.portal.refusals import Refusal
from tests.concurrency.racing import as_owner, race, size
from tests.concurrency.test_merges import alive, left_behind
from tests.deals import making
from tests.factories import make_customer, make_product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.merge_racers"
RULES = {"one_protection", "protection_of_deal", "protection_life", "life_protects", "protection_benefit"}


def ends_of(records) -> list[str]:
    """Where each record leads to; a ring leads nowhere."""
    found = EndCustomer.objects.unscoped("look").in_bulk(field_name="uuid")
    by_pk = {one.pk: one for one in found.values()}
    ends = []
    for one in records:
        record, seen = found[one], set()
        while record.merged_into_id is not None and record.pk not in seen:
            seen.add(record.pk)
            record = by_pk[record.merged_into_id]
        ends.append("a ring" if record.merged_into_id else str(record.uuid))
    return ends


def rings_of(rounds: int):
    return [
        [make_customer(f"{name} {turn:03} AG").uuid for name in ("Ahorn", "Quarz", "Zeder")] for turn in range(rounds)
    ]


def race_in_rings(cast, app_dsn, rings):
    facts = {"manager": cast.vendor_manager.pk, "rings": [[str(one) for one in ring] for ring in rings]}
    return race(f"{WORK}:merges_in_a_ring", url=app_dsn, processes=3, rounds=len(rings), facts=facts)


def test_merges_in_a_ring_leave_one_record_that_all_lead_to(cast, app_dsn):
    rings = rings_of(size(3, 8)[1])
    run = race_in_rings(cast, app_dsn, rings)
    for turn, ring in enumerate(rings):
        # Two happen in whatever order; the third finds its record, or the one to merge into, merged already.
        won = run.of_round(turn).count("won")
        assert 1 <= won <= 2
        ends = set(ends_of(ring))
        assert "a ring" not in ends
        assert len(ends) == 3 - won
        assert ends <= alive()
    assert not {"40P01", "55P03"} & set(run.states)


def test_twin_without_trigger_and_lock_all_three_of_a_ring_are_merged(cast, app_dsn, owner_dsn):
    rings = rings_of(6)
    with as_owner(owner_dsn, "DROP TRIGGER customer_tree ON partners_endcustomer"):
        facts = {"manager": cast.vendor_manager.pk, "rings": [[str(one) for one in ring] for ring in rings]}
        run = race(f"{WORK}:merges_in_a_ring_unguarded", url=app_dsn, processes=3, rounds=len(rings), facts=facts)
    assert any(run.of_round(turn).count("won") == 3 for turn in range(len(rings)))


def merged_pairs(cast, rounds: int):
    """Per round a merge that moved one deal, and a second partner's draft by the name of the record that went up."""
    cast.tier.open_registrations = cast.tier.new_registrations_a_day = 10_000
    cast.tier.save()
    product = make_product(cast.family)
    merges, deals = [], []
    for turn in range(rounds):
        name = f"Zeppelin {turn:03} Motorenwerke AG"
        deal = making.submitted(cast, name=name, products=[product])
        survivor = make_customer(f"Quarzhof {turn:03} Optik AG")
        (merge,) = merge_customers(
            actor=cast.actor(cast.vendor_manager),
            survivor_uuid=survivor.uuid,
            absorbed_uuids=[deal.end_customer.uuid],
            now=making.now(),
        )
        draft = making.draft(cast, cast.seller_b, name, products=[product])
        merges.append(str(merge.uuid))
        deals.append([str(deal.uuid), str(deal.uuid), str(draft.uuid)])
    return {"manager": cast.vendor_manager.pk, "seller": cast.seller_b.pk, "merges": merges, "deals": deals}


def put_back_by_half(facts) -> int:
    """Rounds in which the merge was undone and the deal that it had moved still stands at the surviving record."""
    found = 0
    for turn, merge in enumerate(facts["merges"]):
        undone = CustomerMerge.objects.get(uuid=merge)
        deal = Deal.objects.unscoped("look").get(uuid=facts["deals"][turn][0])
        found += undone.undone_at is not None and deal.end_customer_id != undone.absorbed_id
    return found


def test_what_is_approved_or_registered_while_a_merge_is_undone_stands_at_a_living_record(cast, app_dsn):
    processes, rounds = 3, size(3, 10)[1]
    facts = merged_pairs(cast, rounds)
    run = race(f"{WORK}:undo_or_write", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert left_behind() == put_back_by_half(facts) == 0
    assert list(broken_invariants(now=making.now(), only=RULES)) == []
    for turn in range(rounds):
        undone, approved, submitted = (one.result for one in sorted(run.outcomes, key=_by_racer) if one.round == turn)
        assert undone in {"won", "refused: cannot_undo_merge"}
        # Who approves what moves away meanwhile is told to look again; who undoes what was approved is told that.
        assert approved in {"won", "refused: changed", "refused: twin_undecided"}
        assert undone == "won" or approved == "won"
        assert submitted in {"won", "refused: customer_record_changed"}
    assert not {"40P01", "55P03"} & set(run.states)


def _by_racer(outcome) -> tuple[int, int]:
    return outcome.round, outcome.racer


def test_twin_without_locks_a_deal_is_protected_where_it_is_not(cast, app_dsn, owner_dsn):
    facts = merged_pairs(cast, 6)
    with as_owner(owner_dsn, "DROP TRIGGER not_at_merged_customer ON deals_deal"):
        race(f"{WORK}:undo_or_write_without_locks", url=app_dsn, processes=2, rounds=6, facts=facts)
    assert list(broken_invariants(now=making.now(), only={"protection_of_deal"})) != []


# -- registrations that came since the merge, by the name of the record that went up --------------------------------


def registered_since(cast, rounds: int, *, submitted: bool):
    """Per round a merge, and a second partner's registration by the merged name: a draft, or handed in already."""
    facts = merged_pairs(cast, rounds)
    drafts = [uuid.UUID(deals[2]) for deals in facts["deals"]]
    if submitted:
        for draft in drafts:
            submit_registration(actor=cast.actor(cast.seller_b), deal_uuid=draft, now=making.now())
    return {**facts, "deals": [[str(draft)] * 2 for draft in drafts]}


def named_and_protected(facts) -> list[tuple[bool, bool, bool]]:
    """Per round: whether the merge is undone, whether the registration stands at the surviving record all the same,
    and whether it is protected there."""
    found = []
    for turn, merge in enumerate(facts["merges"]):
        undone = CustomerMerge.objects.get(uuid=merge)
        deal = Deal.objects.unscoped("look").get(uuid=facts["deals"][turn][0])
        at_survivor = deal.end_customer_id == undone.survivor_id
        protected = Protection.objects.unscoped("look").filter(deal=deal, end_customer_id=undone.survivor_id).exists()
        found.append((undone.undone_at is not None, at_survivor, protected))
    return found


#: the company has come back, and its registration protects another one: nobody who registers it would notice
ELSEWHERE = (True, True, True)


def approve_all(cast, facts) -> list[str]:
    """What a manager is told who approves each of them once the race is over."""
    told = []
    for deals in facts["deals"]:
        try:
            approve_registration(actor=cast.actor(cast.vendor_manager), deal_uuid=uuid.UUID(deals[0]), now=making.now())
        except Refusal as refused:
            told.append(refused.code)
        else:
            told.append("approved")
    return told


def test_what_was_registered_while_a_merge_is_undone_is_asked_about_before_it_protects(cast, app_dsn):
    facts = registered_since(cast, size(2, 4)[1], submitted=False)
    run = race(f"{WORK}:undo_or_register", url=app_dsn, processes=2, rounds=len(facts["merges"]), facts=facts)
    assert run.count("won") == 2 * len(facts["merges"]), run.outcomes
    left = named_and_protected(facts)
    assert (True, True, False) in left  # matched before, written after: this is what the race is about
    told = approve_all(cast, facts)
    assert told == ["twin_undecided" if at_survivor else "approved" for _undone, at_survivor, _held in left]
    assert ELSEWHERE not in named_and_protected(facts)
    assert left_behind() == 0
    assert list(broken_invariants(now=making.now(), only=RULES)) == []


def test_twin_without_asking_what_was_registered_protects_another_company(cast, app_dsn):
    facts = registered_since(cast, 3, submitted=False)
    race(f"{WORK}:undo_or_register", url=app_dsn, processes=2, rounds=3, facts=facts)
    same = mock.Mock(return_value=mock.Mock(verdict="same"))
    with mock.patch("concord.deals.actions.decisions.recognised_as", same):
        assert set(approve_all(cast, facts)) == {"approved"}
    assert ELSEWHERE in named_and_protected(facts)


def test_a_merge_is_undone_or_what_was_registered_since_is_approved_never_both(cast, app_dsn):
    facts = registered_since(cast, size(2, 8)[1], submitted=True)
    rounds = len(facts["merges"])
    run = race(f"{WORK}:undo_or_write", url=app_dsn, processes=2, rounds=rounds, facts=facts)
    for turn in range(rounds):
        undone, approved = (one.result for one in sorted(run.outcomes, key=_by_racer) if one.round == turn)
        assert (undone, approved) in {
            ("won", "refused: twin_undecided"),
            ("won", "refused: changed"),
            ("refused: cannot_undo_merge", "won"),
        }
    assert ELSEWHERE not in named_and_protected(facts)
    assert not {"40P01", "55P03"} & set(run.states)


def test_twin_without_locks_both_are_done_and_another_company_is_protected(cast, app_dsn):
    facts = registered_since(cast, 4, submitted=True)
    run = race(f"{WORK}:undo_or_write_without_locks", url=app_dsn, processes=2, rounds=4, facts=facts)
    assert run.count("won") > 4
    assert ELSEWHERE in named_and_protected(facts)
