"""A client that stops while it holds a customer's lock delays others by the lock time-out, and breaks nothing."""

from __future__ import annotations

import time
from unittest import mock

import psycopg
import pytest
from django.urls import reverse

from concord.portal.work import LOCK_TIMEOUT_MS, Busy
from concord.pricing.actions.quotes import issue_quote
from concord.pricing.models import Quote
from tests.factories import make_product, set_price
from tests.pricing.quotes.conftest import make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def test_others_wait_no_longer_than_the_lock_time_out_and_are_told_to_try_again(cast, app_dsn):
    shop = make_shop(cast)
    stuck, free = shop.quote(), shop.quote(customer=shop_customer(shop))
    with psycopg.connect(app_dsn) as stopped:
        stopped.execute("SELECT concord_lock(1, %s)", [shop.customer.pk])
        begun = time.perf_counter()
        with mock.patch("concord.portal.work.ATTEMPTS", 1), pytest.raises(Busy):
            issue_quote(actor=shop.actor(), quote_uuid=stuck.uuid)
        waited = time.perf_counter() - begun
        assert waited <= LOCK_TIMEOUT_MS / 1000 + 1
        # Nobody else is held up: another customer's quote is issued at once.
        assert issue_quote(actor=shop.actor(), quote_uuid=free.uuid).status == "issued"
        stopped.rollback()
    assert issue_quote(actor=shop.actor(), quote_uuid=stuck.uuid).status == "issued"


def test_page_and_api_answer_that_somebody_else_is_at_it(cast, app_dsn, client):
    shop = make_shop(cast)
    quote = shop.quote()
    client.force_login(cast.seller_a)
    api = f"/api/v1/quotes/{quote.uuid}/issue/"
    with psycopg.connect(app_dsn) as stopped, mock.patch("concord.portal.work.ATTEMPTS", 1):
        stopped.execute("SELECT concord_lock(1, %s)", [shop.customer.pk])
        page = client.post(reverse("pricing:quote-issue", args=[quote.uuid]))
        assert page.status_code == 409
        assert "Please try again" in page.content.decode()
        with mock.patch("concord.portal.api.idempotency.ATTEMPTS", 1):
            answer = client.post(
                api, {}, content_type="application/json", headers={"If-Match": client.get(api[:-6])["ETag"]}
            )
        assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (409, "busy", "1")
        stopped.rollback()
    assert Quote.objects.unscoped("test").get(pk=quote.pk).status == "draft"


def test_five_hundred_lines_are_drafted_issued_and_shown(cast, client):
    shop = make_shop(cast)
    for number in range(500):
        set_price(shop.price_list, make_product(cast.family, f"BIG-{number:03}"), "3.10")
    lines = [(f"BIG-{number:03}", 2) for number in range(500)]
    quote = shop.quote(*lines)
    client.force_login(cast.seller_a)
    assert client.post(reverse("pricing:quote-issue", args=[quote.uuid])).status_code == 302
    page = client.get(reverse("pricing:quote-detail", args=[quote.uuid]))
    assert (page.status_code, b"BIG-499" in page.content) == (200, True)
    assert Quote.objects.unscoped("test").get(pk=quote.pk).commitments.count() == 500


def shop_customer(shop):
    from datetime import UTC, datetime

    from concord.partners.actions.customers import relate
    from tests.factories import make_customer

    customer = make_customer()
    relate(partner_id=shop.cast.partner_a.pk, end_customer_id=customer.pk, now=datetime.now(UTC))
    return customer
