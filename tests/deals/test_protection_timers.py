"""Protections over simulated months: the timers are told what time it is, come late, twice, or not for weeks."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from concord.deals.actions.activities import add_activity
from concord.deals.actions.appeals import file_appeal, overturn_decision, uphold_decision
from concord.deals.actions.closing import lose_deal, win_deal
from concord.deals.actions.customers_choice import record_customers_choice
from concord.deals.actions.decisions import approve_registration, decide_duplicate, reject_registration
from concord.deals.actions.escalations import escalate_answers
from concord.deals.actions.extensions import (
    ExtensionPending,
    NotReady,
    grant_extension,
    refuse_extension,
    request_extension,
)
from concord.deals.actions.holds import HoldPending, grant_hold, hold_protection, refuse_hold
from concord.deals.actions.precedents import publish_precedent
from concord.deals.actions.protection_timers import run_protections
from concord.deals.enums import ActivityKind, SalesStage
from concord.deals.models import (
    AnswerEscalation,
    Appeal,
    ClosingDay,
    Deal,
    ExtensionRequest,
    Precedent,
    ProgrammeSettings,
    Protection,
    ProtectionHold,
    ProtectionLife,
)
from concord.deals.queries.programme import programme_terms
from concord.partners.actions.members import create_member
from concord.portal.actor import portal_actor
from concord.portal.enums import Role
from concord.portal.invariants import broken_invariants
from concord.portal.models import Event
from concord.portal.refusals import Conflict, InvalidInput, NotAllowed, NotThere, WrongState
from concord.pricing.models import RegistrationBenefit
from tests.deals import making

DAY = timedelta(days=1)
RIVAL = "Nordwind Antriebe G.m.b.H."


def all_of(model):
    return model.objects.unscoped("the test looks at everything")


def paper(name: str = "letter.txt", text: str = "The customer writes.") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(), "text/plain")


def told(deal, *, without=()) -> list[str]:
    found = all_of(Event).about("deal", deal.uuid).order_by("sequence")
    return [one.verb for one in found if one.verb not in {"deal.activity_added", *without}]


def payload(deal, verb) -> dict:
    return json.loads(all_of(Event).about("deal", deal.uuid).filter(verb=verb).last().payload)


def life_of(deal) -> ProtectionLife:
    return all_of(ProtectionLife).filter(deal=deal).latest("pk")


def tick(now) -> int:
    return run_protections(actor=portal_actor(), now=now)


def work(cast, deal, *moments, kind=ActivityKind.VISIT):
    for moment in moments:
        add_activity(
            actor=cast.actor(cast.seller_a),
            deal_uuid=deal.uuid,
            kind=kind,
            text="There.",
            now=moment,
            happened_at=moment,
        )


@pytest.fixture(autouse=True)
def anything_known_is_enough(settings):
    settings.PROGRAMME_TERMS = {**settings.PROGRAMME_TERMS, "readiness_at_least": 0}


@pytest.fixture
def deal(cast):
    return making.approved(cast)


@pytest.fixture
def start(deal):
    return life_of(deal).started_at


def manager(cast):
    return cast.actor(cast.vendor_manager)


def seller(cast):
    return cast.actor(cast.seller_a)


def holds_customer(deal, at) -> bool:
    return all_of(Protection).filter(deal=deal, period__contains=at).exists()


def test_a_neglected_deal_gets_grace_lapses_and_goes_to_the_pool(cast, deal, start):
    assert tick(start + 29 * DAY) == 0
    assert tick(start + 30 * DAY) == 1
    assert payload(deal, "deal.grace_started")["counted"] == 0
    assert tick(start + 36 * DAY) == 0
    assert holds_customer(deal, start + 36 * DAY)
    assert tick(start + 37 * DAY) == 1
    assert not holds_customer(deal, start + 38 * DAY)
    assert not RegistrationBenefit.objects.filter(period__contains=start + 38 * DAY).exists()
    deal.refresh_from_db()
    assert deal.sales_stage == SalesStage.EXPIRED
    assert life_of(deal).end_cause == "lapsed"
    assert told(deal)[-4:] == ["deal.grace_started", "deal.lapsed", "benefit.ended", "deal.protection_ended"]
    assert tick(start + 200 * DAY) == 0


def test_months_with_a_tick_a_day_and_one_tick_after_all_of_them_tell_the_same_story(cast):
    daily, late = making.approved(cast), making.approved(cast, cast.seller_b, "Suedstern Pumpen AG")
    own = {daily.pk: cast.seller_a, late.pk: cast.seller_b}
    for one in (daily, late):
        begun = life_of(one).started_at
        for number in (4, 11, 32, 41, 66, 80):
            moment = begun + number * DAY
            add_activity(
                actor=cast.actor(own[one.pk]), deal_uuid=one.uuid, kind="visit", text="There.", now=moment,
                happened_at=moment,
            )  # fmt: skip
    begun = life_of(daily).started_at
    all_of(ProtectionLife).filter(deal=late).update(next_at=begun + 10_000 * DAY)  # its timer sleeps
    for number in range(95):
        tick(begun + number * DAY)
    all_of(ProtectionLife).filter(deal=late).update(next_at=begun)
    tick(begun + 95 * DAY)
    assert told(daily)[-7:] == [
        "deal.activity_test_passed",
        "deal.activity_test_passed",
        "deal.protection_warned",
        "deal.protection_warned",
        "deal.protection_warned",
        "deal.protection_ended",
        "deal.expired",
    ]
    assert told(daily) == told(late)
    warned = all_of(Event).filter(verb="deal.protection_warned").order_by("pk")
    assert [json.loads(one.payload)["days"] for one in warned] == [14, 7, 1, 14, 7, 1]
    daily.refresh_from_db()
    assert daily.sales_stage == SalesStage.EXPIRED


def test_what_comes_in_grace_saves_the_protection(cast, deal, start):
    work(cast, deal, start + 3 * DAY)
    work(cast, deal, start + 4 * DAY, start + 5 * DAY, kind=ActivityKind.MAIL)  # letters do not count
    tick(start + 31 * DAY)
    assert life_of(deal).in_grace
    work(cast, deal, start + 32 * DAY)
    tick(start + 33 * DAY)
    row = life_of(deal)
    assert not row.in_grace
    assert row.test_due_at == start + 60 * DAY
    assert told(deal)[-1] == "deal.activity_test_passed"


def test_a_won_deal_keeps_its_protection_untested_to_its_end(cast, deal, start):
    win_deal(actor=seller(cast), deal_uuid=deal.uuid, now=start + DAY)
    tick(start + 89 * DAY)
    assert holds_customer(deal, start + 89 * DAY)
    tick(start + 91 * DAY)
    deal.refresh_from_db()
    assert deal.sales_stage == SalesStage.WON
    assert told(deal)[-1] == "deal.protection_ended"


def test_an_extension_is_asked_for_with_evidence_and_adds_thirty_days(cast, deal, start):
    now = start + 10 * DAY
    with pytest.raises(InvalidInput) as refused:
        request_extension(actor=seller(cast), deal_uuid=deal.uuid, note="It goes on.", now=now)
    assert refused.value.errors[0].pointer == "/file"
    request_extension(actor=seller(cast), deal_uuid=deal.uuid, note="It goes on.", upload=paper(), now=now)
    with pytest.raises(ExtensionPending):
        request_extension(actor=seller(cast), deal_uuid=deal.uuid, note="Again.", upload=paper("b.txt", "B"), now=now)
    with pytest.raises(NotAllowed):
        grant_extension(actor=seller(cast), deal_uuid=deal.uuid, now=now)
    grant_extension(actor=manager(cast), deal_uuid=deal.uuid, now=now)
    assert life_of(deal).ends_at == start + 120 * DAY
    assert all_of(Protection).get(deal=deal).period.upper == start + 120 * DAY
    assert RegistrationBenefit.objects.get().period.upper == start + 120 * DAY
    with pytest.raises(WrongState):
        grant_extension(actor=manager(cast), deal_uuid=deal.uuid, now=now)
    # What was shown once is no evidence the second time.
    with pytest.raises(InvalidInput):
        request_extension(actor=seller(cast), deal_uuid=deal.uuid, note="More.", now=now)
    request_extension(actor=seller(cast), deal_uuid=deal.uuid, note="More.", upload=paper("c.txt", "C"), now=now)
    refuse_extension(actor=manager(cast), deal_uuid=deal.uuid, reason="too_little_work", now=now)
    assert life_of(deal).ends_at == start + 120 * DAY
    assert list(broken_invariants(now=now)) == []


def test_extensions_end_at_the_hard_end(cast, deal, start):
    for number in range(3):
        request_extension(
            actor=seller(cast), deal_uuid=deal.uuid, note="On.", upload=paper(f"{number}.txt", str(number)), now=start
        )
        grant_extension(actor=manager(cast), deal_uuid=deal.uuid, now=start)
    assert life_of(deal).ends_at == life_of(deal).hard_end == start + 180 * DAY
    with pytest.raises(Conflict) as refused:
        request_extension(actor=seller(cast), deal_uuid=deal.uuid, note="On.", upload=paper("x.txt", "x"), now=start)
    assert refused.value.code == "no_extension_left"


def test_too_little_known_of_a_deal_refuses_its_extension_with_the_reason(cast, deal, start):
    ProgrammeSettings.objects.create(readiness_at_least=60)
    with pytest.raises(NotReady) as refused:
        request_extension(actor=seller(cast), deal_uuid=deal.uuid, note="On.", upload=paper(), now=start)
    assert refused.value.details["line"] == 60
    assert "No person at the customer is known." in str(refused.value)
    assert not all_of(ExtensionRequest).exists()


def test_a_request_that_nobody_answers_is_granted_and_the_customer_stays_protected_meanwhile(cast, deal, start):
    late = start + 90 * DAY - timedelta(minutes=5)
    work(cast, deal, *[start + number * DAY for number in range(2, 88, 6)])
    tick(late)
    request_extension(actor=seller(cast), deal_uuid=deal.uuid, note="On.", upload=paper(), now=late)
    request = all_of(ExtensionRequest).get()
    assert holds_customer(deal, request.answer_due_at)
    tick(request.answer_due_at + timedelta(minutes=1))
    request.refresh_from_db()
    assert (request.state, request.by_silence) == ("granted", True)
    assert life_of(deal).ends_at == start + 120 * DAY
    assert payload(deal, "deal.extended")["by_silence"] is True


def test_a_refusal_after_the_ordinary_end_ends_the_protection_then(cast, deal, start):
    late = start + 90 * DAY - timedelta(minutes=5)
    work(cast, deal, *[start + number * DAY for number in range(2, 88, 6)])
    request_extension(actor=seller(cast), deal_uuid=deal.uuid, note="On.", upload=paper(), now=late)
    answered = start + 90 * DAY + timedelta(hours=1)
    refuse_extension(actor=manager(cast), deal_uuid=deal.uuid, reason="no_evidence", now=answered)
    assert not holds_customer(deal, answered)
    tick(answered + timedelta(minutes=1))
    assert told(deal)[-1] == "deal.expired"


def test_the_partner_asks_to_stop_the_clock_and_the_vendor_answers(cast, deal, start):
    now = start + 10 * DAY
    hold_protection(actor=seller(cast), deal_uuid=deal.uuid, cause="customer_paused", until=now + 20 * DAY, now=now)
    assert life_of(deal).ends_at == start + 90 * DAY
    with pytest.raises(HoldPending):
        hold_protection(actor=seller(cast), deal_uuid=deal.uuid, cause="customer_paused", until=now + 9 * DAY, now=now)
    grant_hold(actor=manager(cast), deal_uuid=deal.uuid, now=now + 5 * DAY)
    # Five days of it were over already.
    row = life_of(deal)
    assert row.ends_at == start + 105 * DAY
    assert row.test_due_at == start + 45 * DAY
    assert row.hard_end == start + 195 * DAY
    assert tick(start + 44 * DAY) == 0
    assert tick(start + 45 * DAY) == 1
    assert list(broken_invariants(now=now)) == []


def test_the_clock_stands_still_no_longer_than_the_programme_allows(cast, deal, start):
    tender = {"actor": manager(cast), "deal_uuid": deal.uuid, "cause": "tender_runs"}
    with pytest.raises(InvalidInput) as refused:
        hold_protection(**tender, until=start + 61 * DAY, now=start)
    assert "60" in str(refused.value.errors[0].message)
    hold_protection(**tender, until=start + 50 * DAY, now=start)
    later = start + 55 * DAY
    with pytest.raises(InvalidInput):
        hold_protection(**tender, until=later + 11 * DAY, now=later)
    hold_protection(**tender, until=later + 9 * DAY, now=later)
    assert all_of(ProtectionHold).count() == 2


def test_a_refused_hold_changes_nothing(cast, deal, start):
    hold_protection(actor=seller(cast), deal_uuid=deal.uuid, cause="customer_paused", until=start + 9 * DAY, now=start)
    refuse_hold(actor=manager(cast), deal_uuid=deal.uuid, reason="no_reason_to_wait", now=start)
    assert life_of(deal).ends_at == start + 90 * DAY
    assert told(deal)[-1] == "deal.hold_refused"


def test_what_waits_is_over_with_the_protection(cast, deal, start):
    request_extension(actor=seller(cast), deal_uuid=deal.uuid, note="On.", upload=paper(), now=start)
    hold_protection(actor=seller(cast), deal_uuid=deal.uuid, cause="customer_paused", until=start + 9 * DAY, now=start)
    lose_deal(actor=seller(cast), deal_uuid=deal.uuid, reason="price", now=start)
    assert all_of(ExtensionRequest).get().state == all_of(ProtectionHold).get().state == "moot"
    assert life_of(deal).end_cause == "closed"


def test_the_customers_written_choice_ends_the_protection_the_next_day_and_both_learn_of_it(cast, deal, start):
    rival = making.submitted(cast, cast.seller_b, RIVAL)
    with pytest.raises(InvalidInput):
        record_customers_choice(actor=manager(cast), deal_uuid=deal.uuid, now=start)
    with pytest.raises(NotAllowed):
        record_customers_choice(actor=seller(cast), deal_uuid=deal.uuid, upload=paper(), now=start)
    record_customers_choice(
        actor=manager(cast), deal_uuid=deal.uuid, chosen=rival.uuid, upload=paper(), now=start + DAY
    )
    ends = life_of(deal).ends_at
    assert timedelta() < ends - (start + DAY) <= DAY
    assert (ends.hour, ends.minute) == (0, 0)
    assert payload(deal, "deal.customer_chose")["for_you"] is False
    assert payload(rival, "deal.customer_chose")["for_you"] is True
    seen_by_rival = Event.objects.visible_to(cast.actor(cast.seller_b)).about("deal", rival.uuid)
    assert "deal.customer_chose" in {one.verb for one in seen_by_rival}
    assert cast.partner_a.name not in "".join(one.payload for one in seen_by_rival)
    tick(ends)
    assert not holds_customer(deal, ends)
    assert life_of(deal).end_cause == "choice"
    deal.refresh_from_db()
    assert deal.sales_stage == SalesStage.OPEN
    approve_registration(actor=manager(cast), deal_uuid=rival.uuid, now=ends)


def lost(cast):
    """The rival's registration, decided to be a duplicate."""
    rival = making.submitted(cast, cast.seller_b, RIVAL)
    return decide_duplicate(actor=manager(cast), deal_uuid=rival.uuid, reason="already_protected", now=making.now())


def judge(cast):
    member = create_member(
        actor=portal_actor(), email="neutral@vendor.example", name="Nora Neutral", role=Role.CHANNEL_MANAGER
    )
    return member.user


def test_an_appeal_needs_new_evidence_comes_once_and_in_time(cast, deal):
    rival = lost(cast)
    loser, now = cast.actor(cast.seller_b), making.now()
    with pytest.raises(InvalidInput):
        file_appeal(actor=loser, deal_uuid=rival.uuid, grounds="We were first.", now=now)
    with pytest.raises(Conflict) as refused:
        file_appeal(actor=loser, deal_uuid=rival.uuid, grounds="Late.", upload=paper(), now=now + 30 * DAY)
    assert refused.value.code == "appeal_too_late"
    with pytest.raises(NotThere):
        file_appeal(actor=seller(cast), deal_uuid=rival.uuid, grounds="Not mine.", now=now)
    file_appeal(actor=loser, deal_uuid=rival.uuid, grounds="We were first.", upload=paper(), now=now)
    with pytest.raises(Conflict) as again:
        file_appeal(actor=loser, deal_uuid=rival.uuid, grounds="And again.", upload=paper("b.txt", "B"), now=now)
    assert again.value.code == "appealed_already"
    assert told(rival)[-1] == "deal.appealed"


def test_nobody_judges_the_own_decision_and_the_named_person_judges(cast, deal):
    neutral = judge(cast)
    ProgrammeSettings.objects.create(neutral_person=cast.vendor_manager, deputy_person=neutral)
    rival = lost(cast)
    file_appeal(
        actor=cast.actor(cast.seller_b), deal_uuid=rival.uuid, grounds="First.", upload=paper(), now=making.now()
    )
    assert all_of(Appeal).get().judge == neutral
    same = {"deal_uuid": rival.uuid, "reason": "nothing_new", "judgement": "Nothing new.", "now": making.now()}
    for actor in (manager(cast), cast.actor(cast.pricing_manager)):
        with pytest.raises(NotAllowed):
            uphold_decision(actor=actor, **same)
    uphold_decision(actor=cast.actor(neutral), **same)
    rival.refresh_from_db()
    assert rival.review_status == "duplicate"
    with pytest.raises(WrongState):
        uphold_decision(actor=cast.actor(neutral), **same)
    assert holds_customer(deal, making.now() + DAY)


def test_an_overturned_decision_takes_the_customer_from_the_holder_and_gives_it_to_the_appellant(cast, deal):
    rival = lost(cast)
    file_appeal(
        actor=cast.actor(cast.seller_b), deal_uuid=rival.uuid, grounds="First.", upload=paper(), now=making.now()
    )
    overturn_decision(
        actor=cast.actor(judge(cast)), deal_uuid=rival.uuid, reason="worked_earlier", judgement="They came first.",
        now=making.now(),
    )  # fmt: skip
    at = making.now() + DAY
    assert holds_customer(rival, at)
    assert not holds_customer(deal, at)
    assert life_of(deal).end_cause == "appeal"
    assert payload(deal, "deal.protection_ended")["cause"] == "appeal"
    rival.refresh_from_db()
    assert rival.review_status == "approved"
    seen = Event.objects.visible_to(seller(cast)).about("deal", deal.uuid)
    assert cast.partner_b.name not in "".join(one.payload + one.actor_name for one in seen)
    assert list(broken_invariants(now=making.now())) == []


def test_a_rejection_is_appealed_against_too(cast):
    deal = making.submitted(cast)
    reject_registration(actor=manager(cast), deal_uuid=deal.uuid, reason="no_opportunity", now=making.now())
    file_appeal(actor=seller(cast), deal_uuid=deal.uuid, grounds="There is one.", upload=paper(), now=making.now())
    overturn_decision(
        actor=cast.actor(judge(cast)), deal_uuid=deal.uuid, reason="decided_in_error", judgement="There is.",
        now=making.now(),
    )  # fmt: skip
    assert holds_customer(deal, making.now() + DAY)


def test_a_precedent_names_nobody(cast, deal):
    rival = lost(cast)
    file_appeal(
        actor=cast.actor(cast.seller_b), deal_uuid=rival.uuid, grounds="First.", upload=paper(), now=making.now()
    )
    words = {"title": "Who comes first", "text": "Who works with the customer first is protected."}
    same = {"actor": manager(cast), "deal_uuid": rival.uuid, "now": making.now()}
    with pytest.raises(WrongState):
        publish_precedent(**same, **words)
    uphold_decision(
        actor=cast.actor(judge(cast)), deal_uuid=rival.uuid, reason="nothing_new", judgement="No.", now=making.now()
    )
    for name in (cast.partner_a.name, cast.partner_b.name.upper(), RIVAL, cast.seller_b.name):
        with pytest.raises(InvalidInput) as refused:
            publish_precedent(**same, **{**words, "text": f"{name} lost."})
        assert refused.value.errors[0].code == "names"
    publish_precedent(**same, **words, title_zh="先到先得")
    publish_precedent(**same, **words, title_zh="谁先跟进")
    assert [one.title_zh for one in Precedent.objects.all()] == ["谁先跟进"]


def test_late_answers_are_told_once_to_the_escalation_person(cast):
    ProgrammeSettings.objects.create(escalation_person=cast.vendor_manager)
    deal = making.submitted(cast)
    due = all_of(Deal).get(pk=deal.pk).answer_due_at
    portal = portal_actor()
    assert escalate_answers(actor=portal, now=due - 5 * DAY) == 0
    assert escalate_answers(actor=portal, now=due - timedelta(minutes=1)) == 1
    assert escalate_answers(actor=portal, now=due - timedelta(seconds=1)) == 0
    assert escalate_answers(actor=portal, now=due + DAY) == 1
    assert escalate_answers(actor=portal, now=due + 2 * DAY) == 0
    assert [one.level for one in AnswerEscalation.objects.order_by("pk")] == ["near", "overdue"]
    assert {one.person for one in AnswerEscalation.objects.all()} == {cast.vendor_manager}
    seen = Event.objects.visible_to(seller(cast)).about("deal", deal.uuid)
    assert not {one.verb for one in seen} & {"deal.answer_near", "deal.answer_overdue"}


def test_what_the_desk_sets_is_in_force_and_leaves_running_protections_alone(cast, deal, start):
    ProgrammeSettings.objects.create(protection_days=60, works_on_monday=False)
    ClosingDay.objects.create(day="2026-12-28")
    terms = programme_terms()
    assert terms.protection_days == 60
    assert terms.working_days == (1, 2, 3, 4)
    assert [str(one) for one in terms.closing_days] == ["2026-12-28"]
    assert life_of(deal).ends_at == start + 90 * DAY
    other = making.approved(cast, cast.seller_b, "Suedstern Pumpen AG")
    row = life_of(other)
    assert row.ends_at == row.started_at + 60 * DAY
