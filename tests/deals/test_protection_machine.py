"""Deals, protections, extensions, holds and appeals against a small model: in whatever order, both come to the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from concord.deals.actions.activities import add_activity
from concord.deals.actions.appeals import file_appeal, overturn_decision, uphold_decision
from concord.deals.actions.closing import lose_deal
from concord.deals.actions.customers_choice import record_customers_choice
from concord.deals.actions.decisions import approve_registration, decide_duplicate
from concord.deals.actions.drafts import create_registration
from concord.deals.actions.extensions import grant_extension, refuse_extension, request_extension
from concord.deals.actions.holds import hold_protection
from concord.deals.actions.holds_ending import end_hold
from concord.deals.actions.protection_timers import run_protections
from concord.deals.actions.submission import submit_registration
from concord.deals.models import Appeal, Deal, ExtensionRequest, ProgrammeSettings, Protection, ProtectionLife
from concord.deals.protection.terms import ProgrammeTerms
from concord.deals.protection.working_time import answer_due_at, appeal_until
from concord.partners.actions.members import create_member
from concord.portal.actor import portal_actor
from concord.portal.enums import Role
from concord.portal.invariants import broken_invariants
from concord.portal.refusals import Refusal
from tests.cast import make_cast
from tests.deals import making
from tests.deals.protection_model import DAY, MOST_HELD, Model
from tests.factories import make_product
from tests.machines import Machine, divergence_found, run_machine

TERMS = ProgrammeTerms()
RULES = {
    "one_protection", "protection_of_deal", "protection_life", "life_protects", "life_held", "protection_benefit",
}  # fmt: skip
WHO = st.sampled_from("ab")


@dataclass
class Known:
    """What the model knows of a partner's present registration."""

    deal: Deal = field(repr=False)
    state: str = "submitted"
    life: Model | None = None
    decided: datetime | None = None
    appeal: str = ""

    @property
    def is_live(self) -> bool:
        return self.life is not None and self.life.is_live and self.state == "approved"


Holds = Callable[[Known], bool]


def submitted(one: Known) -> bool:
    return one.state == "submitted"


def approved(one: Known) -> bool:
    return one.state == "approved" and one.life is not None


def live(one: Known) -> bool:
    return one.is_live


def duplicate(one: Known) -> bool:
    return one.state == "duplicate"


def open_appeal(one: Known) -> bool:
    return one.appeal == "open"


def over(one: Known) -> bool:
    return one.state not in {"submitted", "approved"}


def undone(one: Known) -> bool:
    return not over(one)


def running(one: Known) -> bool:
    return one.is_live and not one.life.stands(one.life.day + 1)


def answerable(one: Known) -> bool:
    return one.is_live and one.life.asked_due is not None and one.life.cut is None


def unchosen(one: Known) -> bool:
    return one.is_live and one.life.cut is None


def when(holds: Holds):
    """A rule that is worth a step once somebody's registration stands so."""
    return precondition(lambda machine: any(holds(one) for one in machine.known.values()))


class Stage:
    """Two partners, one customer's product, two who decide."""

    def __init__(self) -> None:
        cast = make_cast()
        cast.tier.open_registrations = cast.tier.new_registrations_a_day = 10_000
        cast.tier.save()
        ProgrammeSettings.objects.create(readiness_at_least=0)
        judge = create_member(actor=portal_actor(), email="j@vendor.example", name="Judge", role=Role.CHANNEL_MANAGER)
        self.product = make_product(cast.family)
        self.manager, self.judge = cast.actor(cast.vendor_manager), cast.actor(judge.user)
        self.actors = {"a": cast.actor(cast.seller_a), "b": cast.actor(cast.seller_b)}


class Protections(Machine):
    """Two partners and one customer, over years."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.product, self.actors = self.stage.product, self.stage.actors
        self.manager, self.judge = self.stage.manager, self.stage.judge
        self.now = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + DAY
        self.known: dict[str, Known] = {}
        self.papers = 0

    def pick(self, who: str, holds: Holds) -> tuple[str, Known]:
        """The one who was drawn, unless it is the other one's turn."""
        known = self.known.get(who)
        if known is None or not holds(known):
            who = rival(who)
        return who, self.known[who]

    def rival_of(self, who: str) -> Known | None:
        return self.known.get(rival(who))

    def paper(self) -> SimpleUploadedFile:
        self.papers += 1
        return SimpleUploadedFile(f"{self.papers}.txt", f"Paper {self.papers}".encode(), "text/plain")

    def refused(self, action, code: str, **values) -> None:
        said = ""
        try:
            action(now=self.now, **values)
        except Refusal as refusal:
            said = refusal.code
        assert said == code

    # --- what is done

    @rule(who=WHO)
    def register(self, who):
        known = self.known.get(who)
        if known is not None and undone(known):
            return
        deal = create_registration(
            actor=self.actors[who], registration=making.registration("Nordwind GmbH", self.product), now=self.now
        )
        submit_registration(actor=self.actors[who], deal_uuid=deal.uuid, now=self.now)
        # How a late answer is made good for is another test's; here the clock of the answer stands.
        Deal.objects.unscoped("no clock").filter(pk=deal.pk).update(answer_due_at=self.now + 10_000 * DAY)
        self.known[who] = Known(deal)

    @when(submitted)
    @rule(who=WHO)
    def approve(self, who):
        who, known = self.pick(who, submitted)
        other = self.rival_of(who)
        values = {"actor": self.manager, "deal_uuid": known.deal.uuid}
        if other is not None and other.is_live:
            self.refused(approve_registration, "already_protected", **values)
            return
        approve_registration(now=self.now, **values)
        known.state, known.life = "approved", Model(self.now)

    @when(submitted)
    @rule(who=WHO)
    def find_duplicate(self, who):
        who, known = self.pick(who, submitted)
        other = self.rival_of(who)
        if other is None or not other.is_live:
            return
        decide_duplicate(actor=self.manager, deal_uuid=known.deal.uuid, reason="already_protected", now=self.now)
        known.state, known.decided = "duplicate", self.now

    @when(duplicate)
    @rule(who=WHO)
    def appeal(self, who):
        who, known = self.pick(who, duplicate)
        values = {"actor": self.actors[who], "deal_uuid": known.deal.uuid, "grounds": "First.", "upload": self.paper()}
        if known.appeal:
            self.refused(file_appeal, "appealed_already", **values)
        elif self.now >= appeal_until(known.decided, TERMS):
            self.refused(file_appeal, "appeal_too_late", **values)
        else:
            file_appeal(now=self.now, **values)
            known.appeal = "open"

    @when(open_appeal)
    @rule(who=WHO, overturns=st.booleans())
    def judge_appeal(self, who, overturns):
        who, known = self.pick(who, open_appeal)
        other = self.rival_of(who)
        values = {"deal_uuid": known.deal.uuid, "judgement": "So it is."}
        self.refused(overturn_decision, "second_eyes", actor=self.manager, reason="worked_earlier", **values)
        if not overturns:
            uphold_decision(actor=self.judge, reason="nothing_new", now=self.now, **values)
            known.appeal = "upheld"
            return
        overturn_decision(actor=self.judge, reason="worked_earlier", now=self.now, **values)
        if other is not None and other.is_live:
            other.life.ended = "appeal"
        known.appeal, known.state, known.life = "overturned", "approved", Model(self.now)

    @when(live)
    @rule(who=WHO, visits=st.integers(1, 2))
    def work(self, who, visits):
        who, known = self.pick(who, live)
        for _visit in range(visits):
            add_activity(actor=self.actors[who], deal_uuid=known.deal.uuid, kind="visit", text="There.", now=self.now)
            known.life.work.append(self.now)

    @when(approved)
    @rule(who=WHO)
    def ask_for_more(self, who):
        who, known = self.pick(who, approved)
        life, values = known.life, {"actor": self.actors[who], "deal_uuid": known.deal.uuid, "note": "It goes on."}
        if life.is_live and life.ends_at() - self.now <= 12 * DAY:
            return  # kept until the answer is due: another test's
        if not life.is_live:
            self.refused(request_extension, "wrong_state", upload=self.paper(), **values)
        elif life.asked_due is not None:
            self.refused(request_extension, "extension_pending", upload=self.paper(), **values)
        elif not life.can_extend():
            code = "no_extension_left" if life.extensions == TERMS.extensions else "hard_end"
            self.refused(request_extension, code, upload=self.paper(), **values)
        else:
            request_extension(now=self.now, upload=self.paper(), **values)
            life.asked_due = answer_due_at(self.now, TERMS)

    @when(answerable)
    @rule(who=WHO, grants=st.booleans())
    def answer(self, who, grants):
        who, known = self.pick(who, answerable)
        values = {"actor": self.manager, "deal_uuid": known.deal.uuid, "now": self.now}
        if grants:
            grant_extension(**values)
            known.life.extend()
        else:
            refuse_extension(reason="too_little_work", **values)
            known.life.asked_due = None

    @when(running)
    @rule(who=WHO, days=st.integers(1, 30))
    def stop_the_clock(self, who, days):
        who, known = self.pick(who, running)
        values = {"actor": self.manager, "deal_uuid": known.deal.uuid, "cause": "tender_runs"}
        until = self.now + days * DAY
        if known.life.days_held + days > MOST_HELD:
            self.refused(hold_protection, "invalid", until=until, **values)
            return
        hold_protection(until=until, now=self.now, **values)
        known.life.hold(days)

    @when(live)
    @rule(who=WHO)
    def let_the_clock_run_on(self, who):
        who, known = self.pick(who, live)
        values = {"actor": self.manager, "deal_uuid": known.deal.uuid}
        if not known.life.stands(known.life.day + 1):
            self.refused(end_hold, "wrong_state", **values)
            return
        end_hold(now=self.now, **values)
        known.life.run_on()

    @when(unchosen)
    @rule(who=WHO)
    def choose(self, who):
        who, known = self.pick(who, unchosen)
        record_customers_choice(actor=self.manager, deal_uuid=known.deal.uuid, upload=self.paper(), now=self.now)
        known.life.cut = self.now + timedelta(hours=12)

    @when(undone)
    @rule(who=WHO)
    def lose(self, who):
        who, known = self.pick(who, undone)
        lose_deal(actor=self.actors[who], deal_uuid=known.deal.uuid, reason="price", now=self.now)
        known.state = "lost"
        if known.life is not None and known.life.is_live:
            known.life.ended = "closed"

    @precondition(lambda self: self.known)
    @rule(days=st.integers(1, 45))
    def time_passes(self, days):
        """The timers come once after all of these days."""
        self.now += days * DAY
        for known in self.known.values():
            if known.is_live:
                known.life.pass_days(days)
                if known.life.ended in {"lapsed", "expired"}:
                    known.state = "expired"
        run_protections(actor=portal_actor(), now=self.now)
        assert run_protections(actor=portal_actor(), now=self.now) == 0

    # --- what must be

    def model(self):
        return self.now, self.known

    def look(self) -> None:
        self.both_say_who_is_protected_until_when()
        self.both_say_where_the_deals_stand()
        at = self.now + timedelta.resolution
        assert list(broken_invariants(now=at, only=RULES)) == []

    def both_say_who_is_protected_until_when(self) -> None:
        at = self.now + timedelta.resolution
        held = Protection.objects.unscoped("the machine looks").filter(period__contains=at)
        expected = {known.deal.pk: known.life.ends_at() for known in self.known.values() if known.is_live}
        assert {one.deal_id: one.period.upper for one in held} == expected
        assert len(expected) <= 1
        lives = ProtectionLife.objects.unscoped("the machine looks")
        assert {one.deal_id: one.ends_at for one in lives.filter(ended_at__isnull=True)} == expected

    def both_say_where_the_deals_stand(self) -> None:
        known = {one.deal.pk: one for one in self.known.values()}
        deals = Deal.objects.unscoped("the machine looks").filter(pk__in=known)
        assert {deal.pk: deal.state for deal in deals} == {pk: one.state for pk, one in known.items()}
        lives = ProtectionLife.objects.unscoped("the machine looks").filter(deal__in=known).order_by("pk")
        ends = {life.deal_id: life.end_cause for life in lives}
        assert ends == {pk: one.life.ended for pk, one in known.items() if one.life is not None}
        asked = ExtensionRequest.objects.unscoped("the machine looks").filter(deal__in=known, state="pending")
        assert set(asked.values_list("deal_id", flat=True)) == {
            pk for pk, one in known.items() if one.is_live and one.life.asked_due is not None
        }
        appeals = Appeal.objects.unscoped("the machine looks").filter(deal__in=known)
        assert dict(appeals.values_list("deal_id", "state")) == {
            pk: one.appeal for pk, one in known.items() if one.appeal
        }


def rival(who: str) -> str:
    return "b" if who == "a" else "a"


@pytest.mark.django_db
def test_protections_and_their_model_agree():
    Protections.stage = Stage()
    run_machine(Protections, name="PROTECTION", runs=8, steps=30)


#: rules broken on purpose: what is replaced, and by what
BROKEN = {
    "what is lost stays protected": {"closing.end_protection": lambda *_, **__: []},
}


@pytest.mark.django_db
@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_found(monkeypatch, rule):
    Protections.stage = Stage()
    for place, otherwise in BROKEN[rule].items():
        monkeypatch.setattr(f"concord.deals.actions.{place}", otherwise)
    assert divergence_found(Protections, runs=40, steps=30)
