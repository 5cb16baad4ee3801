"""Deals, protections, extensions, holds and appeals against a small model: in whatever order, both come to the same."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

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

TERMS = ProgrammeTerms()
WHO = st.sampled_from("ab")


@dataclass
class Known:
    """What the model knows of a partner's present registration."""

    deal: Deal
    state: str = "submitted"
    life: Model | None = None
    decided: datetime | None = None
    appeal: str = ""

    @property
    def is_live(self) -> bool:
        return self.life is not None and self.life.is_live and self.state == "approved"


class Protections(RuleBasedStateMachine):
    """Two partners and one customer, over years."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.cast = make_cast()
        ProgrammeSettings.objects.create(readiness_at_least=0)
        judge = create_member(actor=portal_actor(), email="j@vendor.example", name="Judge", role=Role.CHANNEL_MANAGER)
        self.product = make_product(self.cast.family)
        self.manager, self.judge = self.cast.actor(self.cast.vendor_manager), self.cast.actor(judge.user)
        self.actors = {"a": self.cast.actor(self.cast.seller_a), "b": self.cast.actor(self.cast.seller_b)}
        self.now = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + DAY
        self.known: dict[str, Known] = {}
        self.papers = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def rival_of(self, who: str) -> Known | None:
        return self.known.get("b" if who == "a" else "a")

    def paper(self) -> SimpleUploadedFile:
        self.papers += 1
        return SimpleUploadedFile(f"{self.papers}.txt", f"Paper {self.papers}".encode(), "text/plain")

    def refused(self, action, code: str, **values) -> None:
        with pytest.raises(Refusal) as refusal:
            action(now=self.now, **values)
        assert refusal.value.code == code

    # --- what is done

    @rule(who=WHO)
    def register(self, who):
        known = self.known.get(who)
        if known is not None and known.state in {"submitted", "approved"}:
            return
        deal = create_registration(
            actor=self.actors[who], registration=making.registration("Nordwind GmbH", self.product), now=self.now
        )
        submit_registration(actor=self.actors[who], deal_uuid=deal.uuid, now=self.now)
        # How a late answer is made good for is another test's; here the clock of the answer stands.
        Deal.objects.unscoped("no clock").filter(pk=deal.pk).update(answer_due_at=self.now + 10_000 * DAY)
        self.known[who] = Known(deal)

    @rule(who=WHO)
    def approve(self, who):
        known, rival = self.known.get(who), self.rival_of(who)
        if known is None or known.state != "submitted":
            return
        values = {"actor": self.manager, "deal_uuid": known.deal.uuid}
        if rival is not None and rival.is_live:
            self.refused(approve_registration, "already_protected", **values)
            return
        approve_registration(now=self.now, **values)
        known.state, known.life = "approved", Model(self.now)

    @rule(who=WHO)
    def find_duplicate(self, who):
        known, rival = self.known.get(who), self.rival_of(who)
        if known is None or known.state != "submitted" or rival is None or not rival.is_live:
            return
        decide_duplicate(actor=self.manager, deal_uuid=known.deal.uuid, reason="already_protected", now=self.now)
        known.state, known.decided = "duplicate", self.now

    @rule(who=WHO)
    def appeal(self, who):
        known = self.known.get(who)
        if known is None or known.state != "duplicate":
            return
        values = {"actor": self.actors[who], "deal_uuid": known.deal.uuid, "grounds": "First.", "upload": self.paper()}
        if known.appeal:
            self.refused(file_appeal, "appealed_already", **values)
        elif self.now >= appeal_until(known.decided, TERMS):
            self.refused(file_appeal, "appeal_too_late", **values)
        else:
            file_appeal(now=self.now, **values)
            known.appeal = "open"

    @rule(who=WHO, overturns=st.booleans())
    def judge_appeal(self, who, overturns):
        known, rival = self.known.get(who), self.rival_of(who)
        if known is None or known.appeal != "open":
            return
        values = {"deal_uuid": known.deal.uuid, "judgement": "So it is."}
        self.refused(overturn_decision, "second_eyes", actor=self.manager, reason="worked_earlier", **values)
        if not overturns:
            uphold_decision(actor=self.judge, reason="nothing_new", now=self.now, **values)
            known.appeal = "upheld"
            return
        overturn_decision(actor=self.judge, reason="worked_earlier", now=self.now, **values)
        if rival is not None and rival.is_live:
            rival.life.ended = "appeal"
        known.appeal, known.state, known.life = "overturned", "approved", Model(self.now)

    @rule(who=WHO, visits=st.integers(1, 2))
    def work(self, who, visits):
        known = self.known.get(who)
        if known is None or not known.is_live:
            return
        for _visit in range(visits):
            add_activity(actor=self.actors[who], deal_uuid=known.deal.uuid, kind="visit", text="There.", now=self.now)
            known.life.work.append(self.now)

    @rule(who=WHO)
    def ask_for_more(self, who):
        known = self.known.get(who)
        if known is None or known.life is None or known.state != "approved":
            return
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

    @rule(who=WHO, grants=st.booleans())
    def answer(self, who, grants):
        known = self.known.get(who)
        if known is None or not known.is_live or known.life.asked_due is None or known.life.cut is not None:
            return
        values = {"actor": self.manager, "deal_uuid": known.deal.uuid, "now": self.now}
        if grants:
            grant_extension(**values)
            known.life.extend()
        else:
            refuse_extension(reason="too_little_work", **values)
            known.life.asked_due = None

    @rule(who=WHO, days=st.integers(1, 30))
    def stop_the_clock(self, who, days):
        known = self.known.get(who)
        if known is None or not known.is_live or known.life.stands(known.life.day + 1):
            return
        values = {"actor": self.manager, "deal_uuid": known.deal.uuid, "cause": "tender_runs"}
        until = self.now + days * DAY
        if known.life.days_held + days > MOST_HELD:
            self.refused(hold_protection, "invalid", until=until, **values)
            return
        hold_protection(until=until, now=self.now, **values)
        known.life.hold(days)

    @rule(who=WHO)
    def let_the_clock_run_on(self, who):
        known = self.known.get(who)
        if known is None or not known.is_live:
            return
        values = {"actor": self.manager, "deal_uuid": known.deal.uuid}
        if not known.life.stands(known.life.day + 1):
            self.refused(end_hold, "wrong_state", **values)
            return
        end_hold(now=self.now, **values)
        known.life.run_on()

    @rule(who=WHO)
    def choose(self, who):
        known = self.known.get(who)
        if known is None or not known.is_live or known.life.cut is not None:
            return
        record_customers_choice(actor=self.manager, deal_uuid=known.deal.uuid, upload=self.paper(), now=self.now)
        known.life.cut = self.now + timedelta(hours=12)

    @rule(who=WHO)
    def lose(self, who):
        known = self.known.get(who)
        if known is None or known.state not in {"submitted", "approved"}:
            return
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

    @invariant()
    def both_say_who_is_protected_until_when(self):
        at = self.now + timedelta.resolution
        held = Protection.objects.unscoped("the machine looks").filter(period__contains=at)
        expected = {known.deal.pk: known.life.ends_at() for known in self.known.values() if known.is_live}
        assert {one.deal_id: one.period.upper for one in held} == expected
        assert len(expected) <= 1
        lives = ProtectionLife.objects.unscoped("the machine looks")
        assert {one.deal_id: one.ends_at for one in lives.filter(ended_at__isnull=True)} == expected

    @invariant()
    def both_say_where_the_deals_stand(self):
        pks = {known.deal.pk: known for known in self.known.values()}
        for deal in Deal.objects.unscoped("the machine looks").filter(pk__in=pks):
            known = pks[deal.pk]
            assert deal.state == known.state
            if known.life is not None and not known.life.is_live:
                assert deal.lives.latest("pk").end_cause == known.life.ended
            waiting = ExtensionRequest.objects.unscoped("the machine looks").filter(deal=deal, state="pending")
            assert waiting.exists() == (known.is_live and known.life.asked_due is not None)
            appeal = Appeal.objects.unscoped("the machine looks").filter(deal=deal).first()
            assert (appeal.state if appeal else "") == known.appeal

    @invariant()
    def the_database_is_whole(self):
        at = self.now + timedelta.resolution
        rules = {"one_protection", "protection_life", "life_protects", "life_held", "protection_benefit"}
        assert list(broken_invariants(now=at, only=rules)) == []


@pytest.mark.django_db
def test_protections_and_their_model_agree():
    """``PROTECTION_MACHINE_RUNS`` runs more than the few of every day."""
    chosen = settings(
        max_examples=int(os.environ.get("PROTECTION_MACHINE_RUNS", "15")),
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Protections, settings=chosen)
