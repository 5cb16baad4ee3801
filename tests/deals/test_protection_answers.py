"""A stop of the clock that ends before its time, and what the vendor's silence grants."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from concord.deals.actions.extensions import grant_extension, request_extension
from concord.deals.actions.holds import hold_protection
from concord.deals.actions.holds_ending import end_hold
from concord.deals.actions.people import save_contact
from concord.deals.actions.promises import save_promise
from concord.deals.models import ExtensionRequest, ProgrammeSettings, Protection, ProtectionHold
from concord.deals.queries.programme import programme_terms
from concord.deals.queries.waiting import waiting_for
from concord.portal.invariants import broken_invariants
from concord.portal.refusals import NotAllowed, NotThere, WrongState
from concord.pricing.models import RegistrationBenefit
from tests.deals import making
from tests.deals.test_protection_doors import api, signed_in
from tests.deals.test_protection_timers import (
    DAY,
    all_of,
    holds_customer,
    life_of,
    manager,
    paper,
    payload,
    seller,
    tick,
    told,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(cast):
    return making.approved(cast)


@pytest.fixture
def start(deal):
    return life_of(deal).started_at


def held(cast, deal, *, now, days, start=None):
    until = (start or now) + days * DAY
    return hold_protection(
        actor=manager(cast), deal_uuid=deal.uuid, cause="tender_runs", start=start, until=until, now=now
    )


def test_a_stop_that_ends_early_lets_the_clock_run_on_and_gives_the_rest_back(cast, deal, start):
    held(cast, deal, now=start + 10 * DAY, days=40)
    assert life_of(deal).ends_at == start + 130 * DAY
    ended = end_hold(actor=manager(cast), deal_uuid=deal.uuid, note="The tender was opened.", now=start + 15 * DAY)
    row = life_of(deal)
    assert (row.ends_at, row.hard_end, row.test_due_at) == (start + 95 * DAY, start + 185 * DAY, start + 35 * DAY)
    assert row.held == 5 * DAY
    assert (ended.period.lower, ended.period.upper) == (start + 10 * DAY, start + 15 * DAY)
    assert {one.period.upper for one in all_of(Protection).filter(deal=deal)} == {row.ends_at}
    assert {one.period.upper for one in RegistrationBenefit.objects.all()} == {row.ends_at}
    said = payload(deal, "deal.hold_ended")
    assert (said["reason"], said["note"]) == ("tender_runs", "The tender was opened.")
    assert list(broken_invariants(now=start + 15 * DAY)) == []
    # The time that it did not stand may be used for another stop.
    held(cast, deal, now=start + 20 * DAY, days=55)
    assert life_of(deal).held == 60 * DAY


def test_a_stop_that_has_not_begun_is_taken_back_as_if_it_had_never_been(cast, deal, start):
    before = life_of(deal)
    held(cast, deal, now=start, start=start + 20 * DAY, days=10)
    end_hold(actor=manager(cast), deal_uuid=deal.uuid, now=start + 2 * DAY)
    assert all_of(ProtectionHold).get().state == "undone"
    row = life_of(deal)
    assert (row.ends_at, row.test_due_at, row.held) == (before.ends_at, before.test_due_at, timedelta())
    assert list(broken_invariants(now=start + 2 * DAY)) == []


def test_where_no_clock_stands_nothing_is_ended(cast, deal, start):
    with pytest.raises(WrongState) as refused:
        end_hold(actor=manager(cast), deal_uuid=deal.uuid, now=start)
    assert refused.value.details["allowed"] == ["held"]
    held(cast, deal, now=start + DAY, days=5)
    with pytest.raises(WrongState):
        end_hold(actor=manager(cast), deal_uuid=deal.uuid, now=start + 7 * DAY)
    assert life_of(deal).ends_at == start + 95 * DAY
    # One that waits for its answer is answered, not ended.
    asked = start + 8 * DAY
    hold_protection(actor=seller(cast), deal_uuid=deal.uuid, cause="customer_paused", until=asked + 9 * DAY, now=asked)
    with pytest.raises(WrongState):
        end_hold(actor=manager(cast), deal_uuid=deal.uuid, now=asked)
    assert "deal.hold_ended" not in told(deal)


def test_only_the_vendor_ends_a_stop(cast, deal, start):
    held(cast, deal, now=start + DAY, days=5)
    for actor in (seller(cast), cast.actor(cast.seller_b), cast.actor(cast.pricing_manager)):
        with pytest.raises((NotAllowed, NotThere)):
            end_hold(actor=actor, deal_uuid=deal.uuid, now=start + 2 * DAY)
    assert life_of(deal).ends_at == start + 95 * DAY


def test_who_waits_for_an_answer_stays_protected_when_the_clock_runs_on(cast, deal, start):
    ProgrammeSettings.objects.create(readiness_at_least=0)
    work(cast, deal, *[start + number * DAY for number in range(2, 88, 6)])
    tick(start + 89 * DAY)
    held(cast, deal, now=start + 89 * DAY, days=30)
    request_extension(actor=seller(cast), deal_uuid=deal.uuid, note="On.", upload=paper(), now=start + 90 * DAY)
    end_hold(actor=manager(cast), deal_uuid=deal.uuid, now=start + 90 * DAY)
    due = all_of(ExtensionRequest).get().answer_due_at
    assert life_of(deal).ends_at > due > start + 91 * DAY
    assert holds_customer(deal, due)


def test_the_clock_runs_on_through_desk_and_api(cast, deal):
    held(cast, deal, now=making.now(), days=20)
    desk = signed_in(cast.vendor_manager)
    deal.refresh_from_db()
    assert "end-hold-note" in desk.get(reverse("protections:one", args=[deal.uuid])).content.decode()
    address = reverse("protections:do", args=[deal.uuid, "end-hold"])
    values = {"end-hold-version": deal.updated_at.isoformat(), "end-hold-note": "It goes on."}
    assert desk.post(address, values).status_code == 302
    assert "end-hold-note" not in desk.get(reverse("protections:one", args=[deal.uuid])).content.decode()
    page = signed_in(cast.seller_a).get(reverse("deals:detail", args=[deal.uuid])).content.decode()
    assert "Clock runs on" in page
    path = f"/api/v1/deals/{deal.uuid}/hold/end/"
    refused = api(cast.vendor_manager, path, {}, deal)
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    assert refused.json()["allowed"] == ["held"]
    held(cast, deal, now=making.now(), days=9)
    assert api(cast.vendor_manager, path, {"note": "On."}, deal, key="k2").status_code == 200
    shown = api_get(cast.vendor_manager, f"/api/v1/deals/{deal.uuid}/protection/").json()
    assert shown["protection"]["hold"]["ended_early_at"] is not None


def api_get(user, path):
    return signed_in(user).get(path)


def ready(cast, deal, *, now):
    """So much is known that an extension may be asked for: people with a part, and two who were there."""
    save_contact(actor=seller(cast), deal_uuid=deal.uuid, name="Mia Keller", role="decision_maker", now=now)
    work(cast, deal, *[now - number * DAY for number in range(2, 80, 6)])


def asked(cast, deal, *, now):
    request_extension(actor=seller(cast), deal_uuid=deal.uuid, note="On.", upload=paper(), now=now)
    return all_of(ExtensionRequest).get()


def test_the_vendors_silence_ages_nothing(cast, deal, start):
    """The last note was more than two weeks old when the answer was due: it was fresh when the partner asked."""
    ProgrammeSettings.objects.create(readiness_at_least=70, answer_within_hours=160)
    asks = start + 80 * DAY
    ready(cast, deal, now=asks)
    request = asked(cast, deal, now=asks)
    tick(request.answer_due_at + timedelta(minutes=1))
    request.refresh_from_db()
    assert (request.state, request.by_silence) == ("granted", True)
    assert request.answer_due_at > asks + 16 * DAY


def test_silence_grants_nothing_below_the_line_until_the_deal_is_ready_again(cast, deal, start):
    ProgrammeSettings.objects.create(readiness_at_least=70)
    asks = start + 80 * DAY
    ready(cast, deal, now=asks)
    request = asked(cast, deal, now=asks)
    promise = save_promise(actor=seller(cast), deal_uuid=deal.uuid, kind="price", text="A lower price.", now=asks)
    due = request.answer_due_at + timedelta(minutes=1)
    tick(due)
    tick(due + timedelta(hours=1))
    request.refresh_from_db()
    assert (request.state, request.by_silence) == ("pending", False)
    assert told(deal).count("deal.extension_lacking") == 1
    assert payload(deal, "deal.extension_lacking") == {"score": 50, "line": 70}
    waiting = waiting_for(seller(cast), now=due, terms=programme_terms())
    assert "lacking" in {one.kind for one in waiting.notices}
    promise.evidence = "Mail of Monday."
    promise.save()
    tick(due + timedelta(hours=2))
    request.refresh_from_db()
    assert (request.state, request.by_silence) == ("granted", True)


def test_below_the_line_to_the_end_the_protection_ends_in_its_time(cast, deal, start):
    ProgrammeSettings.objects.create(readiness_at_least=70)
    asks = start + 80 * DAY
    ready(cast, deal, now=asks)
    request = asked(cast, deal, now=asks)
    save_promise(actor=seller(cast), deal_uuid=deal.uuid, kind="price", text="A lower price.", now=asks)
    tick(start + 100 * DAY)
    request.refresh_from_db()
    assert request.state == "moot"
    assert not holds_customer(deal, start + 100 * DAY)


def test_a_late_answer_may_still_grant_what_was_ready_when_it_was_asked_for(cast, deal, start):
    ProgrammeSettings.objects.create(readiness_at_least=70, answer_within_hours=160)
    asks = start + 60 * DAY
    ready(cast, deal, now=asks)
    asked(cast, deal, now=asks)
    grant_extension(actor=manager(cast), deal_uuid=deal.uuid, now=asks + 20 * DAY)
    assert life_of(deal).ends_at == start + 120 * DAY
