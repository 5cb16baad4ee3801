"""The extranet's pages about deals, as a seller uses them."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from concord.deals.actions.decisions import decide_duplicate, return_for_completion
from concord.deals.models import ConflictCheck, Deal
from concord.portal.limits import Limit
from tests.deals import making
from tests.factories import make_product


@pytest.fixture
def seller(cast, client):
    client.force_login(cast.seller_a)
    return client


def form_data(*products, **changes):
    data = {
        "idempotency_key": str(uuid.uuid4()),
        "customer_name": "Nordwind Antriebe GmbH",
        "customer_country": "DE",
        "customer_city": "Hamburg",
        "type": "new_customer",
        "currency": "USD",
        "lines": "\n".join(f"{product.sku}\t12" for product in products),
        "save": "1",
    }
    return {**data, **changes}


def own_deals():
    return Deal.objects.unscoped("the test counts")


def test_an_empty_list_says_what_to_do_first(seller):
    page = seller.get(reverse("deals:list")).content.decode()
    assert reverse("deals:create") in page
    assert "No deal yet" in page


def test_registering_with_pasted_lines_and_submitting_at_once(cast, seller):
    products = [make_product(cast.family), make_product(cast.other_family)]
    data = form_data(*products)
    data.pop("save")
    answer = seller.post(reverse("deals:create"), {**data, "submit": "1"})
    deal = own_deals().get()
    assert answer["Location"] == reverse("deals:detail", args=[deal.uuid])
    assert deal.review_status == "submitted"
    assert [(line.product.sku, line.quantity) for line in deal.lines.all()] == [(one.sku, 12) for one in products]
    page = seller.get(answer["Location"]).content.decode()
    assert "Waiting for an answer" in page
    assert "Verified" in page


def test_the_same_form_sent_twice_makes_one_deal(cast, seller):
    data = form_data(make_product(cast.family))
    first, second = (seller.post(reverse("deals:create"), data) for _ in range(2))
    assert own_deals().count() == 1
    assert first["Location"] == second["Location"]


def test_what_stands_in_the_way_is_said_at_its_line_and_nothing_typed_is_lost(cast, seller):
    product = make_product(cast.family)
    data = form_data(product, lines=f"{product.sku}\t0\nNO-SUCH-SKU\t3\n{product.sku}\tmany")
    answer = seller.post(reverse("deals:create"), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "NO-SUCH-SKU\t3" in page
    assert "Line 3" in page
    assert not own_deals().exists()
    answer = seller.post(reverse("deals:create"), {**data, "lines": f"{product.sku}\t0\nNO-SUCH-SKU\t3"})
    page = answer.content.decode()
    assert "Line 1" in page
    assert "Line 2: There is no product “NO-SUCH-SKU”" in page
    assert not own_deals().exists()


def test_a_registration_that_cannot_be_submitted_is_kept_as_a_draft(cast, seller):
    data = form_data(submit="1")
    answer = seller.post(reverse("deals:create"), data)
    deal = own_deals().get()
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Kept as a draft" in page
    assert reverse("deals:edit", args=[deal.uuid]) in page
    assert deal.review_status == "draft"


def test_a_draft_is_edited_and_an_edit_over_an_older_version_is_refused(cast, seller):
    product = make_product(cast.family)
    deal = making.draft(cast, products=[product])
    data = form_data(product, customer_city="Bremen", version=deal.updated_at.isoformat())
    url = reverse("deals:edit", args=[deal.uuid])
    assert seller.post(url, data).status_code == 302
    deal.refresh_from_db()
    assert deal.customer_city == "Bremen"
    assert seller.post(url, {**data, "customer_city": "Kiel"}).status_code == 409
    deal.refresh_from_db()
    assert deal.customer_city == "Bremen"


def test_a_returned_registration_opens_only_what_was_asked_for(cast, seller):
    product = make_product(cast.family)
    deal = making.submitted(cast, products=[product])
    deal = return_for_completion(
        actor=cast.actor(cast.vendor_manager),
        deal_uuid=deal.uuid,
        reason="contact_missing",
        fields=["contact_name"],
        note="Who decides there?",
        now=making.now(),
    )
    url = reverse("deals:edit", args=[deal.uuid])
    page = seller.get(url).content.decode()
    assert "Who decides there?" in page
    data = form_data(product, customer_name="Another One", contact_name="Ada", version=deal.updated_at.isoformat())
    seller.post(url, {**data, "submit": "1"})
    deal.refresh_from_db()
    assert (deal.customer_name, deal.contact_name, deal.review_status) == (
        "Nordwind Antriebe GmbH",
        "Ada",
        "submitted",
    )


def check(client, name, **more):
    data = {"customer_name": name, "customer_country": "DE", "customer_city": "Hamburg", **more}
    return client.post(reverse("deals:check"), data)


def test_the_check_answers_while_typing_and_tells_neither_holder_nor_record(cast, client):
    deal = making.approved(cast)
    client.force_login(cast.seller_b)
    free = check(client, "Quite Another Company Ltd").content.decode()
    page = check(client, "Nordwind Antriebe G.m.b.H.").content.decode()
    assert "You may register" in free
    assert "Protected for another partner" in page
    for secret in (cast.partner_a.name, cast.seller_a.name, str(deal.end_customer.uuid), "Antriebe GmbH", deal.title):
        assert secret not in page
    client.force_login(cast.seller_a)
    assert "protected for your company" in check(client, "Nordwind Antriebe GmbH").content.decode()
    assert list(ConflictCheck.objects.order_by("pk").values_list("verdict", flat=True)) == [
        "free",
        "protected",
        "protected",
    ]


def test_a_protection_in_another_family_leaves_the_customer_free(cast, client):
    making.approved(cast, products=[make_product(cast.other_family)])
    client.force_login(cast.seller_b)
    product = make_product(cast.family)
    assert "You may register" in check(client, "Nordwind Antriebe GmbH", lines=product.sku).content.decode()


def test_whoever_asks_too_often_waits(cast, seller, monkeypatch):
    few = Limit("test-check", 2, timedelta(hours=1))
    monkeypatch.setattr("concord.deals.actions.checks.PER_PERSON", few)
    assert [check(seller, f"Company number {n}").status_code for n in range(3)] == [200, 200, 429]
    assert ConflictCheck.objects.count() == 2


def test_the_loser_reads_reason_month_and_how_to_appeal(cast, client):
    making.approved(cast)
    second = making.submitted(cast, cast.seller_b, "Nordwind Antriebe G.m.b.H.")
    decide_duplicate(
        actor=cast.actor(cast.vendor_manager), deal_uuid=second.uuid, reason="already_protected", now=making.now()
    )
    client.force_login(cast.seller_b)
    page = client.get(reverse("deals:detail", args=[second.uuid])).content.decode()
    assert "Customer is protected in this product family" in page
    assert "within 5 working days" in page
    for secret in (cast.partner_a.name, cast.seller_a.name):
        assert secret not in page


@pytest.mark.parametrize("name", ["detail", "history", "edit"])
def test_a_rivals_deal_is_not_there(cast, client, name):
    deal = making.submitted(cast)
    client.force_login(cast.seller_b)
    foreign = client.get(reverse(f"deals:{name}", args=[deal.uuid]))
    absent = client.get(reverse(f"deals:{name}", args=[uuid.uuid4()]))
    assert foreign.status_code == absent.status_code == 404
    assert len(foreign.content) == len(absent.content)


@pytest.mark.parametrize("deed", ["submit", "withdraw", "win", "lose"])
def test_nobody_acts_on_a_rivals_deal_or_a_colleagues(cast, client, deed):
    deal = making.submitted(cast)
    before = deal.updated_at
    for user in (cast.seller_b, cast.seller_a2):
        client.force_login(user)
        data = {"version": before.isoformat(), f"{deed}-reason": "price"}
        assert client.post(reverse("deals:do", args=[deal.uuid, deed]), data).status_code == 404
    deal.refresh_from_db()
    assert deal.updated_at == before


def test_buttons_end_a_deal(cast, seller):
    deal = making.approved(cast)
    page = seller.get(reverse("deals:detail", args=[deal.uuid])).content.decode()
    assert "Protection" in page
    data = {"version": deal.updated_at.isoformat(), "lose-reason": "price"}
    seller.post(reverse("deals:do", args=[deal.uuid, "lose"]), data)
    deal.refresh_from_db()
    assert (deal.sales_stage, deal.closing_reason.code) == ("lost", "price")


def test_activities_and_the_next_step(cast, seller):
    deal = making.approved(cast)
    url = reverse("deals:note", args=[deal.uuid])
    data = {
        "kind": "call",
        "text": "Talked to purchasing",
        "next_step": "Send samples",
        "next_due_at": "2020-01-02T09:00",
    }
    assert seller.post(url, data).status_code == 302
    page = seller.get(reverse("deals:detail", args=[deal.uuid])).content.decode()
    assert "Talked to purchasing" in page
    assert "Overdue" in page
    step = deal.activities.get()
    seller.post(reverse("deals:step-done", args=[deal.uuid, step.uuid]))
    assert deal.activities.get().next_done_at is not None
    assert seller.post(url, {"kind": "call", "text": ""}).status_code == 422


def test_the_list_is_exported_and_filtered(cast, seller):
    making.approved(cast)
    making.draft(cast, name="=cmd Werke AG")
    text = seller.get(reverse("deals:list"), {"_export": "csv"}).content.decode("utf-8-sig")
    assert "Nordwind" in text
    assert "'=cmd Werke AG" in text
    xlsx = seller.get(reverse("deals:list"), {"_export": "xlsx"})
    assert xlsx.content.startswith(b"PK")
    page = seller.get(reverse("deals:list"), {"review_status": "approved"}).content.decode()
    assert "Nordwind" in page
    assert "Werke AG" not in page


@pytest.mark.parametrize("who", ["editor", "stranger"])
def test_who_has_no_business_with_deals_is_refused(cast, client, who):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("deals:list")).status_code == 403


def test_the_lists_statements_do_not_grow_with_its_rows(cast, seller):
    def statements():
        with CaptureQueriesContext(connection) as caught:
            seller.get(reverse("deals:list"))
        return len(caught)

    making.approved(cast)
    statements()
    one = statements()
    for number in range(3):
        making.approved(cast, name=f"Werk Nummer {number} Holding AG", products=[make_product(cast.family)])
    assert statements() == one
    assert one <= 8


def test_the_pages_statements_do_not_grow_with_lines_and_facts(cast, seller):
    def statements(deal):
        with CaptureQueriesContext(connection) as caught:
            seller.get(reverse("deals:detail", args=[deal.uuid]))
        return len(caught)

    small = making.approved(cast)
    statements(small)
    few = statements(small)
    large = making.approved(cast, name="Grosswerk Sued AG", products=[make_product(cast.family) for _ in range(8)])
    for _ in range(3):
        seller.post(reverse("deals:note", args=[large.uuid]), {"kind": "call", "text": "Again"})
    statements(large)
    assert statements(large) == few
    assert few <= 15
