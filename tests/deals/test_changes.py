"""Changing registrations: what is open when, and what a change after approval costs."""

from __future__ import annotations

import pytest
from django.utils import timezone

from concord.deals.actions.changes import change_registration
from concord.deals.actions.decisions import approve_registration, reject_registration, return_for_completion
from concord.deals.models import Protection
from concord.portal.models import Event
from concord.portal.refusals import InvalidInput, WrongState
from tests.deals import making
from tests.factories import make_product


def change(cast, deal, name="Nordwind Antriebe GmbH", products=(), quantity=10, **facts):
    wanted = making.registration(name, **facts)
    lines = tuple(making.WantedLine(one.sku, quantity) for one in products)
    registration = making.Registration(**{**{f: getattr(wanted, f) for f in wanted.__slots__}, "lines": lines})
    return change_registration(
        actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, registration=registration, now=making.now()
    )


def live(deal):
    found = Protection.objects.unscoped("the test counts").filter(deal=deal, period__contains=timezone.now())
    return {one.family.code: (one.end_customer_id, one.period) for one in found}


def verbs(deal):
    return [event.verb for event in Event.objects.unscoped("the test").about("deal", deal.uuid)]


def approve(cast, deal):
    return approve_registration(actor=cast.actor(cast.vendor_manager), deal_uuid=deal.uuid, now=making.now())


@pytest.fixture
def product(cast):
    return make_product(cast.family)


def test_what_is_not_material_is_changed_without_a_new_answer(cast, product):
    deal = making.approved(cast, products=[product])
    held = live(deal)
    changed = change(cast, deal, products=[product], quantity=7, contact_name="Frieda Meyer", description="Line 4")
    assert (changed.review_status, changed.contact_name) == ("approved", "Frieda Meyer")
    assert "deal.reopened" not in verbs(deal)
    assert live(deal) == held


@pytest.mark.parametrize("kind", ["quantity", "product", "customer", "type"])
def test_a_material_change_asks_for_a_new_answer_and_the_protection_stands_meanwhile(cast, product, kind):
    deal = making.approved(cast, products=[product])
    held = live(deal)
    asked = {
        "quantity": {"products": [product], "quantity": 11},
        "product": {"products": [product, make_product(cast.other_family)]},
        "customer": {"products": [product], "name": "Alpha Pumpen AG"},
        "type": {"products": [product], "type": "new_business"},
    }[kind]
    changed = change(cast, deal, **asked)
    assert changed.review_status == "submitted"
    assert changed.answer_due_at is not None
    assert "deal.reopened" in verbs(deal)
    assert live(deal) == held


def test_the_new_answer_protects_what_was_added_and_prolongs_nothing(cast, product):
    deal = making.approved(cast, products=[product])
    before = live(deal)["connectors"]
    change(cast, deal, products=[product, make_product(cast.other_family)])
    approve(cast, deal)
    after = live(deal)
    assert after["connectors"] == before
    assert set(after) == {"connectors", "sensors"}


def test_another_customer_is_protected_instead_of_the_first_one(cast, product):
    deal = making.approved(cast, products=[product])
    first = deal.end_customer_id
    change(cast, deal, "Alpha Pumpen AG", products=[product])
    assert {customer for customer, _period in live(deal).values()} == {first}
    again = approve(cast, deal)
    assert {customer for customer, _period in live(deal).values()} == {again.end_customer_id}
    assert again.end_customer_id != first
    # The first customer is free at once.
    approve(cast, making.submitted(cast, cast.seller_b, products=[product]))


def test_rejected_after_a_change_gives_back_what_the_approval_gave(cast, product):
    deal = making.approved(cast, products=[product])
    change(cast, deal, products=[product], quantity=99)
    reject_registration(
        actor=cast.actor(cast.vendor_manager), deal_uuid=deal.uuid, reason="no_opportunity", now=making.now()
    )
    assert live(deal) == {}
    with pytest.raises(WrongState) as refused:
        change(cast, deal, products=[product])
    assert refused.value.details == {"state": "rejected", "allowed": ["approved", "draft", "imported", "returned"]}


def test_during_review_everything_is_frozen(cast, product):
    deal = making.submitted(cast, products=[product])
    with pytest.raises(WrongState) as refused:
        change(cast, deal, products=[product], description="Another one")
    assert refused.value.details["state"] == "submitted"


def test_returned_opens_the_named_fields_and_names_every_other_one(cast, product, client):
    deal = making.submitted(cast, products=[product])
    manager = cast.actor(cast.vendor_manager)
    return_for_completion(
        actor=manager, deal_uuid=deal.uuid, reason="contact_missing", fields=["contact_name"], now=making.now()
    )
    with pytest.raises(InvalidInput) as refused:
        change(cast, deal, products=[product], quantity=11, contact_name="Frieda", competitor="Somebody")
    assert sorted((one.pointer, one.code) for one in refused.value.errors) == [
        ("/competitor", "frozen"),
        ("/lines", "frozen"),
    ]
    assert change(cast, deal, products=[product], contact_name="Frieda").contact_name == "Frieda"
    client.force_login(cast.seller_a)
    page = client.get(f"/deals/{deal.uuid}/edit/")
    form = page.context["form"]
    assert [name for name, field in form.fields.items() if not field.disabled] == [
        "idempotency_key",
        "version",
        "contact_name",
    ]
    answer = client.patch(
        f"/api/v1/deals/{deal.uuid}/",
        {"competitor": "Somebody"},
        content_type="application/json",
        headers={"if-match": client.get(f"/api/v1/deals/{deal.uuid}/")["ETag"]},
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/competitor")


def test_the_page_says_that_a_new_answer_is_due(cast, product, client):
    deal = making.approved(cast, products=[product])
    client.force_login(cast.seller_a)
    page = client.get(f"/deals/{deal.uuid}/edit/")
    assert "your protection stands meanwhile" in page.content.decode()
    form = page.context["form"]
    sent = {name: value for name in form.fields if (value := form[name].value()) not in (None, "")}
    sent |= {"lines": f"{product.sku}\t500", "version": page.context["version"]}
    answer = client.post(f"/deals/{deal.uuid}/edit/", sent, follow=True)
    assert "needs a new answer" in answer.content.decode()
    deal.refresh_from_db()
    assert deal.review_status == "submitted"
