"""Answers to registrations: what they protect, what they refuse, what the loser learns."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from concord.deals.actions.changes import change_registration
from concord.deals.actions.closing import lose_deal, withdraw_registration
from concord.deals.actions.decisions import (
    AlreadyProtected,
    TwinUndecided,
    approve_registration,
    decide_duplicate,
    return_for_completion,
)
from concord.deals.actions.submission import submit_registration
from concord.deals.actions.twins import link_to_customer, tell_apart
from concord.deals.models import Deal, Protection
from concord.deals.queries.precheck import check_claim
from concord.partners.models import CustomerRelation, EndCustomer
from concord.partners.queries.twins import CustomerClaim
from concord.portal.models import Event
from concord.portal.refusals import Conflict, InvalidInput, NotAllowed
from concord.pricing.models import RegistrationBenefit
from tests.deals import making
from tests.factories import make_product

RIVAL_SPELLING = "Nordwind Antriebe G.m.b.H."
LIKE_IT = "Nordwind Antriebe Service GmbH"


def events_of(deal, verb=None):
    found = Event.objects.unscoped("the test reads a chain").about("deal", deal.uuid)
    return list(found.filter(verb=verb) if verb else found)


def all_of(model):
    return model.objects.unscoped("the test counts")


def test_approval_protects_each_family_of_the_lines_and_opens_the_customer_to_the_partner(cast):
    products = [make_product(cast.family), make_product(cast.other_family), make_product(cast.family)]
    deal = making.approved(cast, products=products)
    held = list(all_of(Protection).filter(deal=deal).order_by("family__code"))
    assert [one.family.code for one in held] == ["connectors", "sensors"]
    assert {one.period.upper - one.period.lower for one in held} == {timedelta(days=90)}
    assert all_of(CustomerRelation).filter(partner=cast.partner_a, end_customer=deal.end_customer).exists()
    assert RegistrationBenefit.objects.filter(granted_by_uuid=deal.uuid).count() == 2
    assert [event.verb for event in events_of(deal)] == [
        "deal.created",
        "deal.submitted",
        "deal.twins_found",
        "benefit.granted",
        "deal.approved",
    ]


def test_the_same_customer_under_another_spelling_is_recognised_and_cannot_be_protected_twice(cast):
    first = making.approved(cast)
    second = making.submitted(cast, cast.seller_b, RIVAL_SPELLING)
    assert second.end_customer == first.end_customer
    with pytest.raises(AlreadyProtected):
        approve_registration(actor=cast.actor(cast.vendor_manager), deal_uuid=second.uuid, now=making.now())
    second.refresh_from_db()
    assert second.review_status == "submitted"
    assert all_of(Protection).count() == 1


def test_the_database_alone_refuses_a_second_protection(cast, monkeypatch):
    making.approved(cast)
    second = making.submitted(cast, cast.seller_b, RIVAL_SPELLING)
    monkeypatch.setattr("concord.deals.actions.decisions.refuse_protected", lambda *args, **kwargs: None)
    with pytest.raises(Conflict) as refused:
        approve_registration(actor=cast.actor(cast.vendor_manager), deal_uuid=second.uuid, now=making.now())
    assert refused.value.code == "already_protected"
    assert refused.value.__cause__ is None
    assert all_of(Protection).count() == 1


def test_a_protected_customer_that_may_be_the_same_must_be_decided_first(cast):
    first = making.approved(cast)
    second = making.submitted(cast, cast.seller_b, LIKE_IT)
    assert second.end_customer != first.end_customer
    manager = cast.actor(cast.vendor_manager)
    with pytest.raises(TwinUndecided) as refused:
        approve_registration(actor=manager, deal_uuid=second.uuid, now=making.now())
    assert refused.value.details == {"customers": [str(first.end_customer.uuid)]}
    tell_apart(actor=manager, deal_uuid=second.uuid, customer_uuid=first.end_customer.uuid, now=making.now())
    approve_registration(actor=manager, deal_uuid=second.uuid, now=making.now())
    assert all_of(Protection).count() == 2


def test_once_a_person_says_same_company_the_second_is_refused(cast):
    first = making.approved(cast)
    second = making.submitted(cast, cast.seller_b, LIKE_IT)
    manager = cast.actor(cast.vendor_manager)
    linked = link_to_customer(
        actor=manager, deal_uuid=second.uuid, customer_uuid=first.end_customer.uuid, now=making.now()
    )
    assert linked.end_customer == first.end_customer
    with pytest.raises(AlreadyProtected):
        approve_registration(actor=manager, deal_uuid=second.uuid, now=making.now())
    # The verdict is remembered for whoever comes third, under the second one's spelling.
    third = check_claim(
        claim=CustomerClaim(LIKE_IT, "DE", "Hamburg"), family_ids=[cast.family.pk], partner_id=None, now=making.now()
    )
    assert third.verdict == "protected"


def test_approval_may_say_which_twin_it_is_and_which_it_is_not(cast):
    first = making.approved(cast, products=[make_product(cast.other_family)])
    second = making.submitted(cast, cast.seller_b, LIKE_IT)
    manager = cast.actor(cast.vendor_manager)
    deal = approve_registration(actor=manager, deal_uuid=second.uuid, same_as=first.end_customer.uuid, now=making.now())
    # Another family of the same customer is free.
    assert deal.end_customer == first.end_customer
    assert all_of(Protection).filter(end_customer=first.end_customer).count() == 2


def test_the_loser_learns_reason_and_month_and_nothing_else(cast):
    first = making.approved(cast)
    second = making.submitted(cast, cast.seller_b, RIVAL_SPELLING)
    deal = decide_duplicate(
        actor=cast.actor(cast.vendor_manager), deal_uuid=second.uuid, reason="already_protected", now=making.now()
    )
    end = all_of(Protection).get(deal=first).period.upper
    assert (deal.protected_until_month.year, deal.protected_until_month.month) == (end.year, end.month)
    actor = cast.actor(cast.seller_b)
    told = "".join(
        event.payload + event.actor_name for event in Event.objects.visible_to(actor).about("deal", second.uuid)
    )
    for secret in (cast.partner_a.name, str(first.uuid), str(first.end_customer.uuid), first.customer_name):
        assert secret not in told
    assert not EndCustomer.objects.visible_to(actor).exists()


def test_a_duplicate_without_any_protection_needs_its_month_said(cast):
    deal = making.submitted(cast)
    manager = cast.actor(cast.vendor_manager)
    with pytest.raises(InvalidInput) as refused:
        decide_duplicate(actor=manager, deal_uuid=deal.uuid, reason="already_protected", now=making.now())
    assert refused.value.errors[0].pointer == "/protected_until_month"
    with pytest.raises(InvalidInput):
        decide_duplicate(
            actor=manager,
            deal_uuid=deal.uuid,
            reason="already_protected",
            protected_until_month=(making.now() - timedelta(days=60)).date(),
            now=making.now(),
        )


@pytest.mark.parametrize("who", ["pricing_manager", "editor", "admin_a", "seller_a"])
def test_only_channel_managers_decide(cast, who):
    deal = making.submitted(cast)
    actor = cast.actor(getattr(cast, who))
    with pytest.raises(NotAllowed):
        approve_registration(actor=actor, deal_uuid=deal.uuid, now=making.now())
    deal.refresh_from_db()
    assert deal.review_status == "submitted"
    assert not all_of(Protection).exists()


def test_the_vendors_delay_is_added_to_the_protection(cast):
    deal = making.submitted(cast)
    Deal.objects.unscoped("the clock ran out").filter(pk=deal.pk).update(answer_due_at=making.now() - timedelta(days=5))
    approve_registration(actor=cast.actor(cast.vendor_manager), deal_uuid=deal.uuid, now=making.now())
    period = all_of(Protection).get(deal=deal).period
    assert timedelta(days=95) <= period.upper - period.lower < timedelta(days=95, minutes=1)


def test_returned_registrations_open_only_the_named_fields(cast):
    product = make_product(cast.family)
    deal = making.submitted(cast, products=[product])
    return_for_completion(
        actor=cast.actor(cast.vendor_manager),
        deal_uuid=deal.uuid,
        reason="contact_missing",
        fields=["contact_name"],
        now=making.now(),
    )
    seller = cast.actor(cast.seller_a)
    with pytest.raises(InvalidInput) as refused:
        change_registration(
            actor=seller,
            deal_uuid=deal.uuid,
            registration=making.registration("Another Company", product, contact_name="Ada"),
            now=making.now(),
        )
    assert {(error.pointer, error.code) for error in refused.value.errors} == {
        ("/customer/name", "frozen"),
        ("/title", "frozen"),
    }
    change_registration(
        actor=seller,
        deal_uuid=deal.uuid,
        registration=making.registration("Nordwind Antriebe GmbH", product, contact_name="Ada"),
        now=making.now(),
    )
    again = submit_registration(actor=seller, deal_uuid=deal.uuid, now=making.now())
    assert (again.review_status, again.contact_name, again.fields_to_complete) == ("submitted", "Ada", [])
    assert again.end_customer_id == deal.end_customer_id


@pytest.mark.parametrize("end", ["lose", "withdraw"])
def test_what_ends_frees_the_customer_at_once(cast, end):
    first = making.approved(cast)
    seller = cast.actor(cast.seller_a)
    if end == "lose":
        lose_deal(actor=seller, deal_uuid=first.uuid, reason="price", now=making.now())
    else:
        withdraw_registration(actor=seller, deal_uuid=first.uuid, now=making.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM deals_protection WHERE period @> clock_timestamp()")
        assert cursor.fetchone() == (0,)
    second = making.approved(cast, cast.seller_b, RIVAL_SPELLING)
    assert second.end_customer == first.end_customer
    assert events_of(first, "deal.protection_ended")
