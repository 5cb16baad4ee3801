"""A quote does not outlive what it promises; an expired one is accepted only where the vendor honours it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from concord.portal.models import Event
from concord.portal.periods import end_of_local_day, period
from concord.portal.refusals import InvalidInput, NotAllowed, WrongState
from concord.pricing.actions.commitments import PriceConflict
from concord.pricing.actions.outliving import OutlivesPrice
from concord.pricing.actions.quotes import (
    accept_quote,
    expire_quotes,
    honour_quote,
    issue_quote,
    reprice,
    revise_quote,
    withdraw_quote,
)
from concord.pricing.enums import QuoteStatus, SpecialPriceStatus
from concord.pricing.models import Price, PriceCommitment, Promotion, RegistrationBenefit, SpecialPrice
from concord.pricing.queries.price_ends import last_whole_day
from tests.factories import LONG_AGO

ZONE = "Europe/Berlin"


def ending(shop, days):
    return end_of_local_day(shop.day(days), ZONE)


def end_list(shop, days):
    Price.objects.filter(product=shop.relay).update(validity=period(LONG_AGO, ending(shop, days)))


def start_promotion(shop, days):
    return Promotion.objects.create(
        name="Spring",
        price_list=shop.price_list,
        product=shop.relay,
        percent=10,
        period=period(LONG_AGO, ending(shop, days)),
    )


def grant(shop, price, days):
    return SpecialPrice.objects.create(
        end_customer=shop.customer,
        product=shop.relay,
        currency="USD",
        unit_price=price,
        quantity=(1, None),
        period=period(LONG_AGO, ending(shop, days)),
        status=SpecialPriceStatus.APPROVED,
    )


def relate_by_registration(shop):
    """Partner A may know the special prices of this customer."""
    RegistrationBenefit.objects.create(
        partner=shop.cast.partner_a,
        end_customer=shop.customer,
        family=shop.cast.family,
        period=period(LONG_AGO, None),
        granted_by_type="deal",
        granted_by_uuid=uuid4(),
    )


def issue(shop, quote, **more):
    return issue_quote(actor=shop.actor(shop.cast.pricing_manager), quote_uuid=quote.uuid, **more)


def draft(shop, **more):
    return shop.quote(by=shop.cast.pricing_manager, partner=shop.cast.partner_a, **more)


@pytest.mark.parametrize("reason", ["list", "promotion", "special_price"])
def test_a_price_that_ends_sooner_is_refused_with_reason_and_day_or_cuts_the_quote(shop, reason):
    if reason == "list":
        end_list(shop, 9)
    elif reason == "promotion":
        start_promotion(shop, 9)
    else:
        grant(shop, "8.8", 9)
        relate_by_registration(shop)
    quote = draft(shop)
    with pytest.raises(OutlivesPrice) as refused:
        issue(shop, quote)
    told = refused.value.details
    assert [(one["sku"], one["reason"], one["until"]) for one in told["lines"]] == [
        ("RELAY-1", reason, shop.day(9).isoformat())
    ]
    assert told["latest_valid_until"] == shop.day(9).isoformat()
    assert not PriceCommitment.objects.exists()
    issued = issue(shop, quote, shorten=True)
    issued.refresh_from_db()
    assert (issued.valid_until, issued.expires_at) == (shop.day(9), ending(shop, 9))
    assert PriceCommitment.objects.get().validity.upper == ending(shop, 9)
    event = Event.objects.unscoped("test").get(verb="quote.shortened")
    assert json.loads(event.payload)["reasons"] == [reason]


def test_up_to_the_last_local_day_nothing_is_refused(shop):
    end_list(shop, 9)
    assert shop.issue(valid_until=shop.day(9)).valid_until == shop.day(9)
    with pytest.raises(OutlivesPrice):
        shop.issue(valid_until=shop.day(10))


def test_a_special_price_stands_when_the_list_ends_but_a_promotion_does_not(shop):
    end_list(shop, 9)
    grant(shop, "8.8", 20)
    relate_by_registration(shop)
    assert issue(shop, draft(shop, valid_until=shop.day(20))).valid_until == shop.day(20)


def test_a_promised_price_is_not_prolonged_by_a_revision_when_another_is_in_force(shop):
    first = shop.issue(valid_until=shop.day(9))
    longer = revise_quote(actor=shop.actor(), quote_uuid=first.uuid, valid_until=shop.day(12))
    Price.objects.filter(product=shop.relay).update(unit_price=Decimal(11))
    with pytest.raises(OutlivesPrice) as refused:
        issue_quote(actor=shop.actor(), quote_uuid=longer.uuid)
    assert refused.value.details["lines"][0]["reason"] == "promise"
    Price.objects.filter(product=shop.relay).update(unit_price=Decimal(10))
    assert issue_quote(actor=shop.actor(), quote_uuid=longer.uuid).valid_until == shop.day(12)


def test_repricing_ends_a_quote_with_its_new_price(shop):
    quote = shop.issue(valid_until=shop.day(20))
    start_promotion(shop, 5)
    renewed = reprice(actor=shop.actor(shop.cast.pricing_manager), quote_uuid=quote.uuid)
    assert renewed.valid_until == shop.day(5)


def test_nothing_is_left_of_a_price_that_ends_today_before_midnight(shop):
    soon = datetime.now(UTC) + timedelta(minutes=3)
    Price.objects.filter(product=shop.relay).update(validity=period(LONG_AGO, soon))
    quote = shop.quote()
    with pytest.raises(OutlivesPrice) as refused:
        issue_quote(actor=shop.actor(), quote_uuid=quote.uuid, shorten=True)
    assert refused.value.details["latest_valid_until"] is None


def test_the_last_whole_day_is_counted_where_the_partner_is():
    assert last_whole_day(datetime(2026, 7, 1, tzinfo=UTC), "UTC").isoformat() == "2026-06-30"
    assert last_whole_day(datetime(2026, 7, 1, tzinfo=UTC), "Europe/Berlin").isoformat() == "2026-06-30"
    assert last_whole_day(datetime(2026, 7, 1, tzinfo=UTC), "America/New_York").isoformat() == "2026-06-29"


def test_the_page_offers_the_last_possible_day(shop, client):
    end_list(shop, 9)
    quote = shop.quote()
    client.force_login(shop.cast.seller_a)
    url = reverse("pricing:quote-issue", args=[quote.uuid])
    page = client.post(url)
    assert page.status_code == 409
    assert f"Issue it until {shop.day(9).isoformat()}" in page.content.decode()
    assert client.post(url, {"shorten": "1"}).status_code == 302
    quote.refresh_from_db()
    assert (quote.status, quote.valid_until) == (QuoteStatus.ISSUED, shop.day(9))


def expired(shop):
    quote = shop.issue(valid_until=shop.day(1))
    return quote, quote.expires_at + timedelta(minutes=1)


def test_only_a_pricing_manager_honours_an_expired_quote_and_its_prices_are_promised_again(shop):
    quote, later = expired(shop)
    manager = shop.actor(shop.cast.pricing_manager)
    with time_machine.travel(later, tick=False):
        expire_quotes(now=later)
        with pytest.raises(WrongState):
            accept_quote(actor=shop.actor(), quote_uuid=quote.uuid, now=later)
        for user in (shop.cast.seller_a, shop.cast.vendor_manager):
            with pytest.raises(NotAllowed):
                honour_quote(actor=shop.actor(user), quote_uuid=quote.uuid, note="please", now=later)
        with pytest.raises(InvalidInput):
            honour_quote(actor=manager, quote_uuid=quote.uuid, note=" ", now=later)
        honoured = honour_quote(actor=manager, quote_uuid=quote.uuid, note="Order was in the mail", now=later)
        assert honoured.status == QuoteStatus.ACCEPTED
        assert honoured.valid_until == quote.valid_until  # what the document says
        promise = PriceCommitment.objects.get(quote=quote, validity__contains=later)
        assert (promise.unit_price, promise.quantity.lower, promise.quantity.upper) == (10, 1, 10)
        with pytest.raises(WrongState):
            honour_quote(actor=manager, quote_uuid=quote.uuid, note="again", now=later)


def test_a_quote_in_force_or_withdrawn_is_not_honoured(shop):
    manager = shop.actor(shop.cast.pricing_manager)
    quote = shop.issue()
    with pytest.raises(WrongState):
        honour_quote(actor=manager, quote_uuid=quote.uuid, note="x")
    withdraw_quote(actor=shop.actor(), quote_uuid=quote.uuid)
    with pytest.raises(WrongState):
        honour_quote(actor=manager, quote_uuid=quote.uuid, note="x", now=quote.expires_at + timedelta(days=1))


def test_it_is_not_honoured_against_what_was_promised_meanwhile(shop):
    quote, later = expired(shop)
    Price.objects.filter(product=shop.relay).update(unit_price=Decimal(11))
    with time_machine.travel(later, tick=False):
        PriceCommitment.objects.create(
            end_customer=shop.customer,
            product=shop.relay,
            quantity=(1, 10),
            validity=period(later, later + timedelta(days=30)),
            unit_price=11,
            currency="USD",
            quote=shop.quote(by=shop.cast.seller_b),
        )
        with pytest.raises(PriceConflict):
            honour_quote(actor=shop.actor(shop.cast.pricing_manager), quote_uuid=quote.uuid, note="x", now=later)
    quote.refresh_from_db()
    assert quote.status == QuoteStatus.ISSUED
