"""Submitting: who may, how often, for what, and what matching makes of the claim."""

from __future__ import annotations

from datetime import timedelta

import pytest

from concord.deals.actions.drafts import create_registration
from concord.deals.actions.submission import submit_registration
from concord.deals.models import Deal, DealTwin
from concord.partners.models import EndCustomer
from concord.portal.enums import Visibility
from concord.portal.models import Event
from concord.portal.refusals import Conflict, InvalidInput, NotAllowed, NotThere
from tests.deals import making
from tests.factories import make_customer, make_product


def test_a_new_customer_gets_a_record_and_the_vendor_a_clock(cast):
    deal = making.submitted(cast)
    assert deal.end_customer.legal_name == "Nordwind Antriebe GmbH"
    assert deal.answer_due_at > deal.submitted_at
    assert not deal.twins.exists()


def test_a_known_customer_is_linked_and_not_written_again(cast):
    known = make_customer("Nordwind Antriebe GmbH", "DE", city="Hamburg")
    assert making.submitted(cast, name="NORDWIND ANTRIEBE G.M.B.H.").end_customer == known
    assert EndCustomer.objects.unscoped("count").count() == 1


def test_likely_twins_are_kept_with_score_and_reasons_for_the_vendor_alone(cast):
    known = make_customer("Nordwind Antriebe Service GmbH", "DE", city="Hamburg")
    deal = making.submitted(cast)
    twin = DealTwin.objects.get(deal=deal)
    assert twin.end_customer == known
    assert 0.5 <= twin.score < 0.9
    assert all({"code", "params", "weight"} == set(reason) for reason in twin.reasons)
    fact = Event.objects.unscoped("read").about("deal", deal.uuid).get(verb="deal.twins_found")
    assert fact.visibility == Visibility.INTERNAL
    seen = Event.objects.visible_to(cast.actor(cast.seller_a)).about("deal", deal.uuid)
    assert not seen.filter(verb="deal.twins_found").exists()


def test_a_company_registers_a_customer_and_family_once_and_is_led_to_what_there_is(cast):
    first = making.submitted(cast)
    with pytest.raises(Conflict) as refused:
        making.submitted(cast)
    assert refused.value.code == "own_duplicate"
    assert refused.value.details == {"deal": str(first.uuid)}
    with pytest.raises(Conflict) as refused:
        making.submitted(cast, cast.seller_a2)
    # A colleague learns who has it, but not an address that the colleague cannot open.
    assert refused.value.details == {}
    assert cast.seller_a.name in str(refused.value.message)
    making.submitted(cast, products=[make_product(cast.other_family)])
    making.submitted(cast, cast.seller_b)


@pytest.mark.parametrize(
    ("limit", "code"), [("open_registrations", "too_many_open"), ("new_registrations_a_day", "too_many_today")]
)
def test_the_tiers_limits_against_hoarding(cast, limit, code):
    setattr(cast.tier, limit, 1)
    cast.tier.save()
    making.submitted(cast)
    with pytest.raises(Conflict) as refused:
        making.submitted(cast, name="Suedstern Pumpen AG")
    assert refused.value.code == code
    making.submitted(cast, cast.seller_b, "Suedstern Pumpen AG")


def test_families_and_countries_that_are_not_open_to_the_partner_are_named(cast):
    cast.partner_b.territories = ["NL", "BE"]
    cast.partner_b.save()
    deal = making.draft(cast, cast.seller_b, products=[make_product(cast.family), make_product(cast.other_family)])
    with pytest.raises(InvalidInput) as refused:
        submit_registration(actor=cast.actor(cast.seller_b), deal_uuid=deal.uuid, now=making.now())
    assert {(error.pointer, error.code) for error in refused.value.errors} == {
        ("/lines/1/sku", "family_not_authorised"),
        ("/customer/country", "outside_territory"),
    }


def test_an_incomplete_draft_names_what_is_missing(cast):
    deal = create_registration(
        actor=cast.actor(cast.seller_a), registration=making.registration("X & Y", customer_city=""), now=making.now()
    )
    with pytest.raises(InvalidInput) as refused:
        submit_registration(actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, now=making.now())
    assert {error.pointer for error in refused.value.errors} == {"/lines", "/customer/city"}


@pytest.mark.parametrize("who", ["seller_b", "seller_a2", "vendor_manager"])
def test_a_draft_is_there_for_its_own_people_alone(cast, who):
    deal = making.draft(cast)
    with pytest.raises(NotThere):
        submit_registration(actor=cast.actor(getattr(cast, who)), deal_uuid=deal.uuid, now=making.now())


@pytest.mark.parametrize("who", ["pricing_manager", "editor", "stranger"])
def test_who_may_not_register(cast, who):
    with pytest.raises(NotAllowed):
        making.draft(cast, getattr(cast, who))
    assert not Deal.objects.unscoped("count").exists()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"customer_country": "Germany"}, "/customer/country"),
        ({"currency": "euro"}, "/currency"),
        ({"type": "gift"}, "/type"),
        ({"contact_email": "nobody"}, "/contact/email"),
        ({"title": "x" * 201}, "/title"),
        ({"description": "a\x00b"}, "/description"),
    ],
)
def test_impossible_values_are_named(cast, changes, pointer):
    with pytest.raises(InvalidInput) as refused:
        making.draft(cast, **changes)
    assert [error.pointer for error in refused.value.errors] == [pointer]


def test_answered_in_time_nothing_is_added(cast):
    deal = making.approved(cast)
    assert deal.vendor_delay == timedelta()
