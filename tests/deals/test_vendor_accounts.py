"""Customers of the vendor's own team: kept from a page and a list of their own, whatever was merged since."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse

from concord.deals.actions.eligibility import set_vendor_account
from concord.deals.models import VendorAccount
from concord.deals.queries.vendor_accounts import is_vendor_account
from concord.partners.actions.merging import merge_customers
from concord.partners.models import EndCustomer
from concord.portal.actor import portal_actor
from concord.portal.enums import Door
from concord.portal.imports import Counts, kind_of, run_import
from concord.portal.models import Event
from concord.portal.refusals import NotAllowed
from tests.deals import making
from tests.deals.test_protection_doors import signed_in
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
ADDRESS = "registrations:vendor_accounts"


@pytest.fixture
def desk(cast):
    return signed_in(cast.vendor_manager)


def manager(cast):
    return cast.actor(cast.vendor_manager)


def keep(cast, customer, *, is_own=True):
    return set_vendor_account(actor=manager(cast), customer_uuid=customer.uuid, is_own=is_own, now=making.now())


def merge(cast, survivor, absorbed):
    merge_customers(actor=manager(cast), survivor_uuid=survivor.uuid, absorbed_uuids=[absorbed.uuid], now=making.now())


def bring_in(text, *, actor=None):
    file = io.BytesIO(text.encode())
    return run_import(kind_of("vendor_accounts"), file, actor=actor or portal_actor(Door.IMPORT), now=making.now())


def test_the_page_finds_adds_lists_and_ends(cast, desk):
    customer = make_customer("Helvetia Turbinen AG", country="CH")
    address = reverse(ADDRESS)
    empty = desk.get(address).content.decode()
    assert "import the list that your sales people keep" in empty
    found = desk.get(address, {"add": "helvetia turbinen"}).content.decode()
    button = reverse("registrations:set_vendor_account", args=[customer.uuid])
    assert button in found
    assert "No customer is called so" in desk.get(address, {"add": "Nobody of this name"}).content.decode()
    added = desk.post(button, {"is_own": "yes", "note": "=Key account"})
    assert added.headers["Location"] == address
    assert VendorAccount.objects.get().note == "=Key account"
    listed = desk.get(address, {"country": "CH", "q": "Helvetia"})
    assert [one.end_customer for one in listed.context["object_list"]] == [customer]
    assert not desk.get(address, {"country": "DE"}).context["object_list"]
    text = b"".join(desk.get(address, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    assert "Helvetia Turbinen AG" in text
    assert "'=Key account" in text
    ended = desk.post(button, {"is_own": "no", "next": f"{address}?country=CH"})
    assert ended.headers["Location"] == f"{address}?country=CH"
    assert not VendorAccount.objects.exists()
    away = desk.post(button, {"is_own": "yes", "next": "//elsewhere.example/"})
    assert away.headers["Location"] == address


def test_a_list_comes_in_once_and_takes_away_what_it_says(cast):
    for name, country in (("Helvetia Turbinen AG", "CH"), ("Aurora Pumpen AB", "SE")):
        make_customer(name, country=country)
    head = "customer,country,note,is_own\n"
    rows = head + "Helvetia Turbinen AG,Switzerland,Key account,\naurora pumpen ab,SE,,yes\n"
    assert bring_in(rows).counts == Counts(updated=2)
    assert bring_in(rows).counts == Counts(unchanged=2)
    assert bring_in(head + "Aurora Pumpen AB,SE,,no\n").counts == Counts(updated=1)
    assert [one.end_customer.legal_name for one in VendorAccount.objects.all()] == ["Helvetia Turbinen AG"]
    told = Event.objects.unscoped("the test").filter(verb="customer.vendor_account")
    assert told.count() == 3


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("Nobody There,CH,,", "customer", "unknown_customer"),
        (",CH,,", "customer", "required"),
        ("Twin AG,,,", "customer", "ambiguous"),
        ("Twin AG,CH,,perhaps", "is_own", "not_a_choice"),
    ],
)
def test_a_row_that_is_not_clear_is_named_and_nothing_is_kept(cast, row, column, code):
    make_customer("Twin AG", country="CH")
    make_customer("Twin AG", country="DE")
    outcome = bring_in(f"customer,country,note,is_own\nTwin AG,DE,,\n{row}\n")
    assert [(error.row, error.column) for error in outcome.all_errors] == [(3, column)]
    assert outcome.all_errors[0].code == code or column == "is_own"
    assert not VendorAccount.objects.exists()


def test_only_those_who_decide_keep_the_list(cast):
    make_customer("Twin AG", country="CH")
    for user in (cast.seller_a, cast.pricing_manager):
        with pytest.raises(NotAllowed):
            bring_in("customer\nTwin AG\n", actor=cast.actor(user))
        assert signed_in(user).get(reverse(ADDRESS)).status_code in {302, 403}


def test_a_chain_of_merges_is_followed_to_its_end(cast):
    first, second, third = (make_customer(f"Kette {name} GmbH", country="DE") for name in ("Eins", "Zwei", "Drei"))
    keep(cast, first)
    keep(cast, second)
    merge(cast, second, first)
    keep_second = VendorAccount.objects.filter(end_customer=second)
    assert keep_second.exists()
    merge(cast, third, second)
    first.refresh_from_db()
    assert EndCustomer.objects.unscoped("the test").get(pk=first.merged_into_id).merged_into_id == third.pk
    assert is_vendor_account({third.pk})
    keep(cast, third, is_own=False)
    assert not is_vendor_account({third.pk})
    assert keep(cast, third, is_own=True)
    assert not keep(cast, third, is_own=True)
    # What is left two merges down counts, too.
    VendorAccount.objects.all().delete()
    assert not is_vendor_account({third.pk})
