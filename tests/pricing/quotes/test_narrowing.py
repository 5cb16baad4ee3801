"""Nobody narrows another's price down by asking with one wanted price after the other."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from concord.pricing.actions.quotes import QuoteLineInput, edit_draft
from concord.pricing.actions.wanted_prices import COMPARED_A_DAY, DAY, TRIED_A_DAY
from concord.pricing.enums import ExceptionKind, RivalNotice
from concord.pricing.models import PriceException, Quote, WantedPrice
from concord.pricing.queries.wanted_prices import compared_prices
from tests.pricing.quotes.test_special_prices import relate_by_registration

pytestmark = pytest.mark.django_db

SAID = {notice: str(notice.label) for notice in RivalNotice}


@pytest.fixture
def rival(shop, client):
    """Partner B has a registration for the customer and a draft; A's quote there is live."""
    shop.issue((shop.relay, 5))
    relate_by_registration(shop, shop.cast.partner_b)
    client.force_login(shop.cast.seller_b)
    return shop.quote((shop.relay, 5), by=shop.cast.seller_b)


def want(shop, quote, *prices, by=None, now=None):
    lines = [QuoteLineInput("RELAY-1", 5, Decimal(price)) for price in prices]
    actor = shop.cast.actor(by or shop.cast.seller_b)
    edit_draft(actor=actor, quote_uuid=quote.uuid, lines=lines, valid_until=quote.valid_until, now=now)


def said(client, quote):
    page = client.get(reverse("pricing:quote-detail", args=[quote.uuid])).content.decode()
    return [notice for notice, label in SAID.items() if label in page]


def test_after_a_few_amounts_the_answer_is_the_same_for_all(shop, rival, client):
    answers = []
    for step in range(COMPARED_A_DAY + 4):
        want(shop, rival, f"{5 + step}.01")
        answers.append(said(client, rival))
    assert answers[:COMPARED_A_DAY] == [[RivalNotice.HIGHER]] * COMPARED_A_DAY
    assert answers[COMPARED_A_DAY:] == [[RivalNotice.EXISTS]] * 4
    want(shop, rival, "5.01")  # what was answered stays answered
    assert said(client, rival) == [RivalNotice.HIGHER]
    probing = PriceException.objects.unscoped("test").get(kind=ExceptionKind.PROBING)
    assert (probing.partner, probing.times) == (shop.cast.partner_b, 4)
    client.force_login(shop.cast.pricing_manager)
    assert "Many different prices tried for one item" in client.get("/desk/price-exceptions/").content.decode()


def test_the_lines_of_one_draft_are_counted_one_by_one(shop, rival):
    want(shop, rival, *(f"{5 + step}.01" for step in range(COMPARED_A_DAY + 2)))
    kept = WantedPrice.objects.unscoped("test").order_by("unit_price").values_list("is_compared", flat=True)
    assert list(kept) == [True] * COMPARED_A_DAY + [False] * 2


def test_the_next_day_a_few_more_are_compared(shop, rival):
    for step in range(COMPARED_A_DAY + 1):
        want(shop, rival, f"{5 + step}.01")
    rows = WantedPrice.objects.unscoped("test")
    assert rows.filter(is_compared=True).count() == COMPARED_A_DAY
    for row in rows.all():
        rows.filter(pk=row.pk).update(at=row.at - DAY * 2)
    want(shop, rival, "9.01")
    assert rows.filter(is_compared=True).count() == COMPARED_A_DAY + 1


def test_without_a_relation_there_is_no_answer_and_the_same_work(shop, client):
    client.force_login(shop.cast.seller_b)
    quote = shop.quote((shop.relay, 5), by=shop.cast.seller_b)
    said(client, quote)
    statements = []
    for has_rival in (False, True):
        if has_rival:
            shop.issue((shop.relay, 5))
        with CaptureQueriesContext(connection) as run:
            want(shop, quote, "5.01" if has_rival else "6.01")
            assert said(client, quote) == []
        statements.append(len(run))
    assert statements[0] == statements[1]


def test_others_wanted_prices_do_not_count_against_one(shop, rival):
    own = shop.quote((shop.relay, 5))
    for step in range(COMPARED_A_DAY):
        want(shop, own, f"{5 + step}.01", by=shop.cast.seller_a)
    want(shop, rival, "5.01")
    line = (shop.relay.pk, 5, Decimal("5.01"), Decimal(9))
    facts = {"partner_id": shop.cast.partner_b.pk, "end_customer_id": shop.customer.pk}
    assert compared_prices(**facts, lines=[line]) == [(shop.relay.pk, 5, Decimal("5.01"))]
    assert Quote.objects.unscoped("test").count() == 3


def try_at(client, shop, *prices):
    lines = [{"sku": "RELAY-1", "quantity": 5, "unit_price": {"amount": one, "currency": "USD"}} for one in prices]
    body = {
        "customer": str(shop.customer.uuid),
        "customer_name": "Kunde AG",
        "currency": "USD",
        "valid_until": shop.day(20).isoformat(),
        "lines": lines,
        "issue": True,
    }
    answer = client.post("/api/v1/quotes/", body, content_type="application/json")
    return answer.status_code, answer.json().get("code", "issued")


@pytest.mark.parametrize("is_promised", [True, False])
def test_nobody_finds_a_promised_price_by_issuing_at_one_after_the_other(shop, client, is_promised):
    """Not even the right one is compared once many were tried; and whether anything is promised changes nothing."""
    if is_promised:
        shop.issue((shop.relay, 5))
    client.force_login(shop.cast.seller_b)
    tries = [try_at(client, shop, f"{7 - step / 100:.2f}") for step in range(TRIED_A_DAY)]
    assert tries == [(409, "price_conflict")] * TRIED_A_DAY
    assert try_at(client, shop, "10") == (409, "too_many_prices")
    assert try_at(client, shop, "6.12") == (409, "too_many_prices")
    assert not Quote.objects.unscoped("test").filter(partner=shop.cast.partner_b).exists()


def test_many_lines_of_one_item_are_not_compared_in_one_go(shop, client):
    shop.issue((shop.relay, 5))
    client.force_login(shop.cast.seller_b)
    assert try_at(client, shop, *(f"{step}.00" for step in range(4, 14))) == (409, "too_many_prices")
