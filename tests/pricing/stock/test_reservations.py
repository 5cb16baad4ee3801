"""Stock kept for quotes: held, firm, free again; never more than there is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from concord.portal.models import Event
from concord.portal.refusals import Conflict, NotAllowed
from concord.pricing.actions.quotes import accept_quote, decline_quote, issue_quote, revise_quote, withdraw_quote
from concord.pricing.actions.reservations import free_reservation
from concord.pricing.enums import DemandSource, ReservationStage
from concord.pricing.models import StockReservation, UnmetDemand
from concord.pricing.queries.availability import availability_for

pytestmark = pytest.mark.django_db


def reservations(quote):
    return list(StockReservation.objects.unscoped("test").filter(quote=quote).order_by("product__sku"))


def left(product, **more) -> int:
    return availability_for([product.pk], now=timezone.now(), **more)[product.pk].available


def test_without_the_setting_nothing_is_kept(shop, stocked):
    stocked(shop.relay, 40)
    assert reservations(shop.issue((shop.relay, 5))) == []
    assert left(shop.relay) == 40


def test_an_issued_quote_holds_what_is_there_and_others_see_the_rest(shop, stocked, reserving):
    stocked(shop.relay, 40)
    stocked(shop.switch, 3)
    quote = shop.issue((shop.relay, 12), (shop.relay, 3), (shop.switch, 10), (shop.sensor, 1))
    assert [(one.product.sku, one.quantity, one.stage) for one in reservations(quote)] == [
        ("RELAY-1", 15, ReservationStage.HELD),
        ("SWITCH-2", 3, ReservationStage.HELD),
    ]
    assert (left(shop.relay), left(shop.switch)) == (25, 0)
    assert left(shop.relay, for_quote_id=quote.pk) == 40
    assert Event.objects.unscoped("test").filter(verb="stock.held", subject_uuid=quote.uuid).count() == 1


def test_what_was_quoted_and_is_not_there_is_demand(shop, stocked):
    stocked(shop.switch, 3)
    shop.issue((shop.switch, 10))
    demand = UnmetDemand.objects.get()
    assert (demand.source, demand.quantity, demand.missing) == (DemandSource.QUOTED, 10, 7)


def test_accepting_makes_it_firm_and_ending_sets_it_free(shop, stocked, reserving):
    stocked(shop.relay, 40)
    actor = shop.actor()
    accepted = accept_quote(actor=actor, quote_uuid=shop.issue((shop.relay, 10)).uuid)
    (firm,) = reservations(accepted)
    assert firm.stage == ReservationStage.FIRM
    assert firm.until > timezone.now() + timedelta(days=reserving.firm_days - 1)
    for end in (decline_quote, withdraw_quote):
        quote = shop.issue((shop.relay, 20))
        assert left(shop.relay) == 10
        end(actor=actor, quote_uuid=quote.uuid)
        assert left(shop.relay) == 30
    assert {one.ended_at is None for one in reservations(accepted)} == {True}


def test_a_new_revision_takes_over_what_the_former_held(shop, stocked, reserving):
    stocked(shop.relay, 10)
    actor, former = shop.actor(), shop.issue((shop.relay, 10))
    draft = revise_quote(actor=actor, quote_uuid=former.uuid, now=timezone.now())
    revision = issue_quote(actor=actor, quote_uuid=draft.uuid)
    assert [one.quantity for one in reservations(revision)] == [10]
    assert all(one.ended_at for one in reservations(former))


def test_a_held_reservation_ends_with_the_longest_hold(shop, stocked, reserving):
    stocked(shop.relay, 40)
    quote = shop.issue((shop.relay, 10))
    later = timezone.now() + timedelta(days=reserving.hold_days, minutes=1)
    assert availability_for([shop.relay.pk], now=later)[shop.relay.pk].available == 40
    assert quote.expires_at > later


def test_the_database_refuses_more_than_there_is_whoever_writes(shop, stocked, reserving):
    stocked(shop.relay, 10)
    quote, other = shop.issue((shop.relay, 8)), shop.issue((shop.switch, 1))
    with pytest.raises(IntegrityError, match="more would be reserved"), transaction.atomic():
        StockReservation.objects.create(
            quote=other, product=shop.relay, quantity=3, until=timezone.now() + timedelta(days=1)
        )
    with pytest.raises(IntegrityError, match="more would be reserved"), transaction.atomic():
        StockReservation.objects.unscoped("test").filter(quote=quote).update(quantity=11)
    StockReservation.objects.create(
        quote=other, product=shop.relay, quantity=2, until=timezone.now() + timedelta(days=1)
    )


def test_a_feed_that_counts_less_than_is_held_leaves_nothing_and_breaks_nothing(shop, stocked, reserving):
    level = stocked(shop.relay, 10)
    quote = shop.issue((shop.relay, 8))
    level.on_hand = 5
    level.save()
    assert left(shop.relay) == 0
    accept_quote(actor=shop.actor(), quote_uuid=quote.uuid)
    assert [one.quantity for one in reservations(quote)] == [8]


def test_setting_free_by_hand_is_the_pricing_managers_and_happens_once(shop, stocked, reserving, cast):
    stocked(shop.relay, 10)
    (held,) = reservations(shop.issue((shop.relay, 8)))
    with pytest.raises(NotAllowed):
        free_reservation(actor=shop.actor(), reservation_uuid=held.uuid, now=timezone.now())
    pricing = cast.actor(cast.pricing_manager)
    free_reservation(actor=pricing, reservation_uuid=held.uuid, now=timezone.now())
    assert left(shop.relay) == 10
    with pytest.raises(Conflict):
        free_reservation(actor=pricing, reservation_uuid=held.uuid, now=timezone.now())


def test_the_desk_lists_them_with_a_button(shop, stocked, reserving, cast):
    stocked(shop.relay, 10)
    (held,) = reservations(shop.issue((shop.relay, 8)))
    desk = Client()
    desk.force_login(cast.pricing_manager)
    page = desk.get("/desk/stock_reservations/").content.decode()
    assert "RELAY-1" in page
    assert str(held.uuid) in page
    answer = desk.post(f"/desk/stock-reservations/{held.uuid}/free/", follow=True)
    assert "The stock is free again." in answer.content.decode()
    assert left(shop.relay) == 10


def test_a_partner_sees_the_reservations_of_its_own_quotes_alone(shop, stocked, reserving, cast):
    stocked(shop.relay, 10)
    shop.issue((shop.relay, 8))
    assert StockReservation.objects.visible_to(cast.actor(cast.seller_a)).count() == 1
    assert StockReservation.objects.visible_to(cast.actor(cast.seller_b)).count() == 0
