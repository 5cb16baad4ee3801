"""Races around a protection's life: requests, answers, the customer's choice and the timers, two at a time."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from concord.deals.actions.evidence import attach_evidence
from concord.deals.actions.extensions import request_extension
from concord.deals.actions.holds import hold_protection
from concord.deals.models import ExtensionRequest, ProgrammeSettings, ProtectionLife
from concord.portal.invariants import broken_invariants
from tests.concurrency.racing import as_owner, race, size
from tests.deals import making

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.life_racers"
RULES = {"one_protection", "protection_of_deal", "protection_life", "life_protects", "protection_benefit", "life_held"}
#: a deal that is over, or of which the history says so, and whose protection lives; or the other way round
TORN = """
SELECT count(*) FROM deals_deal d JOIN deals_protectionlife l ON l.deal_id = d.id
WHERE (d.sales_stage = 'expired' AND l.ended_at IS NULL) OR (d.sales_stage = 'open' AND l.end_cause = 'lapsed')
   OR (l.ended_at IS NULL AND EXISTS (
        SELECT FROM portal_event e
        WHERE e.subject_type = 'deal' AND e.subject_uuid = d.uuid AND e.verb = 'deal.lapsed'))
"""


def torn() -> int:
    with connection.cursor() as cursor:
        cursor.execute(TORN)
        return cursor.fetchone()[0]


def broken() -> list:
    return list(broken_invariants(now=making.now(), only=RULES))


def protected(cast, rounds: int, *, purpose: str, rivals: bool = False):
    """Per round one protected deal with its evidence attached; with rivals, a second partner's waits for an answer."""
    ProgrammeSettings.objects.create(readiness_at_least=0)
    cast.tier.open_registrations = cast.tier.new_registrations_a_day = 10_000
    cast.tier.save()
    deals, others = [], []
    for turn in range(rounds):
        name = f"{uuid.UUID(int=turn * 7_919 * 10**30 + 11).hex[:12]} Werke AG"
        deal = making.approved(cast, name=name)
        attach_evidence(
            actor=cast.actor(cast.vendor_manager if purpose == "customers_choice" else cast.seller_a),
            deal_uuid=deal.uuid,
            upload=SimpleUploadedFile("paper.txt", b"It goes on.", "text/plain"),
            purpose=purpose,
            now=making.now(),
        )
        deals.append(deal)
        if rivals:
            others.append(str(making.submitted(cast, cast.seller_b, name).uuid))
    return deals, others


def about_to_lapse(deals) -> None:
    """The time of grace is over and the timers have not come by yet."""
    now = making.now()
    ProtectionLife.objects.unscoped("the race's start").filter(deal__in=deals).update(
        window_from=now - timedelta(days=38),
        counted_from=now - timedelta(days=38),
        in_grace=True,
        next_at=now - timedelta(hours=1),
    )


def test_of_many_requests_for_extension_at_once_one_waits(cast, app_dsn):
    processes, rounds = size(6, 5)
    deals, _others = protected(cast, rounds, purpose="extension")
    facts = {"deals": [str(one.uuid) for one in deals], "seller": cast.seller_a.pk}
    result = race(f"{WORK}:ask", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    for number in range(rounds):
        assert sorted(result.of_round(number)) == ["refused: extension_pending"] * (processes - 1) + ["won"]
    assert ExtensionRequest.objects.unscoped("the test counts").count() == rounds


def test_without_locks_the_constraint_alone_lets_one_wait(cast, app_dsn):
    processes, rounds = size(6, 3)
    deals, _others = protected(cast, rounds, purpose="extension")
    facts = {"deals": [str(one.uuid) for one in deals], "seller": cast.seller_a.pk}
    result = race(f"{WORK}:ask_without_locks", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert result.count("won") == rounds


def test_twin_without_locks_and_constraint_several_wait(cast, app_dsn, owner_dsn):
    processes, rounds = size(6, 3)
    deals, _others = protected(cast, rounds, purpose="extension")
    facts = {"deals": [str(one.uuid) for one in deals], "seller": cast.seller_a.pk}
    with as_owner(owner_dsn, "DROP INDEX one_pending_extension"):
        result = race(f"{WORK}:ask_without_locks", url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert result.count("won") > rounds


PAIRS = [
    ("grant", "lapse"),
    ("choose", "lapse"),
    ("choose", "grant"),
    ("approve", "lapse"),
    ("end", "grant"),
    ("end", "end"),
]


def start_of(cast, pair, rounds: int):
    purpose = "customers_choice" if "choose" in pair else "extension"
    deals, rivals = protected(cast, rounds, purpose=purpose, rivals="approve" in pair)
    if "grant" in pair:
        for deal in deals:
            request_extension(
                actor=cast.actor(cast.seller_a),
                deal_uuid=deal.uuid,
                note="It goes on.",
                upload=SimpleUploadedFile("more.txt", b"More.", "text/plain"),
                now=making.now(),
            )
    if "end" in pair:
        for deal in deals:
            hold_protection(
                actor=cast.actor(cast.vendor_manager),
                deal_uuid=deal.uuid,
                cause="tender_runs",
                until=making.now() + timedelta(days=20),
                now=making.now(),
            )
    if "lapse" in pair:
        about_to_lapse(deals)
    return {
        "deals": [str(one.uuid) for one in deals],
        "rivals": rivals,
        "pair": list(pair),
        "manager": cast.vendor_manager.pk,
    }


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_of_two_things_at_once_each_finds_the_other_done_or_not(cast, app_dsn, pair):
    rounds = size(2, 8)[1]
    facts = start_of(cast, pair, rounds)
    result = race(f"{WORK}:two_at_a_time", url=app_dsn, processes=2, rounds=rounds, facts=facts)
    assert torn() == 0
    assert broken() == []
    allowed = {
        "grant": {"won", "refused: wrong_state"},
        "choose": {"won", "refused: wrong_state"},
        "lapse": {"won"},
        "end": {"won", "refused: wrong_state"},
        "approve": {"won", "refused: already_protected"},
    }
    for outcome in result.outcomes:
        deed, _, came_of_it = outcome.result.partition(" ")
        assert came_of_it in allowed[deed] | ({"refused: hard_end"} if pair == ("choose", "grant") else set())


def test_a_stop_of_the_clock_is_ended_once(cast, app_dsn):
    rounds = size(2, 6)[1]
    facts = start_of(cast, ("end", "end"), rounds)
    result = race(f"{WORK}:two_at_a_time", url=app_dsn, processes=2, rounds=rounds, facts=facts)
    for number in range(rounds):
        assert sorted(result.of_round(number)) == ["end refused: wrong_state", "end won"]


def test_twin_without_locks_a_stop_is_ended_twice(cast, app_dsn):
    rounds = size(2, 3)[1]
    facts = start_of(cast, ("end", "end"), rounds)
    result = race(f"{WORK}:two_at_a_time_without_locks", url=app_dsn, processes=2, rounds=rounds, facts=facts)
    assert result.count("end won") > rounds


@pytest.mark.parametrize("pair", [("grant", "lapse"), ("choose", "lapse")], ids="-".join)
def test_twin_without_locks_deals_are_torn(cast, app_dsn, pair):
    rounds = size(2, 4)[1]
    facts = start_of(cast, pair, rounds)
    race(f"{WORK}:two_at_a_time_without_locks", url=app_dsn, processes=2, rounds=rounds, facts=facts)
    assert torn() > 0 or broken() != []
