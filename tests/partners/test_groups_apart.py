"""Companies of one group, names within names, shared numbers and sites: what a claim may be and what it never is."""

from __future__ import annotations

import pytest
from django.utils import timezone

from concord.partners.actions.customers import create_customer
from concord.partners.actions.groups import set_parent
from concord.partners.actions.programme import save_customer
from concord.partners.models import EndCustomer
from concord.partners.queries.twins import CustomerClaim, Twin, find_twins
from concord.portal.actor import portal_actor
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def customer(name: str, country: str = "DE", **facts: str) -> EndCustomer:
    claim = CustomerClaim(name, country, **facts)
    return create_customer(actor=portal_actor(), claim=claim, now=timezone.now())


def only(claim: CustomerClaim, of: EndCustomer | None = None) -> Twin:
    (twin,) = find_twins(claim, of_customer_id=of.pk if of else None)
    return twin


@pytest.mark.parametrize(
    "shared",
    [{"registration_number": "HRB 4711"}, {"website": "https://molundra.example.com"}, {}],
    ids=["number", "site", "name alone"],
)
def test_companies_of_one_group_are_never_the_same_once_that_is_said(cast: Cast, shared: dict[str, str]) -> None:
    parent = customer("Molundra Motoren AG", **shared)
    subsidiary = customer("Molundra Motoren AG", **shared)
    claim = CustomerClaim("Molundra Motoren AG", "DE", **shared)
    assert only(claim, subsidiary).match.verdict == "same"

    manager = cast.actor(cast.vendor_manager)
    set_parent(actor=manager, customer_uuid=subsidiary.uuid, parent_uuid=parent.uuid)
    for one in (parent, subsidiary):
        match = only(claim, one).match
        assert (match.verdict, match.reasons[-1].code) == ("review", "same_group")
        assert match.score < 0.9

    set_parent(actor=manager, customer_uuid=subsidiary.uuid, parent_uuid=None)
    assert only(claim, subsidiary).match.verdict == "same"


def test_two_subsidiaries_of_one_parent_are_kept_apart_too(cast: Cast) -> None:
    parent = customer("Zirkonia Holding AG")
    first, second = customer("Molundra Motoren AG"), customer("Molundra Motoren AG")
    for one in (first, second):
        set_parent(actor=cast.actor(cast.vendor_manager), customer_uuid=one.uuid, parent_uuid=parent.uuid)
    assert only(CustomerClaim("Molundra Motoren AG", "DE"), second).match.verdict == "review"


@pytest.mark.parametrize(
    "longer", ["Molundra Motoren Service AG", "Molundra Motoren Holding AG", "Alpha Molundra Motoren"]
)
@pytest.mark.parametrize("site", ["", "https://molundra.example.com"])
def test_a_name_within_another_one_is_looked_at_even_on_one_site(longer: str, site: str) -> None:
    customer("Molundra Motoren AG", website=site)
    for twin in find_twins(CustomerClaim(longer, "DE", website=site)):
        assert twin.match.verdict == "review"
    customer(longer, "AT", website="https://www.example.org")
    assert {twin.match.verdict for twin in find_twins(CustomerClaim("Molundra Motoren", "AT"))} <= {"review"}


def test_one_site_never_joins_names_that_contradict_each_other() -> None:
    customer("Molundra Motoren AG", website="https://shop.example.com/de")
    match = only(CustomerClaim("Zirkonia Foods GmbH", "DE", website="www.example.com")).match
    assert match.verdict == "review"
    assert "domain_equal" in {reason.code for reason in match.reasons}


@pytest.mark.parametrize("site", ["someone@gmail.com", "https://facebook.com/molundra", "kontakt@web.de"])
def test_the_site_of_a_provider_joins_nobody(site: str) -> None:
    customer("Molundra Motoren AG", website=site)
    assert find_twins(CustomerClaim("Zirkonia Foods GmbH", "DE", website=site)) == []


def test_one_number_joins_whatever_the_names_but_in_its_own_country_alone() -> None:
    wanted = customer("Molundra Motoren AG", registration_number="DE 136 695 976")
    match = only(CustomerClaim("Zirkonia Foods GmbH", "DE", registration_number="136695976")).match
    assert match.verdict == "same"
    assert find_twins(CustomerClaim("Zirkonia Foods SARL", "FR", registration_number="136695976")) == []
    other = only(CustomerClaim("Molundra Motoren AG", "DE", registration_number="DE811569869"))
    assert (other.end_customer_id, other.match.verdict) == (wanted.pk, "review"), "two numbers are two companies"


def test_a_name_that_was_changed_still_leads_to_the_company(cast: Cast) -> None:
    one = customer("Molundra Motoren AG")
    one.legal_name = "Zirkonia Energy SE"
    save_customer(actor=cast.actor(cast.vendor_manager), customer=one, changed=["legal_name"])
    former = one.names.get(kind="former")
    assert (former.name, former.until) == ("Molundra Motoren AG", timezone.now().date())
    for name in ("MOLUNDRA MOTOREN", "Zirkonia Energy"):
        assert only(CustomerClaim(name, "DE")).end_customer_id == one.pk
    assert "former_name" in {reason.code for reason in only(CustomerClaim("Molundra Motoren", "DE")).match.reasons}
