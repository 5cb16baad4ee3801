"""Protections, extensions, holds and appeals through page, desk and API."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from concord.deals.actions.appeals import file_appeal, uphold_decision
from concord.deals.actions.extensions import request_extension
from concord.deals.actions.precedents import publish_precedent
from concord.deals.models import Appeal, ClosingDay, ExtensionRequest, Precedent, ProgrammeSettings, ProtectionHold
from concord.deals.queries.protection_life import protection_view
from tests.deals import making
from tests.deals.test_protection_timers import RIVAL, all_of, judge, life_of, lost, manager, paper, seller, tick

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def anything_known_is_enough(db):
    ProgrammeSettings.objects.create(readiness_at_least=0)


@pytest.fixture
def deal(cast):
    return making.approved(cast)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def posted(client, address, **values):
    return client.post(address, values)


def test_the_card_shows_the_clock_and_leads_to_what_may_be_asked(cast, deal):
    client = signed_in(cast.seller_a)
    page = client.get(reverse("deals:detail", args=[deal.uuid])).content.decode()
    assert "0 of 2 by" in page
    address = reverse("deals:ask", args=[deal.uuid, "extension"])
    assert address in page
    assert reverse("deals:ask", args=[deal.uuid, "hold"]) in page
    form = client.get(address)
    assert form.status_code == 200
    refused = posted(client, address, note="", version=deal.updated_at.isoformat())
    assert refused.status_code == 422
    no_file = posted(client, address, note="It goes on.", version=deal.updated_at.isoformat())
    assert "evidence that the customer" in no_file.content.decode()
    sent = posted(client, address, note="It goes on.", file=paper(), version=deal.updated_at.isoformat())
    assert sent.status_code == 302
    assert all_of(ExtensionRequest).get().state == "pending"
    page = client.get(reverse("deals:detail", args=[deal.uuid])).content.decode()
    assert address not in page
    assert "Extension asked for" in page


def test_a_rival_sees_none_of_it(cast, deal):
    client = signed_in(cast.seller_b)
    for what in ("extension", "hold", "appeal"):
        address = reverse("deals:ask", args=[deal.uuid, what])
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert client.get(f"/api/v1/deals/{deal.uuid}/protection/").status_code == 404


def test_the_desk_answers_requests_from_its_queue(cast, deal):
    request_extension(actor=seller(cast), deal_uuid=deal.uuid, note="It goes on.", upload=paper(), now=making.now())
    desk = signed_in(cast.vendor_manager)
    queue = desk.get(reverse("protections:index")).content.decode()
    one = reverse("protections:one", args=[deal.uuid])
    assert one in queue
    assert "It goes on." in desk.get(one).content.decode()
    deal.refresh_from_db()
    version = {"grant-extension-version": deal.updated_at.isoformat()}
    address = reverse("protections:do", args=[deal.uuid, "grant-extension"])
    assert desk.post(address, {**version, "grant-extension-reason": "nothing"}).status_code == 422
    assert desk.post(address, {**version, "grant-extension-reason": "project_goes_on"}).status_code == 302
    assert all_of(ExtensionRequest).get().state == "granted"
    assert desk.post(address, {**version, "grant-extension-reason": "project_goes_on"}).status_code == 409
    assert signed_in(cast.pricing_manager).post(address).headers["Location"] == "/desk/"


def test_the_desk_stops_the_clock_and_takes_the_customers_letter(cast, deal):
    desk = signed_in(cast.vendor_manager)
    day = (making.now() + timedelta(days=9)).date().isoformat()
    values = {"hold-version": deal.updated_at.isoformat(), "hold-cause": "tender_runs", "hold-until": day}
    assert desk.post(reverse("protections:do", args=[deal.uuid, "hold"]), values).status_code == 302
    assert all_of(ProtectionHold).get().by_vendor
    deal.refresh_from_db()
    letter = {"choice-version": deal.updated_at.isoformat(), "choice-chosen": "", "choice-file": paper()}
    assert desk.post(reverse("protections:do", args=[deal.uuid, "choice"]), letter).status_code == 302
    assert life_of(deal).cut_at is not None
    assert (
        "The customer has chosen"
        in signed_in(cast.seller_a).get(reverse("deals:detail", args=[deal.uuid])).content.decode()
    )


def test_the_loser_appeals_on_the_page_and_a_neutral_person_judges_without_names(cast, deal):
    rival = lost(cast)
    loser = signed_in(cast.seller_b)
    page = loser.get(reverse("deals:detail", args=[rival.uuid])).content.decode()
    address = reverse("deals:ask", args=[rival.uuid, "appeal"])
    assert address in page
    assert address not in page.replace(address, "", 1)
    values = {"version": rival.updated_at.isoformat(), "grounds": f"{cast.partner_b.name} was first.", "file": paper()}
    assert loser.post(address, values).status_code == 302
    assert "will be judged by" in loser.get(reverse("deals:detail", args=[rival.uuid])).content.decode()
    neutral = judge(cast)
    desk = signed_in(neutral)
    shown = desk.get(reverse("protections:appeal", args=[rival.uuid])).content.decode()
    main = shown[shown.index("cd-sides") :]
    for name in (cast.partner_a.name, cast.partner_b.name, cast.seller_a.name, cast.seller_b.name, RIVAL):
        assert name not in main
    assert "Holder" in main
    assert "Appellant" in main
    rival.refresh_from_db()
    judged = {
        "uphold-version": rival.updated_at.isoformat(),
        "uphold-reason": "nothing_new",
        "uphold-judgement": "Nothing new.",
    }
    address = reverse("protections:judge", args=[rival.uuid, "uphold"])
    assert signed_in(cast.vendor_manager).post(address, judged).status_code == 403
    assert desk.post(address, judged).status_code == 302
    assert all_of(Appeal).get().state == "upheld"
    words = {"precedent-title": "First", "precedent-text": "First come.", "precedent-version": "any"}
    assert desk.post(reverse("protections:judge", args=[rival.uuid, "precedent"]), words).status_code == 302
    assert Precedent.objects.get().title == "First"


def test_precedents_are_searched_in_both_languages(cast, deal):
    rival = lost(cast)
    now = making.now()
    file_appeal(actor=cast.actor(cast.seller_b), deal_uuid=rival.uuid, grounds="First.", upload=paper(), now=now)
    uphold_decision(actor=cast.actor(judge(cast)), deal_uuid=rival.uuid, reason="nothing_new", judgement="No.", now=now)
    publish_precedent(
        actor=manager(cast),
        deal_uuid=rival.uuid,
        title="Samples count",
        text="Who sends samples.",
        title_zh="样品计入",
        now=now,
    )
    client = signed_in(cast.seller_a)
    address = reverse("deals:precedents")
    for text, found in (("samples", True), ("样品", True), ("lorries", False), ("", True)):
        assert ("Samples count" in client.get(address, {"q": text}).content.decode()) is found


def api(user, path, body, deal=None, key="k1"):
    client = signed_in(user)
    headers = {"idempotency-key": key}
    if deal is not None:
        headers["if-match"] = client.get(f"/api/v1/deals/{deal.uuid}/").headers["ETag"]
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


def attach(user, deal, purpose, text="It goes on."):
    body = {"file": paper(text=text), "purpose": purpose}
    return signed_in(user).post(f"/api/v1/deals/{deal.uuid}/evidence/", body)


def test_an_extension_through_the_api(cast, deal):
    path = f"/api/v1/deals/{deal.uuid}/extend/"
    unread = api(cast.seller_a, path, {"note": "It goes on."})
    assert unread.status_code == 428
    bare = api(cast.seller_a, path, {"note": "It goes on."}, deal)
    assert (bare.status_code, bare.json()["errors"][0]["pointer"]) == (422, "/file")
    assert attach(cast.seller_a, deal, "extension").status_code == 201
    first = api(cast.seller_a, path, {"note": "It goes on."}, deal, key="k2")
    assert first.status_code == 200, first.content
    again = api(cast.seller_a, path, {"note": "It goes on."}, deal, key="k3")
    assert (again.status_code, again.json()["code"]) == (409, "extension_pending")
    assert api(cast.seller_a, f"{path}grant/", {}, deal).status_code == 403
    granted = api(cast.vendor_manager, f"{path}grant/", {}, deal)
    assert granted.status_code == 200
    once_more = api(cast.vendor_manager, f"{path}grant/", {}, deal, key="k4")
    assert (once_more.status_code, once_more.json()["allowed"]) == (409, ["pending"])
    shown = signed_in(cast.seller_a).get(f"/api/v1/deals/{deal.uuid}/protection/").json()
    assert shown["appeal"] is None
    assert shown["protection"]["extensions_left"] == 2
    assert shown["protection"]["extension"]["state"] == "granted"
    assert shown["protection"]["extension"]["reason"] == "project_goes_on"


def test_holds_and_the_customers_choice_through_the_api(cast, deal):
    path = f"/api/v1/deals/{deal.uuid}/hold/"
    until = (making.now() + timedelta(days=10)).isoformat()
    asked = api(cast.seller_a, path, {"cause": "customer_paused", "until": until}, deal)
    assert asked.status_code == 200, asked.content
    granted = api(cast.vendor_manager, f"{path}grant/", {}, deal)
    assert granted.status_code == 200
    refused = api(cast.vendor_manager, f"{path}refuse/", {"reason": "no_reason_to_wait"}, deal, key="k4")
    assert refused.status_code == 409
    wrong = api(cast.vendor_manager, path, {"cause": "no_such", "until": until}, deal, key="k5")
    assert wrong.json()["errors"][0]["pointer"] == "/cause"
    choice = f"/api/v1/deals/{deal.uuid}/customers-choice/"
    assert api(cast.vendor_manager, choice, {}, deal).status_code == 422
    attach(cast.vendor_manager, deal, "customers_choice")
    assert api(cast.vendor_manager, choice, {}, deal, key="k7").status_code == 200


def test_an_appeal_through_the_api_and_who_may_judge(cast, deal):
    rival = lost(cast)
    path = f"/api/v1/deals/{rival.uuid}/appeal/"
    attach(cast.seller_b, rival, "appeal")
    assert api(cast.seller_b, path, {"grounds": "First."}, rival).status_code == 200
    words = {"reason": "worked_earlier", "judgement": "They came first."}
    own = api(cast.vendor_manager, f"{path}overturn/", words, rival)
    assert (own.status_code, own.json()["code"]) == (403, "second_eyes")
    overturned = api(judge(cast), f"{path}overturn/", words, rival)
    assert overturned.status_code == 200, overturned.content
    assert overturned.json()["review_status"] == "approved"
    wrong = api(cast.seller_a, f"/api/v1/deals/{deal.uuid}/appeal/", {"grounds": "Me too."}, deal, key="k6")
    assert (wrong.status_code, wrong.json()["allowed"]) == (409, ["duplicate", "rejected"])


def test_terms_that_contradict_each_other_are_refused_in_the_desk(cast):
    row = ProgrammeSettings.objects.get()
    desk = signed_in(cast.vendor_manager)
    address = reverse("wagtailsettings:edit", args=["deals", "programmesettings", row.pk])
    page = desk.get(address)
    assert page.status_code == 200
    form = page.context["form"]
    shown = {name: form[name].value() for name in form.fields}
    values = {name: "" if value is None else value for name, value in shown.items() if value is not False}
    for name, value, where in (
        ("hard_end_days", 30, "hard_end_days"),
        ("time_zone", "Mars/Olympus", "time_zone"),
        ("calendar_country", "ZZ", "calendar_country"),
        ("grace_days", 40, "grace_days"),
    ):
        refused = desk.post(address, {**values, name: value})
        assert where in refused.context["form"].errors, (name, refused.context["form"].errors)
    saved = desk.post(address, {**values, "protection_days": 120, "calendar_country": "de", "calendar_region": "by"})
    assert saved.status_code == 302, saved.context["form"].errors
    row.refresh_from_db()
    assert (row.protection_days, row.calendar_country, row.calendar_region) == (120, "DE", "BY")
    assert signed_in(cast.pricing_manager).get(address).status_code == 302
    closed = desk.post(reverse("closing_days:add"), {"day": "2026-12-28", "name": "Stocktaking"})
    assert closed.status_code == 302
    assert ClosingDay.objects.get().name == "Stocktaking"


def test_home_pages_tell_of_what_waits(cast, deal):
    rival = lost(cast)
    begun = life_of(deal).started_at
    tick(begun + timedelta(days=31))
    home = signed_in(cast.seller_a).get("/").content.decode()
    assert "Too little activity: it lapses" in home
    other = signed_in(cast.seller_b).get("/").content.decode()
    assert "You may appeal against the decision" in other
    assert str(rival.uuid) in other
    desk = signed_in(cast.vendor_manager).get("/desk/").content.decode()
    assert reverse("protections:index") in desk


def test_the_card_is_one_statement(cast, deal, django_assert_num_queries):
    with django_assert_num_queries(1):
        protection_view(deal, now=making.now())
