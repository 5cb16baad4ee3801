"""Quotes and promises against a small model of them: whatever is done in whatever order, both come to the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, rule

from concord.pricing.actions import ending
from concord.pricing.actions.quotes import (
    accept_quote,
    decline_quote,
    expire_quotes,
    issue_quote,
    reprice,
    revise_quote,
    withdraw_quote,
)
from concord.pricing.actions.special_prices import approve_special_price, request_special_price
from concord.pricing.models import Price, PriceCommitment, Quote
from tests.cast import make_cast
from tests.machines import Machine, divergence_found, run_machine
from tests.pricing.quotes.conftest import Shop, make_shop

LISTED = ("10.0000", "9.5000", "9.0000")


@dataclass
class Known:
    """What the model knows of a quote: its state, the unit price written on it, and what it supersedes."""

    price: Decimal
    state: str = "draft"
    supersedes: int | None = None


class Quotes(Machine):
    """One customer, one product, one quantity; the vendor's manager acts, who sees every promise.

    The model: what a live quote promises is the one price; without one it is the lower of special price and list.
    """

    quotes = Bundle("quotes")
    stage: ClassVar[Shop]

    def __init__(self) -> None:
        super().__init__()
        self.shop, self.by = self.stage, self.stage.cast.pricing_manager
        self.listed, self.special = Decimal(LISTED[0]), None
        self.known: dict[int, Known] = {}

    # --- the model

    def promised(self) -> Decimal | None:
        """The price of the live promises: at most one."""
        prices = {one.price for one in self.known.values() if one.state in {"issued", "accepted"}}
        assert len(prices) <= 1
        return prices.pop() if prices else None

    def free_price(self) -> Decimal:
        """A special price never makes anything dearer: the lower of the two."""
        return self.listed if self.special is None else min(self.special, self.listed)

    def in_force(self) -> Decimal:
        promised = self.promised()
        return self.free_price() if promised is None else promised

    def seen(self) -> Decimal:
        """What the partner is shown: a special price only where an own promise rests on it."""
        promised = self.promised()
        return self.listed if promised is None else promised

    # --- both sides

    def does(self, act, quote: int):
        """What the product made of it, or ``None``."""
        uuid = Quote.objects.unscoped("test").get(pk=quote).uuid
        return self.tries(act, actor=self.shop.actor(self.by), quote_uuid=uuid)

    @rule(target=quotes)
    def draft(self):
        quote = self.shop.quote((self.shop.relay, 5), by=self.by, partner=self.shop.cast.partner_a)
        self.known[quote.pk] = Known(self.seen())
        return quote.pk

    @rule(quote=quotes)
    def issue(self, quote):
        one = self.known[quote]
        former = self.known.get(one.supersedes)
        may = one.state == "draft" and one.price == self.seen() == self.in_force()
        may = may and (former is None or former.state != "accepted")
        assert (self.does(issue_quote, quote) is not None) == may
        if may:
            one.state = "issued"
            if former is not None and former.state == "issued":
                former.state = "superseded"

    @rule(
        quote=quotes,
        end=st.sampled_from([("accepted", accept_quote), ("withdrawn", withdraw_quote), ("declined", decline_quote)]),
    )
    def end(self, quote, end):
        state, act = end
        may = self.known[quote].state == "issued"
        assert (self.does(act, quote) is not None) == may
        if may:
            self.known[quote].state = state

    @rule(target=quotes, quote=quotes)
    def revise(self, quote):
        begun = any(one.supersedes == quote for one in self.known.values())
        made = self.does(revise_quote, quote)
        if made is None or made.pk in self.known:
            return quote
        assert not begun
        self.known[made.pk] = Known(self.seen(), supersedes=quote)
        return made.pk

    @rule(price=st.sampled_from(LISTED))
    def list_price(self, price):
        Price.objects.filter(product=self.shop.relay, minimum_quantity=1).update(unit_price=Decimal(price))
        self.listed = Decimal(price)

    @rule(price=st.sampled_from(["9.7000", "9.9000"]))
    def special_price(self, price):
        if self.special is not None:
            return
        asked = request_special_price(
            actor=self.shop.actor(), partner_id=self.shop.cast.partner_a.pk, end_customer_id=self.shop.customer.pk,
            sku=self.shop.relay.sku, currency="USD", unit_price=Decimal(price), quantity=1,
            valid_until=self.shop.day(200), reason="Large project",
        )  # fmt: skip
        approve_special_price(actor=self.shop.actor(self.by), special_price_uuid=asked.uuid)
        self.special = Decimal(price)

    @rule(quote=quotes)
    def reprice(self, quote):
        """Whatever it does, every live quote carries the price in force afterwards, in a revision of its own."""
        outdated = {pk for pk, one in self.known.items() if one.state == "issued" and one.price != self.free_price()}
        if self.known[quote].state == "draft" and self.known[quote].supersedes is not None:
            outdated.add(self.known[quote].supersedes)
        if self.does(reprice, quote) is None:
            return
        for row in Quote.objects.unscoped("test").order_by("pk").prefetch_related("lines"):
            one = self.known.setdefault(row.pk, Known(Decimal(0), supersedes=row.supersedes_id))
            was, one.state, one.supersedes = one.state, row.status, row.supersedes_id
            one.price = row.lines.all()[0].customer_unit_price
            assert was == one.state or (was, one.state) in {("issued", "superseded"), ("draft", "issued")}
            assert was != "issued" or (one.state == "superseded") == (row.pk in outdated)
        assert {one.price for one in self.known.values() if one.state == "issued"} <= {self.free_price()}

    @rule(quote=consumes(quotes))
    def expire(self, quote):
        """The day of one quote is over; its promise ended by itself."""
        if self.known[quote].state != "issued":
            return
        over = datetime.now(UTC)
        Quote.objects.unscoped("test").filter(pk=quote).update(expires_at=over)
        for promise in PriceCommitment.objects.filter(quote=quote):
            promise.validity = (promise.validity.lower, over)
            promise.save()
        assert expire_quotes(now=over + timedelta(microseconds=1)) == 1
        self.known[quote].state = "expired"

    # --- what must be

    def model(self):
        return self.known

    def look(self) -> None:
        now = datetime.now(UTC)
        stored = dict(Quote.objects.unscoped("test").values_list("pk", "status"))
        assert stored == {pk: one.state for pk, one in self.known.items()}
        live = PriceCommitment.objects.filter(validity__contains=now)
        assert sorted(live.values_list("quote_id", "unit_price")) == sorted(
            (pk, one.price) for pk, one in self.known.items() if one.state in {"issued", "accepted"}
        )


@pytest.mark.django_db
def test_quotes_and_their_model_agree():
    Quotes.stage = make_shop(make_cast())
    run_machine(Quotes, name="QUOTE", runs=40, steps=20)


#: rules broken on purpose: what is replaced, and by what
BROKEN = {
    "a former quote stays in force": {"issuing._supersede": lambda *_, **__: []},
    "promises outlive their quotes": {
        "ending._END": ending._END.replace("upper(c.validity) > %(at)s", "upper(c.validity) < %(at)s")
    },
}


@pytest.mark.django_db
@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_found(monkeypatch, rule):
    Quotes.stage = make_shop(make_cast())
    for place, otherwise in BROKEN[rule].items():
        monkeypatch.setattr(f"concord.pricing.actions.{place}", otherwise)
    assert divergence_found(Quotes, runs=40, steps=20)
