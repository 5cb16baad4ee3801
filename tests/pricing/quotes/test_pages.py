"""The pages of quotes, and the public check: what a seller, a rival and a customer see."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from concord.portal import registry
from concord.portal.registry import Story
from concord.pricing.actions.quotes import accept_quote, issue_quote, revise_quote, withdraw_quote
from concord.pricing.codes import grouped, new_code, read_code
from concord.pricing.enums import QuoteStatus
from concord.pricing.forms.quotes import split_lines, whole_number
from concord.pricing.models import Price, PriceCommitment, Quote, QuoteCheck, SpecialPrice
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
DEAL = "7c0e3cc4-1d5c-4a39-9d8e-0f0b8f3f2a11"


@pytest.fixture
def seller(shop, client):
    client.force_login(shop.cast.seller_a)
    return client


def form(shop, **more):
    return {
        "customer": str(shop.customer.uuid),
        "customer_name": "Kunde AG",
        "currency": "USD",
        "valid_until": shop.day(20).isoformat(),
        "language": "en",
        "lines": "relay 1\t12\nSWITCH-2;2",
        **more,
    }


def test_lines_are_pasted_from_a_spreadsheet(shop, seller):
    answer = seller.post(reverse("pricing:quote-new"), form(shop))
    quote = Quote.objects.unscoped("test").get()
    assert answer["Location"] == reverse("pricing:quote-detail", args=[quote.uuid])
    assert [(line.sku, line.quantity) for line in quote.lines.all()] == [("RELAY-1", 12), ("SWITCH-2", 2)]
    page = seller.get(answer["Location"]).content.decode()
    assert "RELAY-1" in page
    assert "116.50" in page


def test_a_form_sent_twice_drafts_once(shop, seller):
    key = "7d2c6f7e-25a4-4dc0-8f43-0d10c7a65d20"
    first, second = (seller.post(reverse("pricing:quote-new"), form(shop, idempotency_key=key)) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Quote.objects.unscoped("test").count() == 1


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("RELAY-1\tmany", "Line 1: “many” is not a whole quantity."),
        ("RELAY-1\t1\nNO-SUCH\t2", "Line 2: There is no product “NO-SUCH”"),
        ("\n\nRELAY-1\t0", "Line 3: The quantity of RELAY-1 must be more than 0"),
        ("RELAY-1\t1\tcheap", "Line 1: “cheap” is not a price."),
        ("RELAY-1\t9999999999999", "Line 1: The quantity of RELAY-1"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_typed_is_lost(shop, seller, lines, said):
    answer = seller.post(reverse("pricing:quote-new"), form(shop, lines=lines))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert lines.strip().splitlines()[-1].split("\t")[0] in page
    assert not Quote.objects.unscoped("test").exists()


def test_lines_from_the_price_check_prefill_the_form(shop, seller):
    page = seller.post(reverse("pricing:quote-new"), {"lines": "RELAY-1\t4"}).content.decode()
    assert shop.customer.legal_name in page
    page = seller.post(reverse("pricing:quote-new"), {"lines": "RELAY-1\t4", "customer": str(shop.customer.uuid)})
    assert "RELAY-1\t4" in page.content.decode()


def test_a_quote_is_begun_from_a_deal_and_told_in_its_history(shop, seller, monkeypatch):
    hidden = make_customer("Hidden GmbH")
    story = Story("deal", DEAL, shop.cast.partner_a.pk, hidden.pk)
    monkeypatch.setitem(
        registry.story_resolvers, "deal", lambda actor, uuid: story if actor.partner_id == story.partner_id else None
    )
    url = reverse("pricing:quote-new") + f"?story=deal:{DEAL}"
    page = seller.get(url).content.decode()
    assert "Hidden GmbH" not in page  # what others know of the customer is not told
    data = form(shop, story=f"deal:{DEAL}")
    del data["customer"]
    assert seller.post(reverse("pricing:quote-new"), data).status_code == 302
    quote = Quote.objects.unscoped("test").get()
    assert (quote.end_customer, str(quote.story_uuid)) == (hidden, DEAL)
    seller.force_login(shop.cast.seller_b)
    assert seller.get(url).status_code == 404


def test_a_price_conflict_shows_the_ways_out_and_taking_the_price_solves_it(shop, seller):
    quote = shop.quote((shop.relay, 5, "9.10"))
    here = reverse("pricing:quote-detail", args=[quote.uuid])
    refused = seller.post(reverse("pricing:quote-issue", args=[quote.uuid]))
    assert refused.status_code == 409
    page = refused.content.decode()
    for way in ("pricing:quote-take", "pricing:special-price-new"):
        assert reverse(way, args=[quote.uuid]) in page
    assert "9.10 USD" in page
    assert seller.post(reverse("pricing:quote-take", args=[quote.uuid]))["Location"] == here
    assert seller.post(reverse("pricing:quote-issue", args=[quote.uuid]))["Location"] == here
    quote.refresh_from_db()
    assert quote.status == QuoteStatus.ISSUED


def test_a_special_price_is_asked_for_from_the_refused_quote(shop, seller):
    quote = shop.quote((shop.relay, 5, "9.10"))
    url = reverse("pricing:special-price-new", args=[quote.uuid]) + "?sku=RELAY-1"
    assert "9.1" in seller.get(url).content.decode()
    data = {"unit_price": "9.10", "quantity": "5", "valid_until": shop.day(40).isoformat(), "reason": "Rival offer"}
    assert seller.post(url, {**data, "reason": ""}).status_code == 422
    assert seller.post(url, data).status_code == 302
    asked = SpecialPrice.objects.get()
    assert (asked.status, asked.end_customer, asked.requested_by_user) == (
        "requested",
        shop.customer,
        shop.cast.seller_a.pk,
    )


def test_buttons_change_the_state_and_wrong_states_are_said(shop, seller):
    quote = shop.issue()
    for name in ("accept", "withdraw"):
        answer = seller.post(reverse(f"pricing:quote-{name}", args=[quote.uuid]))
        assert answer.status_code == (302 if name == "accept" else 409)
    assert seller.get(reverse("pricing:quote-accept", args=[quote.uuid])).status_code == 405
    quote.refresh_from_db()
    assert quote.status == QuoteStatus.ACCEPTED


def test_repricing_from_the_page_replaces_the_own_promise(shop, seller):
    first = shop.issue((shop.relay, 5))
    Price.objects.filter(product=shop.relay, minimum_quantity=1).update(unit_price="9.50")
    draft = shop.quote((shop.relay, 5, "9.50"))
    refused = seller.post(reverse("pricing:quote-issue", args=[draft.uuid])).content.decode()
    assert reverse("pricing:quote-reprice", args=[draft.uuid]) in refused
    assert seller.post(reverse("pricing:quote-reprice", args=[draft.uuid])).status_code == 302
    first.refresh_from_db()
    draft.refresh_from_db()
    assert (first.status, draft.status) == (QuoteStatus.SUPERSEDED, QuoteStatus.ISSUED)
    renewed = Quote.objects.unscoped("test").get(supersedes=first)
    assert renewed.status == QuoteStatus.ISSUED
    live = PriceCommitment.objects.filter(validity__contains=renewed.issued_at + timedelta(seconds=1))
    assert {promise.unit_price for promise in live} == {Decimal("9.5")}
    assert {promise.quote_id for promise in live} == {renewed.pk, draft.pk}


def test_a_partner_does_not_reprice_what_is_promised_elsewhere_but_the_vendor_does(shop, seller):
    theirs = shop.issue((shop.relay, 5), by=shop.cast.seller_b)
    own = shop.issue((shop.relay, 5))
    Price.objects.filter(product=shop.relay, minimum_quantity=1).update(unit_price="9.50")
    assert seller.post(reverse("pricing:quote-reprice", args=[own.uuid])).status_code == 403
    seller.force_login(shop.cast.pricing_manager)
    assert seller.post(reverse("pricing:quote-reprice", args=[own.uuid])).status_code == 302
    states = Quote.objects.unscoped("test").order_by("pk").values_list("status", flat=True)
    assert list(states) == ["superseded", "superseded", "issued", "issued"]
    theirs.refresh_from_db()
    assert theirs.superseded_by.lines.get().customer_unit_price == Decimal("9.5")


def test_the_list_filters_searches_and_exports(shop, seller):
    shop.issue((shop.relay, 1), customer_name="Alpha AG")
    shop.quote((shop.sensor, 1), customer_name="=Beta")
    url = reverse("pricing:quote-list")
    assert "Alpha AG" in seller.get(url).content.decode()
    assert "Alpha AG" not in seller.get(url + "?status=draft").content.decode()
    assert "Alpha AG" in seller.get(url + "?q=relay").content.decode()
    assert "No quote fits" in seller.get(url + "?q=zzz").content.decode()
    exported = seller.get(url + "?_export=csv").content.decode()
    assert "Alpha AG" in exported
    assert ",=Beta" not in exported  # a cell is text, not a formula
    seller.force_login(shop.cast.seller_b)
    assert "Alpha AG" not in seller.get(url).content.decode()


def test_foreign_quotes_are_404_and_signing_in_is_needed(shop, seller):
    quote = shop.issue()
    names = ["detail", "edit", "document", "pdf"]
    seller.force_login(shop.cast.seller_b)
    for name in names:
        assert seller.get(reverse(f"pricing:quote-{name}", args=[quote.uuid])).status_code == 404
    for name in ("issue", "accept", "decline", "withdraw", "discard", "revise", "reprice", "take"):
        assert seller.post(reverse(f"pricing:quote-{name}", args=[quote.uuid])).status_code == 404
    seller.force_login(shop.cast.editor)
    assert seller.post(reverse("pricing:quote-withdraw", args=[quote.uuid])).status_code == 403
    seller.logout()
    assert seller.get(reverse("pricing:quote-detail", args=[quote.uuid])).status_code == 302


# --- the public check --------------------------------------------------------------------------------------------


def check(client, *codes):
    url = reverse("pricing:quote-check-code", args=[codes[0]])
    return client.get(url, {"other": codes[1]} if len(codes) > 1 else {}).content.decode()


def test_the_check_answers_for_every_state_without_lines_or_partner(shop, client):
    quote = shop.issue((shop.relay, 5))
    page = check(client, grouped(quote.check_code))
    assert "genuine and in force" in page
    assert quote.number in page
    assert quote.data_hash in page
    for secret in ("RELAY-1", "Aldermann", "Sven", "50.00", "Kunde AG"):
        assert secret not in page
    second = issue_quote(actor=shop.actor(), quote_uuid=revise_quote(actor=shop.actor(), quote_uuid=quote.uuid).uuid)
    assert "replaced by revision 2" in check(client, quote.check_code)
    both = check(client, quote.check_code, second.check_code)
    assert f"Of the two, quote {second.number} revision 2 binds." in both
    accept_quote(actor=shop.actor(), quote_uuid=second.uuid)
    assert "was accepted" in check(client, second.check_code)
    other = shop.issue((shop.switch, 1))
    assert "Both bind" in check(client, second.check_code, other.check_code)
    withdraw_quote(actor=shop.actor(), quote_uuid=other.uuid)
    assert "was withdrawn" in check(client, other.check_code)
    assert "Neither of the two binds" in check(client, quote.check_code, other.check_code)
    Quote.objects.unscoped("test").filter(pk=quote.pk).update(status="issued", expires_at=quote.issued_at)
    assert "validity has run out" in check(client, quote.check_code)


def test_a_code_is_forgiving_to_type_and_an_unknown_one_is_said_so(shop, client):
    quote = shop.issue()
    typed = grouped(quote.check_code).lower().replace("0", "o").replace("1", "l").replace("-", " ")
    page = client.get(reverse("pricing:quote-check"), {"code": typed}, follow=True).content.decode()
    assert quote.number in page
    for code in (grouped(new_code()), "hello", "<script>alert(1)</script>"):
        page = client.get(reverse("pricing:quote-check"), {"code": code}, follow=True).content.decode()
        assert "We know no quote with this code" in page
        assert "<script>alert(1)" not in page
    assert list(QuoteCheck.objects.filter(quote__isnull=True).values_list("verdict", flat=True)) == ["unknown"] * 3


def test_a_draft_has_no_code_and_checks_are_shown_to_the_owner(shop, seller):
    assert Quote.objects.unscoped("t").filter(pk=shop.quote().pk, check_code__isnull=True).exists()
    quote = shop.issue()
    here = reverse("pricing:quote-detail", args=[quote.uuid])
    assert "Nobody has checked it yet" in seller.get(here).content.decode()
    check(seller, quote.check_code)
    assert "Checked once" in seller.get(here).content.decode()


def test_guessing_is_metered(shop, client):
    answers = [client.get(reverse("pricing:quote-check-code", args=[new_code()])).status_code for _ in range(33)]
    assert answers.count(200) >= 30
    assert answers[-1] == 429
    assert QuoteCheck.objects.count() == answers.count(200)


def test_the_check_page_speaks_chinese_and_is_not_kept(shop, client):
    client.cookies["django_language"] = "zh-hans"
    answer = client.get(reverse("pricing:quote-check"))
    assert "核验报价" in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"


def test_codes_are_random_readable_and_unambiguous():
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 28 and read_code(grouped(code)) == code for code in codes)
    assert not set("".join(codes)) & set("ILOU")
    assert read_code("short") is None


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("A-1\t5", ("A-1", "5", "")),
        ("A-1;5;2.50", ("A-1", "5", "2.50")),
        ("A 1  5", ("A 1", "5", "")),
        ("A-1 5", ("A-1", "5", "")),
        ("A-1", ("A-1", "1", "")),
    ],
)
def test_pasted_lines_are_split_as_people_mean_them(text, cells):
    (line,) = split_lines(text)
    assert (line.number, line.quantity, line.price) == cells


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("1,200", 1200), ("1 200", 1200), ("1.5", None), ("x", None)])
def test_quantities_are_whole_numbers(text, number):
    assert whole_number(text) == number
