"""Clocks that differ, or are put back: what was ended is over, whenever it was said to begin."""

from __future__ import annotations

from datetime import timedelta

import pytest

from concord.deals.actions.changes import change_registration
from concord.deals.actions.closing import lose_deal, withdraw_registration
from concord.deals.actions.decisions import approve_registration, reject_registration
from concord.deals.models import Protection
from concord.portal.invariants import broken_invariants
from concord.portal.periods import period
from concord.pricing.actions.quotes import decline_quote, withdraw_quote
from concord.pricing.models import PriceCommitment, RegistrationBenefit
from tests.deals import making
from tests.factories import make_product
from tests.pricing.quotes.conftest import make_shop

pytestmark = pytest.mark.django_db
AHEAD = timedelta(minutes=1)


def approved_by_a_fast_clock(cast, product):
    deal = making.submitted(cast, products=[product])
    return approve_registration(actor=cast.actor(cast.vendor_manager), deal_uuid=deal.uuid, now=making.now() + AHEAD)


def withdrawn(cast, deal):
    withdraw_registration(actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, now=making.now())


def lost(cast, deal):
    lose_deal(actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, reason="price", now=making.now())


def rejected_after_a_change(cast, deal):
    product = deal.lines.get().product
    wanted = making.Registration(
        customer_name=deal.customer_name, customer_country="DE", customer_city="Hamburg",
        lines=(making.WantedLine(product.sku, 99),),
    )  # fmt: skip
    change_registration(actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, registration=wanted, now=making.now())
    reject_registration(
        actor=cast.actor(cast.vendor_manager), deal_uuid=deal.uuid, reason="no_opportunity", now=making.now()
    )


@pytest.mark.parametrize("end", [withdrawn, lost, rejected_after_a_change])
def test_a_protection_that_begins_in_a_moment_ends_with_its_deal(cast, end):
    product = make_product(cast.family)
    deal = approved_by_a_fast_clock(cast, product)
    end(cast, deal)
    later = making.now() + 2 * AHEAD
    assert not Protection.objects.unscoped("the test looks").filter(period__contains=later).exists()
    assert not RegistrationBenefit.objects.filter(period__contains=later).exists()
    assert list(broken_invariants(now=later)) == []
    # The customer is free for the other partner at once.
    other = making.submitted(cast, cast.seller_b, products=[product])
    approve_registration(actor=cast.actor(cast.vendor_manager), deal_uuid=other.uuid, now=making.now())


def test_a_change_decided_by_a_slow_clock_protects_no_longer_and_not_twice(cast):
    product = make_product(cast.family)
    deal = approved_by_a_fast_clock(cast, product)
    (before,) = Protection.objects.unscoped("the test looks")
    wanted = making.Registration(
        customer_name=deal.customer_name, customer_country="DE", customer_city="Hamburg",
        lines=(making.WantedLine(product.sku, 99),),
    )  # fmt: skip
    change_registration(actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, registration=wanted, now=making.now())
    approve_registration(actor=cast.actor(cast.vendor_manager), deal_uuid=deal.uuid, now=making.now())
    (after,) = Protection.objects.unscoped("the test looks")
    assert (after.pk, after.period) == (before.pk, before.period)


@pytest.mark.parametrize("act", [withdraw_quote, decline_quote])
def test_a_promise_that_begins_in_a_moment_ends_with_its_quote(cast, act):
    shop = make_shop(cast)
    quote = shop.issue()
    # The database's clock was put back by a minute since.
    for promise in PriceCommitment.objects.all():
        promise.validity = period(promise.validity.lower + AHEAD, promise.validity.upper)
        promise.save()
    act(actor=shop.actor(), quote_uuid=quote.uuid)
    later = making.now() + 2 * AHEAD
    assert not PriceCommitment.objects.filter(validity__contains=later).exists()
    assert list(broken_invariants(now=later)) == []
