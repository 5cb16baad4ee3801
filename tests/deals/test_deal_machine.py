"""Registrations against a small model: review, sale, completion, changes after approval, in whatever order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from concord.deals.actions.changes import change_registration
from concord.deals.actions.closing import lose_deal, win_deal, withdraw_registration
from concord.deals.actions.decisions import (
    approve_registration,
    decide_duplicate,
    reject_registration,
    return_for_completion,
)
from concord.deals.actions.drafts import Registration, WantedLine, create_registration
from concord.deals.actions.stages import move_stage
from concord.deals.actions.submission import submit_registration
from concord.deals.models import Deal, Protection
from concord.partners.models import EndCustomer
from concord.portal.invariants import broken_invariants
from concord.portal.models import Event
from tests.cast import make_cast
from tests.factories import make_customer, make_product
from tests.machines import Machine, divergence_found, run_machine

NAMES = ("Quarzhof Optik AG", "Zeppelin Motorenwerke AG")
FAMILIES = ("connectors", "sensors")
RULES = {
    "one_protection", "protection_of_deal", "protection_life", "life_protects", "protection_benefit", "approvals_told",
    "deals_there",
}  # fmt: skip
OPEN = ("open", "qualified", "quoted", "negotiating")
PICK = st.integers(min_value=0, max_value=30)
TOLD = ("deal.approved", "deal.reopened", "deal.returned", "deal.submitted", "deal.changed")
ASKED = (("contact_name",), ("lines",), ("customer_name", "title"), ("contact_name", "lines"))


@dataclass(eq=False)
class Known:
    """What the model knows of a registration: what it says, where it stands, and what is protected for it."""

    pk: int
    who: str
    name: int
    lines: dict[str, int]
    contact: str = ""
    review: str = "draft"
    stage: str = "open"
    #: the company that it was handed in for
    at: int | None = None
    to_complete: tuple[str, ...] = ()
    #: family → company
    held: dict[str, int] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN

    def tells(self, verb: str) -> None:
        self.told[verb] = self.told.get(verb, 0) + 1


class Stage:
    """Two partners, two companies, a product of each family."""

    def __init__(self) -> None:
        cast = make_cast()
        cast.tier.open_registrations = cast.tier.new_registrations_a_day = 10_000
        cast.tier.save()
        cast.partner_b.families.set([cast.family, cast.other_family])
        self.products = {
            "connectors": make_product(cast.family).sku,
            "sensors": make_product(cast.other_family).sku,
        }
        self.companies = {make_customer(name, city="Hamburg").pk: place for place, name in enumerate(NAMES)}
        self.manager = cast.actor(cast.vendor_manager)
        self.actors = {"a": cast.actor(cast.seller_a), "b": cast.actor(cast.seller_b)}


class Registrations(Machine):
    """Both partners register the same two companies; the vendor's manager answers."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime.now(UTC) + timedelta(minutes=1)
        self.known: list[Known] = []

    # --- helpers

    def one(self, number: int) -> Known:
        """Counted from the newest: what is going on is met more often than what is long over."""
        return self.known[-1 - number % min(len(self.known), 4)]

    def does(self, act, one: Known, *, by_vendor: bool = False, **values) -> bool:
        self.now += timedelta(minutes=1)
        actor = self.stage.manager if by_vendor else self.stage.actors[one.who]
        deal = Deal.objects.unscoped("the machine acts").get(pk=one.pk)
        return self.tries(act, actor=actor, deal_uuid=deal.uuid, now=self.now, **values) is not None

    def written(self, name: int, lines: dict[str, int], contact: str) -> Registration:
        wanted = tuple(WantedLine(self.stage.products[family], lines[family]) for family in FAMILIES if family in lines)
        return Registration(
            customer_name=NAMES[name],
            customer_country="DE",
            customer_city="Hamburg",
            contact_name=contact,
            lines=wanted,
        )

    def has_already(self, one: Known, name: int, lines: dict[str, int]) -> bool:
        """A partner registers a customer and family once while it is open, and no new customer that it has won."""
        own = [other for other in self.known if other is not one and other.who == one.who]
        waits = {"submitted", "returned", "approved"}
        is_open = any(
            other.is_open and other.review in waits and other.at == name and set(lines) & set(other.lines)
            for other in own
        )
        return is_open or any(other.stage == "won" and other.at in {name, one.at} for other in own)

    # --- the partner's side

    @precondition(lambda self: len(self.known) < 5)
    @rule(
        who=st.sampled_from("ab"), name=st.integers(0, 1), families=st.sampled_from([1, 1, 2]), hands_in=st.booleans()
    )
    def register(self, who, name, families, hands_in):
        lines = dict.fromkeys(FAMILIES[:families], 10)
        deal = create_registration(
            actor=self.stage.actors[who], registration=self.written(name, lines, ""), now=self.now
        )
        self.known.append(Known(deal.pk, who, name, lines))
        if hands_in:
            self.submit(0)

    @precondition(lambda self: self.known)
    @rule(number=PICK)
    def submit(self, number):
        one = self.one(number)
        may = one.is_open and one.review in {"draft", "returned"} and not self.has_already(one, one.name, one.lines)
        assert self.does(submit_registration, one) == may
        if may:
            self.hand_in(one)

    def hand_in(self, one: Known) -> None:
        one.review, one.at, one.to_complete = "submitted", one.name, ()
        one.tells("deal.submitted")

    @precondition(lambda self: self.known)
    @rule(
        number=PICK,
        name=st.sampled_from([0, 0, 1]),
        pieces=st.sampled_from([5, 10, 20]),
        families=st.sampled_from([1, 2]),
        contact=st.sampled_from(["", "Ada Berg"]),
    )
    def change(self, number, name, pieces, families, contact):
        one = self.one(number)
        lines = {**dict.fromkeys(FAMILIES[:families], 10), "connectors": pieces}
        differs = {
            "customer_name": name != one.name, "title": name != one.name, "contact_name": contact != one.contact,
            "lines": lines != one.lines,
        }  # fmt: skip
        changed = {field for field, is_other in differs.items() if is_other}
        more = any(quantity > one.lines.get(family, 0) for family, quantity in lines.items())
        asks_again = one.review == "approved" and ("customer_name" in changed or more)
        may = one.is_open and one.review in {"draft", "returned", "approved"}
        may = may and not (one.review == "returned" and changed - set(one.to_complete))
        may = may and not (asks_again and self.has_already(one, name, lines))
        assert self.does(change_registration, one, registration=self.written(name, lines, contact)) == may
        if not may or not changed:
            return
        one.name, one.lines, one.contact = name, lines, contact
        one.tells("deal.changed")
        if asks_again:
            one.tells("deal.reopened")
            self.hand_in(one)

    @precondition(lambda self: self.known)
    @rule(number=PICK, stage=st.sampled_from([*OPEN, "won"]), by_vendor=st.booleans())
    def move(self, number, stage, by_vendor):
        """Where the sale stands is another question than where the answer does; how it ends is a deed of its own."""
        one = self.one(number)
        by_vendor = by_vendor and one.review != "draft"  # drafts are the partner's own affair
        may = one.is_open and one.review in {"draft", "submitted", "returned", "approved"} and stage in OPEN
        assert self.does(move_stage, one, by_vendor=by_vendor, stage=stage) == may
        if may:
            one.stage = stage

    @precondition(lambda self: self.known)
    @rule(number=PICK)
    def withdraw(self, number):
        one = self.one(number)
        may = one.is_open and one.review in {"draft", "submitted", "returned", "approved"}
        assert self.does(withdraw_registration, one) == may
        if may:
            one.stage, one.held = "withdrawn", {}

    @precondition(lambda self: self.known)
    @rule(number=PICK)
    def win(self, number):
        one = self.one(number)
        may = one.is_open and one.review == "approved"
        assert self.does(win_deal, one) == may
        if may:
            one.stage = "won"

    @precondition(lambda self: self.known)
    @rule(number=PICK)
    def lose(self, number):
        one = self.one(number)
        may = one.is_open and one.review in {"submitted", "returned", "approved"}
        assert self.does(lose_deal, one, reason="price") == may
        if may:
            one.stage, one.held = "lost", {}

    # --- the vendor's side

    @precondition(lambda self: self.known)
    @rule(number=PICK)
    def approve(self, number):
        one = self.one(number)
        rivals = {(family, at) for other in self.known if other is not one for family, at in other.held.items()}
        may = one.is_open and one.review == "submitted" and not {(family, one.at) for family in one.lines} & rivals
        assert self.does(approve_registration, one, by_vendor=True) == may
        if not may:
            return
        one.review = "approved"
        one.tells("deal.approved")
        # One registration protects one customer; what it protects there already keeps its time.
        kept = one.held if all(at == one.at for at in one.held.values()) else {}
        one.held = {**dict.fromkeys(one.lines, one.at), **kept}

    @precondition(lambda self: self.known)
    @rule(number=PICK, fields=st.sampled_from(ASKED))
    def return_it(self, number, fields):
        one = self.one(number)
        may = one.is_open and one.review == "submitted"
        asked = {"reason": "contact_missing", "fields": fields}
        assert self.does(return_for_completion, one, by_vendor=True, **asked) == may
        if may:
            one.review, one.to_complete = "returned", fields
            one.tells("deal.returned")

    @precondition(lambda self: self.known)
    @rule(number=PICK, is_duplicate=st.booleans())
    def refuse(self, number, is_duplicate):
        one = self.one(number)
        may = one.is_open and one.review == "submitted"
        if is_duplicate:
            month = {"reason": "registered_earlier", "protected_until_month": self.now.date()}
            done = self.does(decide_duplicate, one, by_vendor=True, **month)
        else:
            done = self.does(reject_registration, one, by_vendor=True, reason="no_opportunity")
        assert done == may
        if may:
            one.review, one.held = ("duplicate" if is_duplicate else "rejected"), {}

    # --- what must be

    def model(self):
        return self.known

    def look(self) -> None:
        pks = [one.pk for one in self.known]
        companies, families = self.stage.companies, {sku: family for family, sku in self.stage.products.items()}
        deals = Deal.objects.unscoped("the machine looks").filter(pk__in=pks)
        stored = {
            deal.pk: (
                deal.review_status, deal.sales_stage, companies.get(deal.end_customer_id), deal.customer_name,
                deal.contact_name, sorted(deal.fields_to_complete),
                {families[line.product.sku]: line.quantity for line in deal.lines.all()},
            )
            for deal in deals.prefetch_related("lines__product")
        }  # fmt: skip
        assert stored == {
            one.pk: (one.review, one.stage, one.at, NAMES[one.name], one.contact, sorted(one.to_complete), one.lines)
            for one in self.known
        }
        at = self.now + timedelta(seconds=1)
        held = Protection.objects.unscoped("the machine looks").filter(deal__in=pks, period__contains=at)
        assert {
            (one.deal_id, one.family.code): companies[one.end_customer_id] for one in held.select_related("family")
        } == {(one.pk, family): company for one in self.known for family, company in one.held.items()}
        assert EndCustomer.objects.unscoped("the machine looks").count() == len(NAMES)
        self.the_history_tells_it()
        assert list(broken_invariants(now=at, only=RULES)) == []

    def the_history_tells_it(self) -> None:
        deals = Deal.objects.unscoped("the machine looks").in_bulk([one.pk for one in self.known])
        by_uuid = {deals[one.pk].uuid: one for one in self.known}
        facts = Event.objects.unscoped("the machine looks").filter(subject_uuid__in=by_uuid, verb__in=TOLD)
        told: dict[int, dict[str, int]] = {one.pk: {} for one in self.known}
        for uuid, verb in facts.values_list("subject_uuid", "verb"):
            mine = told[by_uuid[uuid].pk]
            mine[verb] = mine.get(verb, 0) + 1
        assert told == {one.pk: one.told for one in self.known}


@pytest.mark.django_db
def test_registrations_and_their_model_agree():
    Registrations.stage = Stage()
    run_machine(Registrations, name="DEAL", runs=15, steps=30)


#: rules broken on purpose: what is replaced, and by what
BROKEN = {
    "more pieces ask for no answer": {"changes._asks_for_more": lambda *_: False},
    "everything is open when returned": {"changes._refuse_frozen": lambda *_: None},
    "a refusal gives nothing back": {"decisions.give_back": lambda *_, **__: None},
    "the same customer twice": {"submission._refuse_own_duplicate": lambda *_, **__: None},
    "won before it was approved": {"closing.demand_state": lambda *_: None},
    "a change prolongs": {"decisions.settle_earlier_protections": lambda *_, **__: set()},
}


@pytest.mark.django_db
@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_found(monkeypatch, rule):
    Registrations.stage = Stage()
    for place, otherwise in BROKEN[rule].items():
        monkeypatch.setattr(f"concord.deals.actions.{place}", otherwise)
    assert divergence_found(Registrations, runs=60, steps=30)
