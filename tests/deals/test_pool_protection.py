"""A lead of a protected customer is the holder's to answer; while the protection lasts nobody else gets at it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from concord.deals.actions.checks import check_conflict
from concord.deals.actions.leads_claiming import KeptForHolder, assign_lead, claim_lead, release_lead
from concord.deals.actions.leads_locked import NotFree
from concord.deals.actions.leads_routing import accept_lead, decline_lead, free_lead, route_lead
from concord.deals.actions.protection_life import end_protection
from concord.deals.enums import CheckVerdict
from concord.deals.models import LeadSource
from concord.deals.protection_enums import EndCause
from concord.deals.queries.leads import leads_for
from concord.partners.actions.customers import create_customer, record_verdict
from concord.partners.enums import Verdict
from concord.partners.queries.twins import CustomerClaim
from concord.portal.actor import portal_actor
from concord.portal.refusals import WrongState
from tests.deals import leads_making as leads
from tests.deals import making
from tests.deals.making import now
from tests.deals.test_pool import tick

NAME = "Nordwind Antriebe GmbH"


@pytest.fixture
def a(cast):
    return cast.actor(cast.seller_a)


@pytest.fixture
def b(cast):
    return cast.actor(cast.seller_b)


@pytest.fixture
def held(cast):
    """Partner A holds the protection."""
    return making.approved(cast)


def lead_at(deal, **changes):
    lead = leads.new(customer_name=NAME, **changes)
    assert lead.end_customer_id == deal.end_customer_id
    return lead


def test_a_holder_that_does_not_want_the_lead_gives_it_to_nobody(cast, a, b, held):
    lead = lead_at(held)
    tick(now())
    assert leads.reload(lead).partner_id == cast.partner_a.pk
    decline_lead(actor=a, lead_uuid=lead.uuid, now=now())
    assert leads.reload(lead).state == "pool"
    assert not leads_for(b).exists()
    with pytest.raises(NotFree):
        claim_lead(actor=b, lead_uuid=lead.uuid, now=now())
    assert leads.reload(lead).partner_id is None
    # The holder may still think better of it.
    assert claim_lead(actor=a, lead_uuid=lead.uuid, now=now()).partner_id == cast.partner_a.pk


def test_an_offer_to_the_holder_that_runs_out_leaves_the_lead_with_the_vendor(cast, b, held):
    lead = lead_at(held)
    tick(now())
    tick(leads.reload(lead).offered_until)
    assert leads.reload(lead).state == "pool"
    assert not leads_for(b).exists()
    assert leads_for(cast.actor(cast.vendor_manager)).get().state == "pool"


def test_whatever_the_source_it_is_offered_to_the_holder(cast, b, held):
    LeadSource.objects.filter(code="manual").update(is_routed=False)
    lead = lead_at(held)
    tick(now())
    assert (leads.reload(lead).state, leads.reload(lead).partner_id) == ("offered", cast.partner_a.pk)


def test_a_lead_in_the_pool_leaves_it_for_others_when_the_customer_becomes_protected(cast, a, b):
    lead = leads.free(customer_name=NAME)
    assert leads_for(b).exists()
    deal = making.approved(cast)
    assert deal.end_customer_id == lead.end_customer_id
    assert not leads_for(b).exists()
    assert leads_for(a).exists()
    with pytest.raises(NotFree):
        claim_lead(actor=b, lead_uuid=lead.uuid, now=now())


def test_when_the_protection_is_over_the_lead_is_free(cast, b, held):
    lead = lead_at(held)
    free_lead(actor=portal_actor(), lead_uuid=lead.uuid, now=now())
    assert not leads_for(b).exists()
    end_protection(held, actor=portal_actor(), at=now(), cause=EndCause.LAPSED)
    assert claim_lead(actor=b, lead_uuid=lead.uuid, now=now()).partner_id == cast.partner_b.pk


def test_only_the_families_that_are_protected_are_kept(cast, b, held):
    cast.partner_b.families.add(cast.other_family)
    other = lead_at(held, families=[cast.other_family.code], summary="Sensors for a line")
    anything = lead_at(held, families=[], customer_city="Hamburg", summary="Anything")
    for lead in (other, anything):
        free_lead(actor=portal_actor(), lead_uuid=lead.uuid, now=now())
    assert list(leads_for(b).values_list("pk", flat=True)) == [other.pk]
    assert claim_lead(actor=b, lead_uuid=other.uuid, now=now()).partner_id == cast.partner_b.pk


def test_an_offer_made_before_the_protection_cannot_be_accepted_after_it(cast, a, b):
    lead = leads.new(customer_name=NAME)
    LeadSource.objects.filter(code="manual").update(is_routed=True)
    tick(now())
    decline_lead(actor=a, lead_uuid=lead.uuid, now=now())
    assert leads.reload(lead).partner_id == cast.partner_b.pk
    making.approved(cast)
    with pytest.raises(WrongState) as refused:
        accept_lead(actor=b, lead_uuid=lead.uuid, now=now())
    assert refused.value.details["state"] == "expired"
    assert "protected" not in str(refused.value)
    assert leads.reload(lead).state == "offered"


def test_nobody_assigns_it_past_the_holder(cast, held):
    lead = lead_at(held)
    manager = cast.actor(cast.vendor_manager)
    with pytest.raises(KeptForHolder):
        assign_lead(actor=manager, lead_uuid=lead.uuid, owner_id=cast.seller_b.pk, now=now())
    assert leads.reload(lead).partner_id is None
    assigned = assign_lead(actor=manager, lead_uuid=lead.uuid, owner_id=cast.seller_a.pk, now=now())
    assert assigned.partner_id == cast.partner_a.pk


def test_a_lead_that_the_holder_gives_back_stays_with_the_vendor(cast, a, b, held):
    lead = lead_at(held)
    assign_lead(actor=cast.actor(cast.vendor_manager), lead_uuid=lead.uuid, owner_id=cast.seller_a.pk, now=now())
    release_lead(actor=a, lead_uuid=lead.uuid, now=now())
    assert not leads_for(b).exists()
    routed = route_lead(actor=portal_actor(), lead_uuid=lead.uuid, now=now())
    assert routed.state == "pool"


def test_a_record_that_a_person_found_to_be_the_same_company_is_protected_too(cast, b, held):
    twin = create_customer(actor=portal_actor(), claim=CustomerClaim(name="NWA Drives", country="DE"), now=now())
    lead = leads.free(customer_name="NWA Drives")
    assert lead.end_customer_id == twin.pk
    assert leads_for(b).exists()
    manager = cast.actor(cast.vendor_manager)
    ids = {"left_id": held.end_customer_id, "right_id": twin.pk}
    record_verdict(actor=manager, **ids, verdict=Verdict.SAME, now=now())
    assert not leads_for(b).exists()


def test_the_pre_check_does_not_call_a_kept_lead_free(cast, b, held):
    free_lead(actor=portal_actor(), lead_uuid=lead_at(held).uuid, now=now())
    claim = CustomerClaim(name=NAME, country="DE", city="Bremen")
    found = check_conflict(actor=b, claim=claim, family_codes=["connectors"], now=now())
    assert found.verdict == CheckVerdict.PROTECTED


def test_the_list_costs_no_statement_more(cast, b, held):
    def statements():

        with CaptureQueriesContext(
            connection,
        ) as caught:
            list(leads_for(b))
        return len(caught)

    free_lead(actor=portal_actor(), lead_uuid=lead_at(held).uuid, now=now())
    leads.free()
    one = statements()
    leads.free()
    assert statements() == one
