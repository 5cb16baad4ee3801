"""Issuing freezes a quote and promises its prices: one customer, one product, one price."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from concord.partners.models import CustomerRelation
from concord.portal.events.chain import verify_subject
from concord.portal.models import BrandSettings, Event
from concord.portal.refusals import InvalidInput, NotAllowed, NotThere, WrongState
from concord.pricing.actions.commitments import PriceConflict
from concord.pricing.actions.quotes import (
    QuoteLineInput,
    accept_quote,
    decline_quote,
    discard_draft,
    edit_draft,
    expire_quotes,
    issue_quote,
    revise_quote,
    withdraw_quote,
)
from concord.pricing.actions.shown_prices import PricesChanged
from concord.pricing.codes import LENGTH, read_code
from concord.pricing.engine import Receipt
from concord.pricing.enums import QuoteStatus
from concord.pricing.models import Price, PriceCommitment, Quote
from concord.pricing.queries.quotes import fingerprint
from tests.factories import make_customer


def promises(quote=None):
    rows = PriceCommitment.objects.order_by("product__sku", "quantity")
    rows = rows.filter(quote=quote) if quote else rows
    return [(row.product.sku, row.quantity.lower, row.quantity.upper, row.unit_price, row.currency) for row in rows]


def verbs(quote):
    events = Event.objects.unscoped("test").about("quote", quote.uuid)
    return list(events.values_list("verb", flat=True))


def live(quote):
    now = datetime.now(UTC)
    return PriceCommitment.objects.filter(quote=quote, validity__contains=now).count()


def test_issuing_freezes_lines_receipts_terms_and_promises_every_break(shop):
    BrandSettings.objects.create(quote_terms="Thirty days net.", quote_terms_zh="月结三十天。")
    quote = shop.issue((shop.switch, 3), (shop.relay, 6), (shop.relay, 6), language="zh-hans")
    quote.refresh_from_db()
    assert quote.status == QuoteStatus.ISSUED
    assert quote.terms == "月结三十天。"
    assert quote.customer_total == Decimal("120.75")  # 3 × 4.25 + 12 × 9: split lines count together for the break
    lines = list(quote.lines.all())
    assert [line.name for line in lines] == ["开关", "继电器", "继电器"]
    assert [line.customer_unit_price for line in lines] == [Decimal("4.25"), Decimal(9), Decimal(9)]
    assert all(Receipt.from_json(line.receipt).to_json_bytes() == line.receipt.encode() for line in lines)
    assert promises(quote) == [
        ("RELAY-1", 10, 100, Decimal(9), "USD"),
        ("SWITCH-2", 1, None, Decimal("4.25"), "USD"),
    ]
    assert len(quote.check_code) == LENGTH
    assert read_code(quote.check_code) == quote.check_code
    assert quote.data_hash == fingerprint(quote, lines)
    assert verbs(quote) == ["quote.drafted", "quote.issued"]
    assert verify_subject("quote", quote.uuid) == []


def test_promises_begin_at_issuing_and_end_after_the_whole_local_day(shop):
    quote = shop.issue(valid_until=shop.day(3))
    promise = PriceCommitment.objects.get()
    assert promise.validity.lower == quote.issued_at
    midnight = datetime.combine(shop.day(4), datetime.min.time(), tzinfo=UTC)
    assert promise.validity.upper == quote.expires_at
    assert midnight - timedelta(hours=2) <= promise.validity.upper <= midnight - timedelta(hours=1)  # Berlin


def test_a_rival_quoting_the_price_in_force_gets_the_same_price(shop):
    first = shop.issue()
    second = shop.issue(by=shop.cast.seller_b)
    assert promises(first) == promises(second)
    assert first.number != second.number


def test_a_wanted_price_that_is_not_in_force_is_refused_with_the_ways_out(shop):
    quote = shop.quote((shop.relay, 5, "9.90"))
    with pytest.raises(PriceConflict) as refused:
        issue_quote(actor=shop.actor(), quote_uuid=quote.uuid)
    assert refused.value.status == 409
    assert refused.value.details == {
        "conflicts": [
            {
                "sku": "RELAY-1",
                "quantity_break": {"from": 1, "to": 10},
                "requested": {"amount": "9.90", "currency": "USD"},
                "ways_out": ["take_promised_price", "ask_special_price", "register_deal"],
            }
        ]
    }
    quote.refresh_from_db()
    assert quote.status == QuoteStatus.DRAFT
    assert not PriceCommitment.objects.exists()
    assert verbs(quote) == ["quote.drafted"]


def test_without_a_relation_the_answer_is_the_same_whether_a_promise_exists_or_not(shop):
    other = make_customer("Another GmbH")
    from concord.partners.actions.customers import relate

    relate(partner_id=shop.cast.partner_b.pk, end_customer_id=other.pk, now=datetime.now(UTC))
    shop.issue((shop.relay, 5))  # A's promise at the first customer; none at the other one
    answers = []
    for customer in (shop.customer, other):
        quote = shop.quote((shop.relay, 5, "9.90"), by=shop.cast.seller_b, customer=customer)
        with pytest.raises(PriceConflict) as refused:
            issue_quote(actor=shop.actor(shop.cast.seller_b), quote_uuid=quote.uuid)
        answers.append((refused.value.code, str(refused.value), refused.value.details))
    assert answers[0] == answers[1]
    assert "promised" not in json.dumps(answers[0][2]).replace("take_promised_price", "")


def test_with_a_relation_the_refusal_says_the_promised_price_and_until_when_but_never_who(shop):
    shop.issue((shop.relay, 5))
    quote = shop.quote((shop.relay, 5, "9.90"))
    with pytest.raises(PriceConflict) as refused:
        issue_quote(actor=shop.actor(), quote_uuid=quote.uuid)
    (conflict,) = refused.value.details["conflicts"]
    assert conflict["promised"] == {"amount": "10.00", "currency": "USD"}
    assert conflict["until"] == shop.day(30).isoformat()
    assert conflict["ways_out"] == ["take_promised_price", "ask_special_price", "reprice"]
    assert set(conflict) == {"sku", "quantity_break", "requested", "promised", "until", "ways_out"}


def test_taking_the_price_in_force_is_one_edit_away(shop):
    quote = shop.quote((shop.relay, 5, "9.90"))
    edit_draft(
        actor=shop.actor(),
        quote_uuid=quote.uuid,
        lines=[QuoteLineInput("RELAY-1", 5)],
        valid_until=quote.valid_until,
    )
    assert issue_quote(actor=shop.actor(), quote_uuid=quote.uuid).status == QuoteStatus.ISSUED


def test_the_promise_outlives_a_change_of_the_list_and_a_stale_draft_is_not_issued_unseen(shop):
    shop.issue((shop.relay, 5))
    draft_b = shop.quote((shop.switch, 2), by=shop.cast.seller_b)
    Price.objects.filter(product=shop.switch).update(unit_price=Decimal("4.00"))
    Price.objects.filter(product=shop.relay, minimum_quantity=1).update(unit_price=Decimal("11.00"))
    again = shop.quote((shop.relay, 5))
    assert again.lines.get().customer_unit_price == 10
    with pytest.raises(PricesChanged) as refused:
        issue_quote(actor=shop.actor(shop.cast.seller_b), quote_uuid=draft_b.uuid)
    assert refused.value.details["changes"] == [
        {
            "sku": "SWITCH-2",
            "shown": {"amount": "4.25", "currency": "USD"},
            "now": {"amount": "4.00", "currency": "USD"},
        }
    ]
    # B has no relation to A's promise and would quote 11: refused, without a word about the 10.
    draft_b = shop.quote((shop.relay, 5), by=shop.cast.seller_b)
    with pytest.raises(PriceConflict) as refused:
        issue_quote(actor=shop.actor(shop.cast.seller_b), quote_uuid=draft_b.uuid)
    assert "10.00" not in json.dumps(refused.value.details)


def test_another_currency_is_a_conflict_not_a_way_round(shop):
    from tests.factories import make_price_list, set_price

    set_price(make_price_list("EUR"), shop.relay, "10")
    shop.issue((shop.relay, 5))
    quote = shop.quote((shop.relay, 5), by=shop.cast.seller_b, currency="EUR")
    with pytest.raises(PriceConflict):
        issue_quote(actor=shop.actor(shop.cast.seller_b), quote_uuid=quote.uuid)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"lines": [("NO-SUCH", 1)]}, "/lines/0/sku"),
        ({"lines": [("RELAY-1", 0)]}, "/lines/0/quantity"),
        ({"lines": [("RELAY-1", -1)]}, "/lines/0/quantity"),
        ({"lines": [("SWITCH-2", 1), ("RELAY-1", 10**12)]}, "/lines/1/quantity"),
        ({"lines": [("RELAY-1", 1, "NaN")]}, "/lines/0/requested_unit_price"),
        ({"lines": [("RELAY-1", 1, "-4")]}, "/lines/0/requested_unit_price"),
        ({"currency": "XXQ"}, "/currency"),
        ({"currency": "JPY"}, "/lines/0/sku"),
        ({"days": -1}, "/valid_until"),
        ({"days": 400}, "/valid_until"),
        ({"language": "fr"}, "/language"),
        ({"customer_name": "x" * 300}, "/customer_name"),
    ],
)
def test_bad_input_names_the_field_and_stores_nothing(shop, change, pointer):
    lines = change.pop("lines", [("RELAY-1", 1)])
    if "days" in change:
        change["valid_until"] = shop.day(change.pop("days"))
    with pytest.raises(InvalidInput) as refused:
        shop.quote(*lines, **change)
    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert not Quote.objects.unscoped("test").exists()
    assert not Event.objects.unscoped("test").filter(verb__startswith="quote.").exists()


def test_a_customer_without_relation_is_not_there(shop):
    with pytest.raises(NotThere):
        shop.quote(customer=make_customer("Unknown to both"))


def test_nobody_quotes_for_another_partner_and_foreign_quotes_are_not_there(shop):
    with pytest.raises(NotAllowed):
        shop.quote(by=shop.cast.seller_a, partner=shop.cast.partner_b)
    with pytest.raises(NotAllowed):
        shop.quote(by=shop.cast.editor, partner=shop.cast.partner_a)
    quote = shop.quote()
    with pytest.raises(NotThere):
        issue_quote(actor=shop.actor(shop.cast.seller_b), quote_uuid=quote.uuid)
    with pytest.raises(NotThere):
        issue_quote(actor=shop.actor(shop.cast.editor), quote_uuid=quote.uuid)


@pytest.mark.parametrize("action", [accept_quote, decline_quote, withdraw_quote])
def test_final_is_final(shop, action):
    quote = shop.issue()
    action(actor=shop.actor(), quote_uuid=quote.uuid)
    for other in (accept_quote, decline_quote, withdraw_quote, issue_quote):
        with pytest.raises(WrongState) as refused:
            other(actor=shop.actor(), quote_uuid=quote.uuid)
        assert refused.value.details["allowed"] == ["draft" if other is issue_quote else "issued"]


def test_a_draft_is_neither_accepted_nor_withdrawn_and_an_issued_quote_not_edited(shop):
    draft = shop.quote()
    for action in (accept_quote, decline_quote, withdraw_quote, revise_quote):
        with pytest.raises(WrongState):
            action(actor=shop.actor(), quote_uuid=draft.uuid)
    quote = shop.issue()
    with pytest.raises(WrongState):
        edit_draft(
            actor=shop.actor(), quote_uuid=quote.uuid, lines=[QuoteLineInput("RELAY-1", 1)], valid_until=shop.day(9)
        )
    with pytest.raises(WrongState):
        discard_draft(actor=shop.actor(), quote_uuid=quote.uuid)


def test_withdrawing_and_declining_free_the_price_accepting_keeps_it(shop):
    withdrawn, declined, accepted = shop.issue(), shop.issue(), shop.issue()
    withdraw_quote(actor=shop.actor(), quote_uuid=withdrawn.uuid)
    decline_quote(actor=shop.actor(), quote_uuid=declined.uuid)
    accept_quote(actor=shop.actor(), quote_uuid=accepted.uuid)
    assert [live(one) for one in (withdrawn, declined, accepted)] == [0, 0, 1]


def test_a_revision_supersedes_when_it_is_issued_and_keeps_the_promised_price(shop):
    first = shop.issue((shop.relay, 5))
    Price.objects.filter(product=shop.relay, minimum_quantity=1).update(unit_price=Decimal(11))
    draft = revise_quote(actor=shop.actor(), quote_uuid=first.uuid)
    assert (draft.number, draft.revision, draft.status) == (first.number, 2, QuoteStatus.DRAFT)
    assert revise_quote(actor=shop.actor(), quote_uuid=first.uuid).pk == draft.pk
    first.refresh_from_db()
    assert first.status == QuoteStatus.ISSUED
    edit_draft(
        actor=shop.actor(),
        quote_uuid=draft.uuid,
        lines=[QuoteLineInput("RELAY-1", 7), QuoteLineInput("SWITCH-2", 1)],
        valid_until=draft.valid_until,
    )
    second = issue_quote(actor=shop.actor(), quote_uuid=draft.uuid)
    first.refresh_from_db()
    assert first.status == QuoteStatus.SUPERSEDED
    assert live(first) == 0
    assert live(second) == 2
    assert second.lines.first().customer_unit_price == 10
    assert verbs(first)[-1] == "quote.superseded"
    assert second.check_code != first.check_code


def test_a_discarded_revision_leaves_the_quote_free_to_be_revised_again(shop):
    first = shop.issue()
    draft = revise_quote(actor=shop.actor(), quote_uuid=first.uuid)
    discard_draft(actor=shop.actor(), quote_uuid=draft.uuid)
    assert revise_quote(actor=shop.actor(), quote_uuid=first.uuid).revision == 3


def test_a_revision_of_a_quote_accepted_meanwhile_is_not_issued(shop):
    first = shop.issue()
    draft = revise_quote(actor=shop.actor(), quote_uuid=first.uuid)
    accept_quote(actor=shop.actor(), quote_uuid=first.uuid)
    with pytest.raises(WrongState):
        issue_quote(actor=shop.actor(), quote_uuid=draft.uuid)


def test_expiry_comes_after_the_local_day_and_never_overwrites_a_later_state(shop):
    running, accepted = shop.issue(valid_until=shop.day(1)), shop.issue(valid_until=shop.day(1))
    accept_quote(actor=shop.actor(), quote_uuid=accepted.uuid)
    assert expire_quotes(now=running.expires_at - timedelta(seconds=1)) == 0
    with pytest.raises(WrongState) as refused:
        accept_quote(actor=shop.actor(), quote_uuid=running.uuid, now=running.expires_at)
    assert refused.value.details["state"] == "expired"
    assert expire_quotes(now=running.expires_at) == 1
    assert expire_quotes(now=running.expires_at) == 0
    running.refresh_from_db()
    accepted.refresh_from_db()
    assert (running.status, accepted.status) == (QuoteStatus.EXPIRED, QuoteStatus.ACCEPTED)
    assert verbs(running)[-1] == "quote.expired"


def test_a_draft_whose_day_is_over_is_not_issued(shop):
    draft = shop.quote(valid_until=shop.day(1))
    with time_machine.travel(draft.expires_at, tick=False), pytest.raises(InvalidInput):
        issue_quote(actor=shop.actor(), quote_uuid=draft.uuid, now=datetime.now(UTC))


def test_numbers_count_by_partner_and_year(shop):
    numbers = [shop.quote().number, shop.quote(by=shop.cast.seller_b).number, shop.quote().number]
    year = datetime.now(UTC).year
    assert numbers == [f"A-100-{year}-0001", f"B-200-{year}-0001", f"A-100-{year}-0002"]


def test_issuing_relates_partner_and_customer(shop):
    CustomerRelation.objects.unscoped("test").filter(partner=shop.cast.partner_a).delete()
    quote = shop.quote(by=shop.cast.vendor_manager, partner=shop.cast.partner_a)
    issue_quote(actor=shop.actor(shop.cast.vendor_manager), quote_uuid=quote.uuid)
    assert CustomerRelation.objects.unscoped("test").filter(partner=shop.cast.partner_a).count() == 1
