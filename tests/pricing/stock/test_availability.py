"""What can be had, when: the sentence, bands by tier, old counts."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from concord.pricing.models import StockSettings
from concord.pricing.queries.availability import Availability, availability_for
from concord.pricing.queries.availability_text import AvailabilityCode, answer_for

pytestmark = pytest.mark.django_db


def available(product, **more) -> Availability:
    return availability_for([product.pk], now=timezone.now(), **more)[product.pk]


def test_warehouses_are_added_up_and_the_oldest_count_is_told(shop, stocked):
    old = timezone.now() - timedelta(hours=9)
    stocked(shop.relay, 30, reserved=5)
    stocked(shop.relay, 15, warehouse="SOUTH", as_of=old)
    stock = available(shop.relay)
    assert (stock.available, stock.on_hand, stock.reserved, stock.as_of) == (40, 45, 5, old)


def test_the_answer_says_how_many_now_and_when_the_rest(shop, stocked):
    stocked(shop.relay, 40, incoming={date(2031, 2, 20): 4, date(2031, 3, 3): 30})
    with translation.override("en"):
        answer = answer_for(available(shop.relay), 59)
        assert answer.text == "40 of 59 now, the rest on 3 Mar 2031."
        assert (answer.code, answer.now, answer.missing) == (AvailabilityCode.PARTLY, 40, 19)
        assert answer_for(available(shop.relay), 40).text == "40 in stock."
        assert answer_for(available(shop.relay), 75).text == "40 of 75 now; no date for the rest."
        assert answer_for(available(shop.sensor), 1).code == AvailabilityCode.NOT_COUNTED
    with translation.override("zh-hans"):
        assert "2031年3月3日" in answer_for(available(shop.relay), 59).text


def test_nothing_now_but_all_of_it_later(shop, stocked):
    stocked(shop.relay, 3, reserved=9, incoming={date(2031, 3, 3): 100})
    answer = answer_for(available(shop.relay), 50)
    assert (answer.code, answer.now, answer.complete_on) == (AvailabilityCode.LATER, 0, date(2031, 3, 3))


def test_a_tier_that_sees_bands_never_learns_the_number(shop, stocked, cast):
    stocked(shop.relay, 73, incoming={date(2031, 3, 3): 37})
    cast.tier.shows_exact_stock = False
    cast.tier.save()
    stock = available(shop.relay, partner_id=cast.partner_a.pk)
    assert (stock.available, stock.exact, stock.at_least) == (50, False, True)
    assert [arrival.quantity for arrival in stock.incoming] == [10]
    assert answer_for(stock, 60).text == "At least 50 of 60 now, the rest on 3 Mar 2031."
    assert available(shop.relay).available == 73  # the vendor sees it exactly
    browser = Client()
    browser.force_login(cast.seller_a)
    page = browser.post("/prices/", {"list": "RELAY-1\t60", "currency": "USD"}).content.decode()
    assert "At least 50 of 60 now" in page
    assert not re.search(r"\b73\b", re.sub(r"[0-9a-f-]{36}", "", page.split('id="price-results"')[1]))


def test_the_programme_says_when_a_count_is_old(shop, stocked):
    stocked(shop.relay, 10, as_of=timezone.now() - timedelta(hours=30))
    assert not available(shop.relay).is_stale
    programme = StockSettings.load()
    programme.stale_hours = 24
    programme.save()
    assert available(shop.relay).is_stale
