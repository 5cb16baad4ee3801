"""The pool against a small model of it: whatever is done in whatever order, both come to the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from concord.deals.actions.leads_claiming import claim_lead, reassign_leads, release_lead, withdraw_lead
from concord.deals.actions.leads_follow_up import convert_lead, note_contact
from concord.deals.actions.leads_routing import accept_lead, decline_lead
from concord.deals.actions.leads_timers import run_pool
from concord.deals.models import Lead, LeadClaim, LeadOffer
from concord.deals.pool.terms import PoolTerms
from concord.deals.queries.leads import is_revealed, leads_for
from concord.portal.actor import portal_actor
from tests.cast import Cast, make_cast
from tests.deals import leads_making as leads
from tests.machines import Machine, divergence_found, run_machine

TERMS = PoolTerms()
HELD, TODAY = 2, 3
PICK = st.integers(min_value=0, max_value=63)
WHO = st.sampled_from(["owner", "owner", "a", "b"])


@dataclass
class Known:
    """What the model knows of a lead."""

    state: str = "new"
    owner: str = ""
    due: datetime | None = None
    claimed: datetime | None = None
    asked: list[str] = field(default_factory=list)
    let_go: dict[str, datetime] = field(default_factory=dict)


def some(*states: str):
    """A rule that is worth a step once a lead stands so."""
    return precondition(lambda machine: any(one.state in states for one in machine.leads.values()))


class Stage:
    """Two partners of one person each; partner A is asked first, as it sits where the leads are."""

    def __init__(self) -> None:
        self.cast: Cast = make_cast()
        self.cast.tier.leads_held, self.cast.tier.lead_claims_a_day = HELD, TODAY
        self.cast.tier.save()
        leads.source()
        self.manager = self.cast.actor(self.cast.vendor_manager)
        self.actors = {"a": self.cast.actor(self.cast.seller_a), "b": self.cast.actor(self.cast.seller_b)}
        # Putting together what a partner may see takes longer than reading it: once is enough.
        self.visible = {who: leads_for(actor) for who, actor in self.actors.items()}


class Pool(Machine):
    """What partners do with leads, and the timers, over weeks."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.leads: dict[int, Known] = {}
        self.claims: list[tuple[str, datetime]] = []

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

    def did(self, act, actor, pk: int, **values) -> bool:
        return self.tries(act, actor=actor, **self.same(pk), **values) is not None

    def same(self, pk: int):
        lead = Lead.objects.unscoped("the machine looks").get(pk=pk)
        return {"lead_uuid": lead.uuid, "now": self.now}

    def one(self, number: int, *states: str) -> tuple[int, Known]:
        """A lead that stands so, mostly; now and then whichever comes, so that it is refused."""
        fitting = [pk for pk, lead in self.leads.items() if lead.state in states]
        some = fitting if fitting and number % 4 else list(self.leads)
        pk = some[-1 - number // 4 % len(some)]
        return pk, self.leads[pk]

    @staticmethod
    def whoever(who: str, lead: Known) -> str:
        return lead.owner or "a" if who == "owner" else who

    @initialize(free=st.integers(1, 4), offered=st.integers(1, 2))
    def first(self, free, offered):
        for _each in range(free):
            self.leads[leads.free(self.now).pk] = Known("pool")
        for _each in range(offered):
            self.another()
        self.time_passes(hours=1)

    @precondition(lambda self: len(self.leads) < 7)
    @rule()
    def another(self):
        self.leads[leads.new(self.now).pk] = Known()

    @some("pool")
    @rule(number=PICK, who=st.sampled_from("ab"))
    def claim(self, number, who):
        pk, _lead = self.one(number, "pool")
        self.claims_it(pk, who)

    @some("pool")
    @rule(who=st.sampled_from("ab"))
    def claim_all(self, who):
        """Whoever wants everything comes to the limits of its tier."""
        for pk in [pk for pk, lead in self.leads.items() if lead.state == "pool"]:
            self.claims_it(pk, who)

    def claims_it(self, pk: int, who: str) -> None:
        lead = self.leads[pk]
        may = lead.state == "pool" and not self.cools(lead, who)
        may = may and self.held(who) < HELD and self.claimed_today(who) < TODAY
        assert self.did(claim_lead, self.stage.actors[who], pk) == may
        if may:
            self.claims.append((who, self.now))
            self.take(lead, who)

    @some("offered")
    @rule(number=PICK, who=WHO)
    def accept(self, number, who):
        pk, lead = self.one(number, "offered")
        who = self.whoever(who, lead)
        may = lead.state == "offered" and lead.owner == who and self.now < lead.due and self.held(who) < HELD
        assert self.did(accept_lead, self.stage.actors[who], pk) == may
        if may:
            self.take(lead, who)

    @some("offered")
    @rule(number=PICK, who=WHO)
    def decline(self, number, who):
        pk, lead = self.one(number, "offered")
        who = self.whoever(who, lead)
        may = lead.state == "offered" and lead.owner == who and self.now < lead.due
        assert self.did(decline_lead, self.stage.actors[who], pk) == may
        if may:
            self.offer(lead)

    @some("claimed")
    @rule(number=PICK, who=WHO)
    def release(self, number, who):
        pk, lead = self.one(number, "claimed")
        who = self.whoever(who, lead)
        may = lead.state == "claimed" and lead.owner == who
        assert self.did(release_lead, self.stage.actors[who], pk) == may
        if may:
            self.let_go(lead)

    @some("claimed")
    @rule(days=st.sampled_from([0, TERMS.cooldown_days - 1, TERMS.cooldown_days]))
    def comes_back(self, days):
        """Let go, and wanted again by the same partner: at once, a day too early, or when it may."""
        pk, lead = next((pk, one) for pk, one in self.leads.items() if one.state == "claimed")
        who = lead.owner
        assert self.did(release_lead, self.stage.actors[who], pk)
        self.let_go(lead)
        if days:
            self.time_passes(hours=24 * days)
        self.claims_it(pk, who)

    @some("claimed")
    @rule(number=PICK, who=WHO)
    def contact(self, number, who):
        pk, lead = self.one(number, "claimed")
        who = self.whoever(who, lead)
        may = lead.state == "claimed" and lead.owner == who
        assert self.did(note_contact, self.stage.actors[who], pk, text="Called.") == may
        if may:
            longest = lead.claimed + timedelta(days=TERMS.most_days_held)
            lead.due = min(self.now + timedelta(days=TERMS.next_contact_days), longest)

    @some("claimed")
    @rule(number=PICK, who=WHO)
    def convert(self, number, who):
        pk, lead = self.one(number, "claimed")
        who = self.whoever(who, lead)
        may = lead.state == "claimed" and lead.owner == who
        assert self.did(convert_lead, self.stage.actors[who], pk) == may
        if may:
            lead.state, lead.due = "converted", self.now + timedelta(days=TERMS.draft_days)

    @precondition(lambda self: len(self.leads) > 4)
    @rule(number=PICK)
    def withdraw(self, number):
        pk, lead = self.one(number, "offered", "claimed")
        may = lead.state in {"new", "offered", "pool", "claimed"}
        assert self.did(withdraw_lead, self.stage.manager, pk) == may
        if may:
            lead.state, lead.owner, lead.due = "withdrawn", "", None

    @rule()
    def hand_over(self):
        seller, colleague = self.stage.cast.seller_a, self.stage.cast.seller_a2
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

    # --- what must be

    def model(self):
        return self.leads

    def look(self) -> None:
        names = {self.stage.cast.partner_a.pk: "a", self.stage.cast.partner_b.pk: "b", None: ""}
        stored = Lead.objects.unscoped("the machine looks").filter(pk__in=list(self.leads))
        seen = {
            lead.pk: (lead.state, names[lead.partner_id], lead.offered_until or lead.follow_up_by) for lead in stored
        }
        assert seen == {pk: (one.state, one.owner, one.due) for pk, one in self.leads.items()}
        self.what_is_held_has_one_claim_and_what_is_offered_one_offer()
        self.a_partner_sees_what_is_free_and_reads_what_is_its_own()

    def what_is_held_has_one_claim_and_what_is_offered_one_offer(self) -> None:
        claims = LeadClaim.objects.unscoped("the machine looks").filter(ended_at__isnull=True)
        held = {pk for pk, one in self.leads.items() if one.state in {"claimed", "converted"}}
        assert sorted(claims.values_list("lead_id", flat=True)) == sorted(held)
        offers = LeadOffer.objects.unscoped("the machine looks").filter(answer="")
        assert sorted(offers.values_list("lead_id", flat=True)) == sorted(
            pk for pk, one in self.leads.items() if one.state == "offered"
        )

    def a_partner_sees_what_is_free_and_reads_what_is_its_own(self) -> None:
        for who, actor in self.stage.actors.items():
            seen = {lead.pk: is_revealed(actor, lead) for lead in self.stage.visible[who].all()}
            own = {pk for pk, one in self.leads.items() if one.owner == who and one.state in {"claimed", "converted"}}
            free = {pk for pk, one in self.leads.items() if one.state == "pool"}
            offered = {pk for pk, one in self.leads.items() if one.state == "offered" and one.owner == who}
            assert set(seen) == own | free | offered
            assert {pk for pk, reads in seen.items() if reads} == own


@pytest.mark.django_db
def test_the_pool_and_its_model_agree():
    Pool.stage = Stage()
    run_machine(Pool, name="POOL", runs=12, steps=25)


#: rules broken on purpose: what is replaced, and by what
BROKEN = {
    "nobody cools down": {"leads_claiming.cools_down_until": lambda **_: None},
    "held without limit": {
        "leads_claiming.demand_room": lambda actor, *_, **__: actor.user_id,
        "leads_routing.demand_room": lambda actor, *_, **__: actor.user_id,
    },
    "offers never end": {"leads_timers.expire_offer": lambda **_: False},
}


@pytest.mark.django_db
@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_found(monkeypatch, rule):
    Pool.stage = Stage()
    for place, otherwise in BROKEN[rule].items():
        monkeypatch.setattr(f"concord.deals.actions.{place}", otherwise)
    assert divergence_found(Pool, runs=40, steps=25)
