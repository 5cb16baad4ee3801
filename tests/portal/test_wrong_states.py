"""Every change of a state through the API, in every state that does not allow it: 409, the allowed states, no change.

The table is compared with the addresses: whoever adds a change says here which states allow it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rest_framework.test import APIClient

from concord.deals.actions.appeals import file_appeal, overturn_decision, uphold_decision
from concord.deals.actions.leads_claiming import withdraw_lead
from concord.deals.actions.leads_follow_up import convert_lead
from concord.deals.actions.leads_routing import route_new_lead
from concord.deals.actions.protection_timers import run_protections
from concord.deals.enums import DEED_STATES, Deed
from concord.deals.models import Appeal, Deal, ExtensionRequest, Lead, LeadClaim, LeadOffer, Protection, ProtectionHold
from concord.partners.actions.members import create_member
from concord.portal.actor import portal_actor
from concord.portal.enums import Role
from concord.portal.models import Event
from concord.pricing.actions.quotes import (
    accept_quote,
    decline_quote,
    expire_quotes,
    issue_quote,
    revise_quote,
    withdraw_quote,
)
from concord.pricing.actions.special_prices import approve_special_price, reject_special_price, request_special_price
from concord.pricing.enums import QUOTE_DEED_STATES
from concord.pricing.models import PriceCommitment, Quote, SpecialPrice
from tests.deals import leads_making as leads
from tests.deals import making
from tests.pricing.quotes.conftest import make_shop

pytestmark = pytest.mark.django_db

SELLER, MANAGER, PRICING = "seller_a", "vendor_manager", "pricing_manager"


@dataclass(frozen=True)
class Change:
    """One address: who asks, with what, and the states in which it is not refused for the state."""

    who: str
    allowed: frozenset[str]
    body: dict[str, Any] = field(default_factory=dict)
    #: what the refusal names, where that is not a state of the thing itself (a request that waits)
    named: frozenset[str] | None = None
    method: str = "POST"


def deed(name: Deed, who: str, **body: Any) -> Change:
    return Change(who, frozenset(DEED_STATES[name]), body)


def quote_deed(name: str, who: str = SELLER, **body: Any) -> Change:
    return Change(who, frozenset(QUOTE_DEED_STATES[name]), body)


APPROVED = frozenset({"approved"})
REASONED = {"reason": "no_opportunity"}
DEALS = {
    "deal": Change(SELLER, frozenset(DEED_STATES[Deed.EDIT]), {"title": "Another one"}, method="PATCH"),
    "deal-submit": deed(Deed.SUBMIT, SELLER),
    "deal-approve": deed(Deed.APPROVE, MANAGER),
    "deal-reject": deed(Deed.REJECT, MANAGER, **REASONED),
    "deal-return": deed(Deed.RETURN, MANAGER, reason="contact_missing", fields_to_complete=["contact_name"]),
    "deal-duplicate": deed(Deed.DUPLICATE, MANAGER, reason="already_protected"),
    "deal-withdraw": deed(Deed.WITHDRAW, SELLER, reason="no_longer_pursued"),
    "deal-stage": deed(Deed.STAGE, SELLER, stage="qualified"),
    "deal-win": deed(Deed.WIN, SELLER),
    "deal-lose": deed(Deed.LOSE, SELLER, reason="price"),
    "deal-extend": Change(SELLER, APPROVED, {"note": "It goes on."}),
    "deal-extend-grant": Change(MANAGER, frozenset(), {}, frozenset({"pending"})),
    "deal-extend-refuse": Change(MANAGER, frozenset(), {"reason": "too_little_progress"}, frozenset({"pending"})),
    "deal-hold": Change(SELLER, APPROVED, {"cause": "customer_paused", "until": "2099-01-01T00:00:00Z"}),
    "deal-hold-grant": Change(MANAGER, frozenset(), {}, frozenset({"pending"})),
    "deal-hold-refuse": Change(MANAGER, frozenset(), {"reason": "not_a_reason"}, frozenset({"pending"})),
    "deal-hold-end": Change(MANAGER, frozenset(), {}, frozenset({"held", "approved"})),
    "deal-appeal": Change(SELLER, frozenset({"rejected", "duplicate"}), {"grounds": "It was ours."}),
    # The protection of a won deal runs on, and the customer may still choose somebody else.
    "deal-choice": Change(MANAGER, APPROVED | {"won"}, {}, APPROVED),
}
LEADS = {
    "lead-claim": Change(SELLER, frozenset({"pool"})),
    "lead-accept": Change(SELLER, frozenset({"offered"})),
    "lead-decline": Change(SELLER, frozenset({"offered"})),
    "lead-release": Change(SELLER, frozenset({"claimed"}), {"reason": "other"}),
    "lead-contact": Change(SELLER, frozenset({"claimed"}), {"text": "Called."}),
    "lead-convert": Change(SELLER, frozenset({"claimed"})),
}
QUOTES = {
    "quote-issue": quote_deed("issue"),
    "quote-revise": quote_deed("revise"),
    "quote-accept": quote_deed("accept"),
    "quote-decline": quote_deed("decline"),
    "quote-withdraw": quote_deed("withdraw"),
    "quote-reprice": quote_deed("reprice", PRICING),
    "quote-honour": quote_deed("honour", PRICING, note="The customer was ill."),
}
SPECIAL_PRICES = {
    "special-price-approve": Change(PRICING, frozenset({"requested"}), {"note": "Well."}),
    "special-price-reject": Change(PRICING, frozenset({"requested"}), {"note": "No."}),
}
#: an appeal has states of its own, and is judged once
APPEALS = {
    "deal-appeal-uphold": Change(
        "judge", frozenset({"open"}), {"reason": "nothing_new", "judgement": "It was decided rightly."}
    ),
    "deal-appeal-overturn": Change(
        "judge", frozenset({"open"}), {"reason": "worked_earlier", "judgement": "It was decided wrongly."}
    ),
}
TABLE = DEALS | LEADS | QUOTES | SPECIAL_PRICES | APPEALS
#: these add to a thing, or hand it on
NO_CHANGES_OF_STATE = {"deal-activities", "deal-contacts", "deal-promises", "deal-evidence", "deal-handover"}


def addresses(patterns=None, before: str = "") -> Iterator[tuple[str, str, Any]]:
    for one in patterns if patterns is not None else get_resolver().url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield route, one.name or "", one.callback


def test_every_change_of_a_state_is_in_the_table():
    things = ("api/v1/deals/", "api/v1/leads/", "api/v1/quotes/", "api/v1/special-prices/")
    found = set()
    for route, name, view in addresses():
        methods = {"post", "patch", "put", "delete"} & set(dir(getattr(view, "cls", object)))
        if route.startswith(things) and "uuid" in route and methods:
            found.add(name)
    assert found == set(TABLE) | NO_CHANGES_OF_STATE


def everything(model, row) -> Any:
    """The row, what hangs on it, and how much the history tells."""
    return (
        model.objects.unscoped("compare").filter(pk=row.pk).values().get()
        if hasattr(model.objects, "unscoped")
        else model.objects.filter(pk=row.pk).values().get(),
        [
            list(one.objects.unscoped("compare").order_by("pk").values())
            for one in (Protection, ExtensionRequest, ProtectionHold, Appeal, LeadClaim, LeadOffer)
        ],
        Quote.objects.unscoped("compare").count(),
        list(PriceCommitment.objects.order_by("pk").values()),
        Event.objects.unscoped("compare").count(),
    )


def refuse_all(cast, model, row, table, state: str, argument: str, *, unseen: frozenset[str] = frozenset()) -> int:
    """Ask for everything that this state does not allow; ``unseen`` are those to whom the row is not there now."""
    asked = 0
    for name, change in table.items():
        if state in change.allowed:
            continue
        asked += 1
        api = APIClient()
        api.force_login(getattr(cast, change.who))
        before = everything(model, row)
        answer = api.generic(
            change.method,
            reverse(f"api:{name}", kwargs={argument: row.uuid}),
            json.dumps(change.body),
            content_type="application/json",
            headers={"if-match": "*"},
        )
        told = answer.json()
        if change.who in unseen:
            assert answer.status_code in {404, 409}, (name, told)
        else:
            assert (answer.status_code, told.get("code")) == (409, "wrong_state"), (name, state, told)
            assert told["allowed"], (name, state)
            if change.named:
                assert set(told["allowed"]) <= change.named, (name, state, told)
            else:
                assert set(told["allowed"]) == change.allowed, (name, state, told)
            assert told["state"] == state, (name, told)
        assert everything(model, row) == before, (name, state)
    return asked


@pytest.mark.parametrize(
    "state",
    ["draft", "submitted", "returned", "approved", "rejected", "duplicate", "won", "lost", "withdrawn", "imported",
     "expired"],
)  # fmt: skip
def test_deals(cast, state):
    if state == "expired":
        deal = making.in_state(cast, "approved")
        run_protections(actor=portal_actor(), now=making.now() + timedelta(days=400))
    else:
        deal = making.in_state(cast, state)
    # A draft is its partner's own; to the vendor it is not there.
    unseen = frozenset({MANAGER}) if state == "draft" else frozenset()
    assert refuse_all(cast, Deal, deal, DEALS, state, "deal_uuid", unseen=unseen) >= 8


ALL_STATES = (
    "draft", "submitted", "returned", "approved", "rejected", "duplicate", "won", "lost", "withdrawn", "imported",
)  # fmt: skip


def with_judge(cast) -> Any:
    """The cast with a second channel manager, who judges what the first one decided."""
    member = create_member(
        actor=portal_actor(), email="neutral@vendor.example", name="Nora Neutral", role=Role.CHANNEL_MANAGER
    )
    cast.judge = member.user
    return cast


@pytest.mark.parametrize("state", ALL_STATES)
def test_an_appeal_that_was_not_filed_is_not_there_to_be_judged(cast, state):
    deal = making.in_state(with_judge(cast), state)
    before = everything(Deal, deal)
    for name, change in APPEALS.items():
        api = APIClient()
        api.force_login(cast.judge)
        address = reverse(f"api:{name}", kwargs={"deal_uuid": deal.uuid})
        answer = api.post(address, change.body, format="json", headers={"if-match": "*"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (name, state)
        assert everything(Deal, deal) == before, (name, state)


@pytest.mark.parametrize("state", ["upheld", "overturned"])
@pytest.mark.parametrize("decision", ["rejected", "duplicate"])
def test_an_appeal_is_judged_once(cast, decision, state):
    deal = making.in_state(with_judge(cast), decision)
    now = making.now()
    file_appeal(
        actor=cast.actor(cast.seller_a),
        deal_uuid=deal.uuid,
        grounds="We were there first.",
        upload=SimpleUploadedFile("order.txt", b"An order of last year."),
        now=now,
    )
    judged = {"actor": cast.actor(cast.judge), "deal_uuid": deal.uuid, "judgement": "So it is.", "now": now}
    if state == "upheld":
        uphold_decision(**judged, reason="nothing_new")
    else:
        overturn_decision(**judged, reason="worked_earlier")
    deal.refresh_from_db()
    # The refusal names the appeal's state, not the deal's, which an overturned one has changed.
    assert refuse_all(cast, Deal, deal, APPEALS, state, "deal_uuid") == 2


def lead_in(cast, state: str) -> Lead:
    if state in {"claimed", "converted"}:
        lead = leads.claimed(cast)
        if state == "converted":
            convert_lead(actor=cast.actor(cast.seller_a), lead_uuid=lead.uuid, now=making.now())
        return lead
    if state == "pool":
        return leads.free()
    lead = leads.new()
    if state == "offered":
        assert route_new_lead(actor=portal_actor(), lead_id=lead.pk, now=making.now())
    if state == "withdrawn":
        withdraw_lead(actor=cast.actor(cast.vendor_manager), lead_uuid=lead.uuid, now=making.now())
    return lead


@pytest.mark.parametrize("state", ["new", "offered", "pool", "claimed", "converted", "withdrawn"])
def test_leads(cast, state):
    lead = lead_in(cast, state)
    assert leads.reload(lead).state == state
    unseen = frozenset({SELLER}) if state in {"new", "withdrawn"} else frozenset()
    assert refuse_all(cast, Lead, lead, LEADS, state, "lead_uuid", unseen=unseen) >= 3


def quote_in(shop, state: str) -> Quote:
    quote, same = shop.quote(), {"actor": shop.actor()}
    if state == "draft":
        return quote
    issue_quote(**same, quote_uuid=quote.uuid)
    ends = {"accepted": accept_quote, "declined": decline_quote, "withdrawn": withdraw_quote}
    if state in ends:
        ends[state](**same, quote_uuid=quote.uuid)
    elif state == "superseded":
        issue_quote(**same, quote_uuid=revise_quote(**same, quote_uuid=quote.uuid).uuid)
    elif state == "expired":
        now = making.now()
        Quote.objects.unscoped("its day is over").filter(pk=quote.pk).update(expires_at=now)
        assert expire_quotes(now=now) == 1
    return quote


@pytest.mark.parametrize("state", ["draft", "issued", "accepted", "declined", "withdrawn", "expired", "superseded"])
def test_quotes(cast, state):
    shop = make_shop(cast)
    quote = quote_in(shop, state)
    quote.refresh_from_db()
    assert quote.status == state
    assert refuse_all(cast, Quote, quote, QUOTES, state, "uuid") >= 2


@pytest.mark.parametrize("state", ["approved", "rejected"])
def test_special_prices(cast, state):
    shop = make_shop(cast)
    asked = request_special_price(
        actor=shop.actor(), partner_id=cast.partner_a.pk, end_customer_id=shop.customer.pk, sku=shop.relay.sku,
        currency="USD", unit_price=Decimal(9), quantity=1, valid_until=shop.day(60), reason="Large project",
    )  # fmt: skip
    by = {"actor": cast.actor(cast.pricing_manager), "special_price_uuid": asked.uuid}
    if state == "approved":
        approve_special_price(**by)
    else:
        reject_special_price(**by, note="No.")
    assert refuse_all(cast, SpecialPrice, asked, SPECIAL_PRICES, state, "uuid") == 2
