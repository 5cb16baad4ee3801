"""The pool against a small model of it: whatever is done in whatever order, both come to the same."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from concord.deals.actions.leads_claiming import claim_lead, reassign_leads, release_lead, withdraw_lead
from concord.deals.actions.leads_follow_up import convert_lead, note_contact
from concord.deals.actions.leads_routing import accept_lead, decline_lead
from concord.deals.actions.leads_timers import run_pool
from concord.deals.models import Lead, LeadClaim, LeadOffer
from concord.deals.pool.terms import PoolTerms
from concord.deals.queries.leads import is_revealed, leads_for
from concord.portal.actor import portal_actor
from concord.portal.refusals import Refusal
from tests.cast import make_cast
from tests.deals import leads_making as leads

TERMS = PoolTerms()
HELD, TODAY = 2, 3


@dataclass
class Known:
    """What the model knows of a lead."""

    state: str = "new"
    owner: str = ""
    due: datetime | None = None
    claimed: datetime | None = None
    asked: list[str] = field(default_factory=list)
    let_go: dict[str, datetime] = field(default_factory=dict)


class Pool(RuleBasedStateMachine):
    """Two partners of one person each; partner A is asked first, as it sits where the leads are."""

    known = Bundle("known")

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.cast = make_cast()
        self.cast.tier.leads_held, self.cast.tier.lead_claims_a_day = HELD, TODAY
        self.cast.tier.save()
        self.people = {"a": self.cast.seller_a, "b": self.cast.seller_b}
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.leads: dict[int, Known] = {}
        self.claims: list[tuple[str, datetime]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # --- the model

    def held(self, who: str) -> int:
        return sum(one.owner == who and one.state in {"claimed", "converted"} for one in self.leads.values())

    def claimed_today(self, who: str) -> int:
        return sum(name == who and at.date() == self.now.date() for name, at in self.claims)

    def cools(self, lead: Known, who: str) -> bool:
        return who in lead.let_go and self.now < lead.let_go[who] + timedelta(days=TERMS.cooldown_days)

    def next_partner(self, lead: Known) -> str:
        for who in "ab":
            waiting = sum(one.state == "offered" and one.owner == who for one in self.leads.values() if one is not lead)
            if who not in lead.asked and not self.cools(lead, who) and self.held(who) + waiting < HELD:
                return who
        return ""

    def offer(self, lead: Known) -> None:
        lead.state, lead.owner, lead.due = "pool", "", None
        who = self.next_partner(lead)
        if who:
            lead.asked.append(who)
            lead.state, lead.owner, lead.due = "offered", who, self.now + timedelta(hours=TERMS.accept_within_hours)

    def take(self, lead: Known, who: str) -> None:
        lead.state, lead.owner, lead.claimed = "claimed", who, self.now
        lead.due = self.now + timedelta(days=TERMS.follow_up_days)

    def let_go(self, lead: Known) -> None:
        lead.let_go[lead.owner] = self.now
        lead.state, lead.owner, lead.due = "pool", "", None

    # --- both sides

    def tries(self, write) -> bool:
        try:
            write()
        except Refusal:
            return False
        return True

    def actor(self, who: str):
        return self.cast.actor(self.people[who])

    def same(self, pk: int):
        lead = Lead.objects.unscoped("the machine looks").get(pk=pk)
        return {"lead_uuid": lead.uuid, "now": self.now}

    @initialize(target=known)
    def first(self):
        return multiple(*(self.comes() for _time in range(2)))

    @rule(target=known)
    def another(self):
        return self.comes()

    def comes(self) -> int:
        lead = leads.new(self.now)
        self.leads[lead.pk] = Known()
        return lead.pk

    @rule(pk=known, who=st.sampled_from("ab"))
    def claim(self, pk, who):
        lead = self.leads[pk]
        may = lead.state == "pool" and not self.cools(lead, who)
        may = may and self.held(who) < HELD and self.claimed_today(who) < TODAY
        assert self.tries(lambda: claim_lead(actor=self.actor(who), **self.same(pk))) == may
        if may:
            self.claims.append((who, self.now))
            self.take(lead, who)

    @rule(pk=known, who=st.sampled_from("ab"))
    def accept(self, pk, who):
        lead = self.leads[pk]
        may = lead.state == "offered" and lead.owner == who and self.now < lead.due and self.held(who) < HELD
        assert self.tries(lambda: accept_lead(actor=self.actor(who), **self.same(pk))) == may
        if may:
            self.take(lead, who)

    @rule(pk=known, who=st.sampled_from("ab"))
    def decline(self, pk, who):
        lead = self.leads[pk]
        may = lead.state == "offered" and lead.owner == who and self.now < lead.due
        assert self.tries(lambda: decline_lead(actor=self.actor(who), **self.same(pk))) == may
        if may:
            self.offer(lead)

    @rule(pk=known, who=st.sampled_from("ab"))
    def release(self, pk, who):
        lead = self.leads[pk]
        may = lead.state == "claimed" and lead.owner == who
        assert self.tries(lambda: release_lead(actor=self.actor(who), **self.same(pk))) == may
        if may:
            self.let_go(lead)

    @rule(pk=known, who=st.sampled_from("ab"))
    def contact(self, pk, who):
        lead = self.leads[pk]
        may = lead.state == "claimed" and lead.owner == who
        assert self.tries(lambda: note_contact(actor=self.actor(who), text="Called.", **self.same(pk))) == may
        if may:
            longest = lead.claimed + timedelta(days=TERMS.most_days_held)
            lead.due = min(self.now + timedelta(days=TERMS.next_contact_days), longest)

    @rule(pk=known, who=st.sampled_from("ab"))
    def convert(self, pk, who):
        lead = self.leads[pk]
        may = lead.state == "claimed" and lead.owner == who
        assert self.tries(lambda: convert_lead(actor=self.actor(who), **self.same(pk))) == may
        if may:
            lead.state, lead.due = "converted", self.now + timedelta(days=TERMS.draft_days)

    @rule(pk=consumes(known))
    def withdraw(self, pk):
        lead = self.leads[pk]
        may = lead.state in {"new", "offered", "pool", "claimed"}
        manager = self.cast.actor(self.cast.vendor_manager)
        assert self.tries(lambda: withdraw_lead(actor=manager, **self.same(pk))) == may
        if may:
            lead.state, lead.owner, lead.due = "withdrawn", "", None

    @rule()
    def hand_over(self):
        seller, colleague = self.cast.seller_a, self.cast.seller_a2
        expected = sum(one.owner == "a" and one.state == "claimed" for one in self.leads.values())
        for one, other in ((seller, colleague), (colleague, seller)):
            moved = reassign_leads(actor=portal_actor(), from_user_id=one.pk, to_user_id=other.pk, now=self.now)
            assert moved == expected

    @rule(hours=st.sampled_from([1, 13, 24, 48, 120, 24 * 20, 24 * 45]))
    def time_passes(self, hours):
        """The timers come by, after an hour or after weeks of downtime."""
        self.now += timedelta(hours=hours)
        run_pool(actor=portal_actor(), now=self.now)
        rows = sorted(self.leads.items())
        for _pk, lead in rows:
            if lead.state == "offered" and lead.due <= self.now:
                self.offer(lead)
        for _pk, lead in rows:
            if lead.state in {"claimed", "converted"} and lead.due <= self.now:
                self.let_go(lead)
        for _pk, lead in rows:
            if lead.state == "new":
                self.offer(lead)
        assert run_pool(actor=portal_actor(), now=self.now) == 0

    @invariant()
    def both_say_the_same(self):
        names = {self.cast.partner_a.pk: "a", self.cast.partner_b.pk: "b", None: ""}
        stored = Lead.objects.unscoped("the machine looks").filter(pk__in=list(self.leads))
        seen = {
            lead.pk: (lead.state, names[lead.partner_id], lead.offered_until or lead.follow_up_by) for lead in stored
        }
        assert seen == {pk: (one.state, one.owner, one.due) for pk, one in self.leads.items()}

    @invariant()
    def what_is_held_has_one_claim_and_what_is_offered_one_offer(self):
        claims = LeadClaim.objects.unscoped("the machine looks").filter(ended_at__isnull=True)
        held = {pk for pk, one in self.leads.items() if one.state in {"claimed", "converted"}}
        assert sorted(claims.values_list("lead_id", flat=True)) == sorted(held)
        offers = LeadOffer.objects.unscoped("the machine looks").filter(answer="")
        assert sorted(offers.values_list("lead_id", flat=True)) == sorted(
            pk for pk, one in self.leads.items() if one.state == "offered"
        )

    @invariant()
    def a_partner_sees_what_is_free_and_reads_what_is_its_own(self):
        for who in "ab":
            actor = self.actor(who)
            seen = {lead.pk: is_revealed(actor, lead) for lead in leads_for(actor)}
            own = {pk for pk, one in self.leads.items() if one.owner == who and one.state in {"claimed", "converted"}}
            free = {pk for pk, one in self.leads.items() if one.state == "pool"}
            offered = {pk for pk, one in self.leads.items() if one.state == "offered" and one.owner == who}
            assert set(seen) == own | free | offered
            assert {pk for pk, reads in seen.items() if reads} == own


@pytest.mark.django_db
def test_the_pool_and_its_model_agree():
    """``POOL_MACHINE_RUNS`` runs more than the few of every day."""
    runs = int(os.environ.get("POOL_MACHINE_RUNS", "15"))
    chosen = settings(
        max_examples=runs,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Pool, settings=chosen)
