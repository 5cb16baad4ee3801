"""Deals, protections, quotes and leads at customers that become one and come apart again, against a small model."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from concord.deals.actions.changes import change_registration
from concord.deals.actions.closing import win_deal, withdraw_registration
from concord.deals.actions.decisions import approve_registration
from concord.deals.actions.drafts import create_registration
from concord.deals.actions.leads_claiming import claim_lead
from concord.deals.actions.leads_follow_up import convert_lead
from concord.deals.actions.submission import submit_registration
from concord.deals.models import Deal, Lead, Protection
from concord.partners.actions.customers import relate
from concord.partners.actions.merging import merge_customers
from concord.partners.actions.unmerging import undo_merge
from concord.partners.models import CustomerMerge, CustomerRelation, EndCustomer
from concord.portal.invariants import broken_invariants
from concord.pricing.actions.quotes import issue_quote, withdraw_quote
from concord.pricing.models import Price, PriceCommitment, Quote
from tests.cast import Cast, make_cast
from tests.deals import leads_making as leads
from tests.deals import making
from tests.deals.merge_model import Book, Row
from tests.factories import make_customer
from tests.machines import Machine, divergence_found, run_machine
from tests.pricing.quotes.conftest import Shop, make_shop

NAMES = ("Quarzhof Optik AG", "Zeppelin Motorenwerke AG", "Birkental Pumpenbau AG")
LISTED = (Decimal("10.0000"), Decimal("9.5000"))
RULES = {
    "one_protection", "protection_of_deal", "protection_life", "life_protects", "protection_benefit", "approvals_told",
    "one_price", "line_promised", "promise_quoted", "quote_totals", "lead_held", "lead_deal", "merges", "merged_empty",
    "groups",
}  # fmt: skip
PICK = st.integers(min_value=0, max_value=30)
WHO = st.sampled_from("ab")
COMPANY = st.sampled_from(range(len(NAMES)))


@dataclass
class Stage:
    """Two partners and three companies, which partner A knows."""

    cast: Cast = field(default_factory=make_cast)

    def __post_init__(self) -> None:
        self.cast.tier.open_registrations = self.cast.tier.new_registrations_a_day = 10_000
        self.cast.tier.leads_held = self.cast.tier.lead_claims_a_day = 10_000
        self.cast.tier.save()
        self.shop: Shop = make_shop(self.cast)
        self.companies = [make_customer(name, city="Hamburg").pk for name in NAMES]
        for pk in self.companies:
            relate(partner_id=self.cast.partner_a.pk, end_customer_id=pk, now=making.now())
        self.manager = self.cast.actor(self.cast.vendor_manager)
        self.pricing = self.cast.actor(self.cast.pricing_manager)
        self.actors = {"a": self.cast.actor(self.cast.seller_a), "b": self.cast.actor(self.cast.seller_b)}


class Customers(Machine):
    """What happens at customers that become one and come apart again."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.cast, self.shop, self.start = self.stage.cast, self.stage.shop, self.stage.companies
        self.manager, self.actors = self.stage.manager, self.stage.actors
        self.book = Book()
        self.listed = LISTED[0]
        self.steps = 0
        self.begun = datetime.now(UTC) + timedelta(days=1)
        self.stored: dict[Row, int] = {}

    # --- helpers

    @property
    def now(self) -> datetime:
        return self.begun + timedelta(minutes=self.steps)

    def tick(self) -> int:
        self.steps += 1
        return self.steps

    def one_of(self, number: int, kind: str, *states: str) -> Row | None:
        found = [one for one in self.book.rows if one.kind == kind and (not states or one.state in states)]
        return found[number % len(found)] if found else None

    def adds(self, pk: int, kind: str, at: int | None, **facts) -> Row:
        row = Row(kind, at, self.steps, **facts)
        self.book.rows.append(row)
        self.stored[row] = pk
        return row

    def public(self, model, row: Row):
        return model.objects.unscoped("the machine looks").get(pk=self.stored[row]).uuid

    def ends(self, row: Row) -> None:
        for one in self.book.rows:
            if one.of is row and one.is_live:
                one.over = self.steps

    # --- deals

    @rule(who=WHO, company=COMPANY)
    def register(self, who, company):
        self.tick()
        registration = making.registration(NAMES[company], self.shop.relay)
        deal = create_registration(actor=self.actors[who], registration=registration, now=self.now)
        self.hand_in(self.adds(deal.pk, "deal", None, state="draft", who=who, name=self.start[company]))

    @rule(number=PICK)
    def submit(self, number):
        self.tick()
        deal = self.one_of(number, "deal", "draft")
        if deal is not None:
            self.hand_in(deal)

    def hand_in(self, deal: Row) -> None:
        at = self.book.root(deal.name)
        # Once per partner and customer while it is open; whoever has won it asks for another type of registration.
        known = {"submitted", "approved", "won"}
        own = [one for one in self.book.at(at, "deal") if one.who == deal.who and one.state in known]
        done = self.tries(
            submit_registration, actor=self.actors[deal.who], deal_uuid=self.public(Deal, deal), now=self.now
        )
        assert (done is not None) == (not own)
        if not own:
            deal.at, deal.state = at, "submitted"

    @rule(number=PICK)
    def approve(self, number):
        self.tick()
        deal = self.one_of(number, "deal", "submitted")
        if deal is None:
            return
        # What was named is another record by now: a person says first whether the two are one.
        may = deal.at == self.book.root(deal.name) and not self.book.at(deal.at, "protection", live=True)
        done = self.tries(approve_registration, actor=self.manager, deal_uuid=self.public(Deal, deal), now=self.now)
        assert (done is not None) == may
        if may:
            deal.state = "approved"
            (held,) = Protection.objects.unscoped("the machine looks").filter(deal=self.stored[deal])
            self.adds(held.pk, "protection", deal.at, of=deal, who=deal.who)

    @rule(number=PICK)
    def withdraw(self, number):
        self.tick()
        deal = self.one_of(number, "deal", "submitted", "approved")
        if deal is not None:
            withdraw_registration(actor=self.actors[deal.who], deal_uuid=self.public(Deal, deal), now=self.now)
            deal.state = "withdrawn"
            self.ends(deal)

    @rule(number=PICK)
    def win(self, number):
        self.tick()
        deal = self.one_of(number, "deal", "approved")
        if deal is not None:
            win_deal(actor=self.actors[deal.who], deal_uuid=self.public(Deal, deal), now=self.now)
            deal.state = "won"

    # --- quotes, all of one partner

    def price_at(self, record: int) -> Decimal:
        """What is promised is the price; without a promise it is the list's."""
        promised = {one.price for one in self.book.at(record, "promise", live=True)}
        assert len(promised) <= 1
        return promised.pop() if promised else self.listed

    @rule(company=COMPANY, issue=st.booleans())
    def quote(self, company, issue):
        self.tick()
        at = self.book.root(self.start[company])
        customer = record(at)
        made = self.shop.quote(
            (self.shop.relay, 5), by=self.cast.pricing_manager, partner=self.cast.partner_a, customer=customer
        )
        row = self.adds(made.pk, "quote", at, state="draft", price=self.price_at(at))
        if issue:
            self.promise(row)

    @rule(number=PICK)
    def issue(self, number):
        self.tick()
        row = self.one_of(number, "quote", "draft")
        if row is not None:
            self.promise(row)

    def promise(self, row: Row) -> None:
        may = row.price == self.price_at(row.at)
        done = self.tries(issue_quote, actor=self.stage.pricing, quote_uuid=self.public(Quote, row))
        assert (done is not None) == may
        if may:
            row.state = "issued"
            (made,) = PriceCommitment.objects.filter(quote=self.stored[row])
            self.adds(made.pk, "promise", row.at, of=row, price=row.price)

    @rule(number=PICK)
    def take_back(self, number):
        self.tick()
        row = self.one_of(number, "quote", "issued")
        if row is not None:
            withdraw_quote(actor=self.stage.pricing, quote_uuid=self.public(Quote, row))
            row.state = "withdrawn"
            self.ends(row)

    @rule(price=st.sampled_from(LISTED))
    def list_price(self, price):
        Price.objects.filter(product=self.shop.relay, minimum_quantity=1).update(unit_price=price)
        self.listed = price

    # --- leads

    @rule(company=COMPANY)
    def lead_comes(self, company):
        self.tick()
        lead = leads.free(
            self.now, customer_name=NAMES[company], customer_city="Hamburg", external_id=f"L-{self.steps}"
        )
        self.adds(lead.pk, "lead", self.book.root(self.start[company]), state="pool", name=self.start[company])

    @rule(number=PICK, who=WHO)
    def claim_and_convert(self, number, who):
        """The registration that a lead becomes names the customer as the lead does."""
        self.tick()
        lead = self.one_of(number, "lead", "pool")
        if lead is None:
            return
        same = {"actor": self.actors[who], "lead_uuid": self.public(Lead, lead), "now": self.now}
        may = all(one.who == who for one in self.book.at(lead.at, "protection", live=True))
        assert (self.tries(claim_lead, **same) is not None) == may
        if not may:
            return
        deal = convert_lead(**same)
        lead.state = "converted"
        wanted = making.registration(NAMES[self.start.index(lead.name)], self.shop.relay)
        change_registration(actor=self.actors[who], deal_uuid=deal.uuid, registration=wanted, now=self.now)
        self.adds(deal.pk, "deal", None, state="draft", who=who, name=lead.name)

    # --- customers

    @rule(survivor=COMPANY, absorbed=COMPANY)
    def merge(self, survivor, absorbed):
        self.tick()
        one, other = self.start[survivor], self.start[absorbed]
        done = self.tries(
            merge_customers, actor=self.manager, survivor_uuid=record(one).uuid,
            absorbed_uuids=[record(other).uuid], now=self.now,
        )  # fmt: skip
        assert (done is not None) == self.book.merge(one, other)
        self.the_database_is_whole()

    @rule(number=PICK)
    def undo(self, number):
        self.tick()
        if not self.book.merges:
            return
        place = len(self.book.merges) - 1 - number % len(self.book.merges)
        stored = CustomerMerge.objects.order_by("pk")[place]
        done = self.tries(undo_merge, actor=self.manager, merge_uuid=stored.uuid, now=self.now)
        assert (done is not None) == self.book.undo(self.book.merges[place])
        self.the_database_is_whole()

    def the_database_is_whole(self) -> None:
        assert list(broken_invariants(now=self.now + timedelta(seconds=1), only=RULES)) == []

    # --- what must be

    def model(self):
        return self.book.rows, self.book.into, len(self.book.merges)

    def look(self) -> None:
        self.everything_stands_where_the_model_says()
        assert not [one for one in self.book.rows if one.at in self.book.into and one.is_live and one.kind != "lead"]
        self.whoever_is_protected_finds_the_customer()

    def everything_stands_where_the_model_says(self) -> None:
        for model, kind, state in (
            (Deal, "deal", "state"),
            (Quote, "quote", "status"),
            (Lead, "lead", "state"),
        ):
            rows = model.objects.unscoped("the machine looks").filter(pk__in=self.pks(kind))
            seen = {one.pk: (getattr(one, state), one.end_customer_id) for one in rows}
            assert seen == {self.stored[one]: (one.state, one.at) for one in self.rows(kind)}
        held = Protection.objects.unscoped("the machine looks").filter(pk__in=self.pks("protection"))
        at = self.now + timedelta(seconds=1)
        assert {one.pk: (one.end_customer_id, one.period.upper > at) for one in held} == {
            self.stored[one]: (one.at, one.is_live) for one in self.rows("protection")
        }
        promised = PriceCommitment.objects.filter(pk__in=self.pks("promise"))
        assert {one.pk: (one.end_customer_id, one.unit_price, one.validity.upper > at) for one in promised} == {
            self.stored[one]: (one.at, one.price, one.is_live) for one in self.rows("promise")
        }

    def rows(self, kind: str) -> list[Row]:
        return [one for one in self.book.rows if one.kind == kind]

    def pks(self, kind: str) -> list[int]:
        return [self.stored[one] for one in self.rows(kind)]

    def whoever_is_protected_finds_the_customer(self) -> None:
        for one in self.rows("protection"):
            if one.is_live:
                partner = {"a": self.cast.partner_a, "b": self.cast.partner_b}[one.who]
                relations = CustomerRelation.objects.unscoped("the machine looks")
                assert relations.filter(partner=partner, end_customer_id=one.at).exists()


def record(pk: int) -> EndCustomer:
    return EndCustomer.objects.unscoped("the machine looks").get(pk=pk)


@pytest.mark.django_db
def test_customers_and_their_model_agree():
    Customers.stage = Stage()
    run_machine(Customers, name="MERGE", runs=15, steps=30)


#: rules broken on purpose: what is replaced, and by what
BROKEN = {
    "undone whatever was built on it": {"unmerging._in_the_way": lambda *_: []},
}


@pytest.mark.django_db
@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_found(monkeypatch, rule):
    Customers.stage = Stage()
    for place, otherwise in BROKEN[rule].items():
        monkeypatch.setattr(f"concord.partners.actions.{place}", otherwise)
    assert divergence_found(Customers, runs=40, steps=30)
