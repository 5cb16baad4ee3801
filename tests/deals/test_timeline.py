"""The timeline on the deal's page, the calendar feed, and drafts opened in an emergency."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from concord.deals.actions.activities import add_activity
from concord.deals.actions.calendar import make_calendar_feed
from concord.deals.actions.emergency import break_glass
from concord.deals.actions.promises import save_promise
from concord.deals.consumers import glass_broken, member_gone
from concord.deals.models import CalendarFeed, EmergencyAccess
from concord.partners.actions.members import deactivate_member, reactivate_member
from concord.partners.models import Member
from concord.portal.limits import Limit
from concord.portal.models import Event
from concord.portal.refusals import InvalidInput, NotAllowed, NotThere
from tests.deals import making


@pytest.fixture
def deal(cast):
    return making.approved(cast)


def note(cast, deal, user, text, **facts):
    return add_activity(
        actor=cast.actor(user),
        deal_uuid=deal.uuid,
        kind=facts.pop("kind", "call"),
        text=text,
        now=making.now(),
        **facts,
    )


def page(client, deal, **asked):
    return client.get(reverse("deals:detail", args=[deal.uuid]), asked)


def test_the_vendors_own_never_reaches_the_partner_whatever_the_filter(cast, deal, client):
    note(cast, deal, cast.vendor_manager, "We doubt them", is_internal=True)
    note(cast, deal, cast.seller_a, "Called the buyer")
    client.force_login(cast.vendor_manager)
    assert "We doubt them" in page(client, deal, seen="internal").content.decode()
    assert [one.is_internal for one in page(client, deal, seen="internal").context["timeline"].entries].count(
        False
    ) == 0
    client.force_login(cast.seller_a)
    for asked in ({}, {"seen": "internal"}, {"kind": "work"}, {"who": cast.vendor_manager.name}, {"seen": "partner"}):
        answer = page(client, deal, **asked)
        assert "We doubt them" not in answer.content.decode()
        assert not any(one.is_internal for one in answer.context["timeline"].entries)


def test_it_filters_by_kind_and_person_and_tells_the_words(cast, deal, client):
    note(cast, deal, cast.seller_a, "Called the buyer")
    note(cast, deal, cast.vendor_manager, "Sent the samples")
    client.force_login(cast.seller_a)
    work = page(client, deal, kind="work").context["timeline"]
    assert [one.text for one in work.entries] == ["Sent the samples", "Called the buyer"]
    mine = page(client, deal, kind="work", who=cast.seller_a.name).context["timeline"]
    assert [one.text for one in mine.entries] == ["Called the buyer"]
    assert page(client, deal, kind="nonsense", page="x").status_code == 200


def test_it_comes_page_by_page(cast, deal, client):
    for number in range(20):
        note(cast, deal, cast.seller_a, f"Note {number}")
    client.force_login(cast.seller_a)
    first, second = (page(client, deal, kind="work", page=number).context["timeline"] for number in (1, 2))
    assert (first.pages, len(first.entries), len(second.entries)) == (2, 12, 8)
    assert first.entries[0].text == "Note 19"
    assert second.entries[-1].text == "Note 0"


def test_the_page_takes_the_same_statements_however_long_the_story_is(cast, deal, client):
    client.force_login(cast.seller_a)
    page(client, deal)
    counts = []
    for number in range(2):
        for turn in range(5):
            note(cast, deal, cast.seller_a, f"Note {number} {turn}")
            save_promise(actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, kind="other", text="A", now=making.now())
        with CaptureQueriesContext(connection) as caught:
            page(client, deal)
        counts.append(len(caught))
    assert counts[0] == counts[1]


def feed_of(cast, user):
    return make_calendar_feed(actor=cast.actor(user), now=making.now())


def entries(client, secret):
    answer = client.get(reverse("deals:calendar-feed", args=[secret]))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    return {str(one["summary"]): one for one in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_the_calendar_holds_ones_own_and_nothing_of_others(cast, deal, client):
    due = making.now() + timedelta(days=3)
    note(cast, deal, cast.seller_a, "Called", next_step="Show the machine", next_due_at=due, kind="visit")
    save_promise(
        actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, kind="date", text="Delivery", until_on=due.date(),
        now=making.now(),
    )  # fmt: skip
    found = entries(client, feed_of(cast, cast.seller_a))
    visit = found["Show the machine · Nordwind Antriebe GmbH"]
    assert visit["dtend"].dt - visit["dtstart"].dt == timedelta(hours=1)
    assert found["Promise: Delivery · Nordwind Antriebe GmbH"]["dtstart"].dt == due.date()
    assert any(title.startswith("Protection ends") for title in found)
    for rival in (cast.seller_a2, cast.seller_b):
        assert entries(client, feed_of(cast, rival)) == {}


def test_only_the_hash_is_kept_and_a_new_address_ends_the_old_one(cast, client):
    first = feed_of(cast, cast.seller_a)
    assert len(first) >= 32
    assert first not in str(list(CalendarFeed.objects.values()))
    second = feed_of(cast, cast.seller_a)
    assert client.get(reverse("deals:calendar-feed", args=[first])).status_code == 404
    assert entries(client, second) == {}


def test_the_page_shows_an_address_once_and_revokes_it(cast, client):
    client.force_login(cast.seller_a)
    made = client.post(reverse("deals:calendar"))
    address = made.context["address"]
    assert address in made.content.decode()
    assert address not in client.get(reverse("deals:calendar")).content.decode()
    client.post(reverse("deals:calendar-revoke"))
    assert client.get(address[address.index("/calendar/") :]).status_code == 404


def test_whoever_loses_the_access_loses_the_calendar_for_good(cast, client):
    secret = feed_of(cast, cast.seller_a2)
    member = Member.objects.unscoped("the test asks").select_related("user").get(user=cast.seller_a2)
    deactivate_member(actor=cast.actor(cast.admin_a), member=member)
    assert client.get(reverse("deals:calendar-feed", args=[secret])).status_code == 404
    gone = Event.objects.unscoped("the test reads").about("member", member.uuid).last()
    member_gone(gone, "")
    reactivate_member(actor=cast.actor(cast.admin_a), member=member)
    assert client.get(reverse("deals:calendar-feed", args=[secret])).status_code == 404


def test_reading_and_guessing_are_limited(cast, client, monkeypatch):
    limit = Limit("calendar-test", 1, timedelta(hours=1))
    monkeypatch.setattr("concord.deals.views.calendar._READS", limit)
    monkeypatch.setattr("concord.deals.views.calendar._GUESSES", limit)
    address = reverse("deals:calendar-feed", args=[feed_of(cast, cast.seller_a)])
    assert [client.get(address).status_code for _ in range(2)] == [200, 429]
    guess = reverse("deals:calendar-feed", args=["guess"])
    assert [client.get(guess).status_code for _ in range(2)] == [404, 429]


def test_behind_a_proxy_one_who_guesses_does_not_shut_everybody_out(db, client, monkeypatch, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    monkeypatch.setattr("concord.deals.views.calendar._GUESSES", Limit("calendar-test", 1, timedelta(hours=1)))
    guess = reverse("deals:calendar-feed", args=["guess"])

    def ask(forwarded: str) -> int:
        return client.get(guess, headers={"x-forwarded-for": forwarded}).status_code

    assert [ask("198.51.100.1"), ask("198.51.100.1"), ask("198.51.100.2")] == [404, 429, 404]
    assert ask("203.0.113.9, 198.51.100.1") == 429  # what the client says of itself counts for nothing


REASON = "The seller fell ill and the customer calls"


def test_a_draft_opens_with_a_reason_for_two_hours_and_the_owner_is_told(cast, client):
    draft = making.draft(cast)
    client.force_login(cast.vendor_manager)
    assert page(client, draft).status_code == 404
    listed = client.get(reverse("deals:closed")).content.decode()
    assert cast.seller_a.name in listed
    assert "Nordwind" not in listed
    opening = reverse("deals:break-glass", args=[draft.uuid])
    assert client.post(opening, {"reason": "because"}).status_code == 422
    assert page(client, draft).status_code == 404
    assert client.post(opening, {"reason": REASON}).status_code == 302
    assert "Nordwind" in page(client, draft).content.decode()
    broken = Event.objects.unscoped("the test reads").about("deal", draft.uuid).last()
    assert broken.verb == "deal.glass_broken"
    glass_broken(broken, "")
    assert mail.outbox[-1].to == [cast.seller_a.email]
    assert REASON in mail.outbox[-1].body
    client.force_login(cast.seller_a)
    assert REASON in page(client, draft).content.decode()
    EmergencyAccess.objects.update(ends_at=making.now())
    client.force_login(cast.vendor_manager)
    assert page(client, draft).status_code == 404


def test_opening_one_draft_opens_no_other_and_for_nobody_else(cast, client):
    draft, other = making.draft(cast), making.draft(cast, name="Suedhang Werke")
    break_glass(actor=cast.actor(cast.vendor_manager), deal_uuid=draft.uuid, reason=REASON, now=making.now())
    client.force_login(cast.vendor_manager)
    assert page(client, other).status_code == 404
    for who in (cast.pricing_manager, cast.seller_b, cast.seller_a2):
        client.force_login(who)
        assert page(client, draft).status_code == 404


def test_only_channel_managers_open_and_only_what_is_there(cast):
    draft, approved = making.draft(cast), making.approved(cast, name="Suedhang Werke")
    for who in (cast.pricing_manager, cast.seller_b, cast.admin_a):
        with pytest.raises(NotAllowed):
            break_glass(actor=cast.actor(who), deal_uuid=draft.uuid, reason=REASON, now=making.now())
    manager = cast.actor(cast.vendor_manager)
    with pytest.raises(NotThere):
        break_glass(actor=manager, deal_uuid=approved.uuid, reason=REASON, now=making.now())
    with pytest.raises(InvalidInput):
        break_glass(actor=manager, deal_uuid=draft.uuid, reason="  ", now=making.now())
    assert not EmergencyAccess.objects.exists()
