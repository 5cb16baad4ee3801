"""The queue: several decided at once, filters of one's own, reasons counted, fishing seen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from concord.deals.actions.decisions import reject_registration
from concord.deals.models import ConflictCheck, Deal, ReasonCode, SavedFilter
from concord.deals.queries.checks import alarm, checks_by_partner
from concord.deals.queries.reason_report import reasons_given, times_given
from tests.deals import making

NAMES = ("Nordwind Antriebe GmbH", "Alpha Pumpen AG", "Zirbelwerk OHG")


def three(cast):
    return [making.submitted(cast, name=name) for name in NAMES]


def sent(deals, **values):
    return {"deal": [f"{deal.uuid}|{deal.updated_at.isoformat()}" for deal in deals], **values}


def states(deals):
    for deal in deals:
        deal.refresh_from_db()
    return [deal.review_status for deal in deals]


def test_several_are_decided_with_one_reason_each_by_itself(cast, client):
    deals = three(cast)
    manager = cast.actor(cast.vendor_manager)
    body = sent(deals, **{"reject-reason": "no_opportunity", "reject-note": "Not this year"})
    # One of them was answered in the meantime: the others are decided all the same, and the row says why it was not.
    reject_registration(actor=manager, deal_uuid=deals[0].uuid, reason="public_tender", now=making.now())
    stale = making.submitted(cast, name="Späth Maschinen KG")
    body["deal"].append(f"{stale.uuid}|2020-01-01T00:00:00+00:00")
    client.force_login(cast.vendor_manager)
    answer = client.post("/desk/registrations/bulk/reject/", body)
    assert answer.status_code == 200
    outcomes = {one.deal.pk: one.refusal for one in answer.context["outcomes"]}
    assert outcomes == {
        deals[1].pk: "",
        deals[2].pk: "",
        stale.pk: "This deal was changed in the meantime. Load it again.",
    }
    assert states([*deals, stale]) == ["rejected", "rejected", "rejected", "submitted"]
    assert deals[1].decision_reason.code == "no_opportunity"
    assert deals[0].decision_reason.code == "public_tender"


def test_returning_several_names_the_fields_and_a_missing_reason_is_said(cast, client):
    deals = three(cast)
    client.force_login(cast.vendor_manager)
    shown = client.get("/desk/registrations/bulk/", {"deal": [str(deal.uuid) for deal in deals] + ["nonsense"]})
    assert all(name in shown.content.decode() for name in NAMES)
    incomplete = client.post("/desk/registrations/bulk/return/", sent(deals, **{"return-reason": "contact_missing"}))
    assert incomplete.status_code == 422
    assert states(deals) == ["submitted"] * 3
    values = {"return-reason": "contact_missing", "return-fields_wanted": ["contact_name"]}
    assert client.post("/desk/registrations/bulk/return/", sent(deals, **values)).status_code == 200
    assert states(deals) == ["returned"] * 3
    assert deals[2].fields_to_complete == ["contact_name"]


def test_only_channel_managers_decide_on_several(cast, client):
    deals = three(cast)
    for person in (cast.people["pricing_manager"], cast.seller_a):
        client.force_login(person)
        answer = client.post("/desk/registrations/bulk/approve/", sent(deals, **{"approve-reason": "meets_the_rules"}))
        assert answer.status_code in {302, 403}
    assert states(deals) == ["submitted"] * 3


def test_a_filter_is_kept_for_the_person_alone(cast, client):
    client.force_login(cast.vendor_manager)
    body = {"list": "queue", "name": "Late ones", "query": "clock=overdue&p=3"}
    assert client.post("/desk/registrations/filters/", body).status_code == 302
    saved = SavedFilter.objects.get()
    assert (saved.user, saved.query) == (cast.vendor_manager, "clock=overdue")
    page = client.get("/desk/registrations/").content.decode()
    assert "Late ones" in page
    assert "?clock=overdue" in page
    client.post("/desk/registrations/filters/", {**body, "query": "twins=yes"})
    assert SavedFilter.objects.get().query == "twins=yes"
    other = cast.people["pricing_manager"]
    client.force_login(other)
    assert "Late ones" not in client.get("/desk/registrations/").content.decode()
    assert client.post(f"/desk/registrations/filters/{saved.uuid}/remove/").status_code == 404
    client.force_login(cast.vendor_manager)
    assert client.post(f"/desk/registrations/filters/{saved.uuid}/remove/").status_code == 302
    assert not SavedFilter.objects.exists()


def test_reasons_are_counted_with_every_decision(cast, client):
    manager = cast.actor(cast.vendor_manager)
    deals = three(cast)
    for deal, reason in zip(deals, ("no_opportunity", "no_opportunity", "public_tender"), strict=True):
        reject_registration(actor=manager, deal_uuid=deal.uuid, reason=reason, now=making.now())
    assert times_given() == {("reject", "no_opportunity"): 2, ("reject", "public_tender"): 1}
    rows = [(one.reason.code, one.times, one.share) for one in reasons_given(since=making.now() - timedelta(days=1))]
    assert ("no_opportunity", 2, 67) in rows
    assert len(rows) == ReasonCode.objects.count()
    client.force_login(cast.vendor_manager)
    shown = client.get("/desk/registrations/reasons/?days=30").content.decode()
    assert "67 %" in shown
    assert f"{len(rows) - 2} reasons on offer were not given" in shown
    assert "Times given" in client.get("/desk/reason_codes/").content.decode()


def test_many_names_and_hardly_a_registration_ring_by_partner_and_person(cast, client, settings):
    settings.PRECHECK_ALARM = {"names": 5, "share": 0.5}
    asked = [(cast.partner_a, cast.seller_a, f"Company {n}") for n in range(6)]
    asked += [(cast.partner_b, cast.seller_b, "Company 1")] * 9
    ConflictCheck.objects.bulk_create(
        ConflictCheck(
            at=making.now(), partner_id=partner.pk, user_id=user.pk, door="extranet", asked_name=name, verdict="free"
        )
        for partner, user, name in asked
    )
    since = making.now() - timedelta(days=30)
    rows = checks_by_partner(cast.actor(cast.vendor_manager), since=since, alarm=alarm())
    assert [(row.who, row.checks, row.names, row.looks_like_fishing) for row in rows] == [
        (cast.partner_a.name, 6, 6, True),
        (cast.partner_b.name, 9, 1, False),
    ]
    assert [(one.who, one.looks_like_fishing) for one in rows[0].people] == [(cast.seller_a.get_full_name(), True)]
    client.force_login(cast.vendor_manager)
    page = client.get("/desk/registrations/checks/").content.decode()
    assert "Fishing" in page
    assert cast.seller_a.get_full_name() in page
    settings.PRECHECK_ALARM = {"nmaes": 5}
    with pytest.raises(ValueError, match="nmaes"):
        alarm()


def test_a_list_says_how_far_off_a_day_is_and_never_takes_what_is_to_come_for_now(cast, client):
    making.approved(cast, name=NAMES[0])
    client.force_login(cast.vendor_manager)
    shown = client.get("/desk/registrations/all/").content.decode()
    until = Deal.objects.unscoped("the test's own").get(customer_name=NAMES[0]).protections.get().period.upper
    assert f"{timezone.localtime(until):%Y-%m-%d}" in shown
    assert re.search(r"in (89|90) days|in 2 months|in 3 months", shown)
    kinds = client.get("/desk/kinds_of_activity/").content.decode()
    assert "Yes" in kinds
    assert "True" not in kinds


def test_a_list_without_rows_says_what_to_do_first(cast, client):
    client.force_login(cast.people["pricing_manager"])
    assert "No file was imported yet." in client.get("/desk/imports/").content.decode()
    assert "Without levels a pricing manager approves every special price." in (
        client.get("/desk/approval_levels/").content.decode()
    )


def test_what_is_not_at_the_desk_is_said_in_the_portals_own_words(cast, client):
    client.force_login(cast.vendor_manager)
    answer = client.get("/desk/nothing-of-the-kind/")
    assert answer.status_code == 404
    assert "To the desk" in answer.content.decode()
    assert "Wagtail" not in answer.content.decode()
