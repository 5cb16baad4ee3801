"""People, promises, objections and activities of a deal, as the page keeps them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from concord.deals.actions.activities import add_activity
from concord.deals.actions.people import save_contact
from concord.deals.actions.promises import save_promise, settle_promise
from concord.deals.models import KindOfActivity, Promise
from concord.deals.queries.work import qualified_activities
from concord.portal.models import Event
from concord.portal.refusals import InvalidInput, NotThere, WrongState
from tests.deals import making


@pytest.fixture
def deal(cast):
    return making.approved(cast)


@pytest.fixture
def seller(cast, client):
    client.force_login(cast.seller_a)
    return client


def verbs(deal):
    return [event.verb for event in Event.objects.unscoped("the test reads").about("deal", deal.uuid)]


def test_only_kinds_that_the_desk_calls_qualified_count(cast, deal):
    KindOfActivity.objects.create(code="audit", name="Audit", is_qualified=True)
    note = {"actor": cast.actor(cast.seller_a), "deal_uuid": deal.uuid, "text": "Done"}
    now = making.now()
    for days, kind in ((1, "note"), (2, "visit"), (3, "audit"), (40, "call")):
        add_activity(**note, kind=kind, now=now, happened_at=now - timedelta(days=days))
    manager = {**note, "actor": cast.actor(cast.vendor_manager)}
    add_activity(**manager, kind="visit", now=now, happened_at=now - timedelta(days=1), is_internal=True)
    found = qualified_activities(deal, now - timedelta(days=30), now)
    assert sorted(one.kind_id for one in found) == ["audit", "visit"]


def test_a_kind_that_is_not_offered_any_more_is_refused(cast, deal):
    KindOfActivity.objects.filter(code="demo").update(is_active=False)
    with pytest.raises(InvalidInput) as refused:
        add_activity(actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, kind="demo", text="Shown", now=making.now())
    assert [error.pointer for error in refused.value.errors] == ["/kind"]
    assert not deal.activities.exists()


def test_a_person_is_added_changed_and_leaves_on_the_page(cast, deal, seller):
    new = reverse("deals:story-new", args=[deal.uuid, "contacts"])
    answer = seller.post(new, {"name": "", "language": "en", "email": "nobody"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "email"}
    assert not deal.contacts.exists()
    assert seller.post(new, {"name": "Ines Falk", "language": "en", "role": ""}).status_code == 302
    person = deal.contacts.get()
    page = seller.get(reverse("deals:detail", args=[deal.uuid])).content.decode()
    assert "Ines Falk" in page
    assert "role in the decision not known" in page
    change = reverse("deals:story-item", args=[deal.uuid, "contacts", person.uuid])
    seller.post(change, {"name": "Ines Falk", "language": "en", "role": "decision_maker"})
    person.refresh_from_db()
    assert person.role == "decision_maker"
    seller.post(reverse("deals:contact-left", args=[deal.uuid, person.uuid]))
    assert "Ines Falk" not in seller.get(reverse("deals:brief", args=[deal.uuid])).content.decode()
    assert verbs(deal)[-3:] == ["deal.contact_added", "deal.contact_changed", "deal.contact_left"]


def test_the_same_address_twice_is_refused_in_words(cast, deal, seller):
    new = reverse("deals:story-new", args=[deal.uuid, "contacts"])
    facts = {"name": "Ines Falk", "language": "en", "email": "ines@falk.example"}
    seller.post(new, facts)
    answer = seller.post(new, {**facts, "name": "Somebody else"})
    assert answer.status_code == 409
    assert "belongs to the deal already" in answer.content.decode()
    assert deal.contacts.count() == 1


def test_a_promise_is_settled_once_and_stays_as_it_was_then(cast, deal):
    common = {"actor": cast.actor(cast.seller_a), "deal_uuid": deal.uuid, "now": making.now()}
    promise = save_promise(**common, kind="date", text="Delivery by June")
    settle_promise(**common, promise_uuid=promise.uuid, state="kept")
    settle_promise(**common, promise_uuid=promise.uuid, state="kept")
    with pytest.raises(WrongState):
        settle_promise(**common, promise_uuid=promise.uuid, state="broken")
    with pytest.raises(WrongState):
        save_promise(**common, promise_uuid=promise.uuid, kind="date", text="Delivery by July")
    assert verbs(deal)[-2:] == ["deal.promise_made", "deal.promise_settled"]
    promise.refresh_from_db()
    assert (promise.text, promise.state) == ("Delivery by June", "kept")


def test_the_database_keeps_a_promise_from_being_settled_without_a_moment(cast, deal):
    promise = save_promise(
        actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, now=making.now(), kind="price", text="9.80"
    )
    with pytest.raises(IntegrityError, match="promise_settled_says_when"), transaction.atomic():
        Promise.objects.filter(pk=promise.pk).update(state="kept")


def test_nobody_writes_into_the_story_of_others(cast, deal):
    for stranger in (cast.seller_b, cast.seller_a2):
        with pytest.raises(NotThere):
            save_contact(actor=cast.actor(stranger), deal_uuid=deal.uuid, now=making.now(), name="Ines Falk")
    assert not deal.contacts.exists()


def test_a_person_of_another_deal_is_unknown_here(cast, deal):
    other = making.draft(cast, name="Suedhang Werke")
    person = save_contact(actor=cast.actor(cast.seller_a), deal_uuid=other.uuid, now=making.now(), name="Ines Falk")
    with pytest.raises(InvalidInput) as refused:
        save_promise(
            actor=cast.actor(cast.seller_a),
            deal_uuid=deal.uuid,
            now=making.now(),
            kind="price",
            text="9.80",
            contact=person.uuid,
        )
    assert [error.pointer for error in refused.value.errors] == ["/contact"]


def test_an_objection_is_raised_and_answered(cast, deal, seller):
    seller.post(reverse("deals:story-new", args=[deal.uuid, "objections"]), {"text": "Too loud"})
    objection = deal.objections.get()
    assert objection.answered_at is None
    change = reverse("deals:story-item", args=[deal.uuid, "objections", objection.uuid])
    seller.post(change, {"text": "Too loud", "answer": "52 dB measured on site"})
    objection.refresh_from_db()
    assert objection.answered_at is not None
    assert verbs(deal)[-2:] == ["deal.objection_raised", "deal.objection_answered"]


def test_an_activity_is_corrected_and_the_history_keeps_what_it_said(cast, deal, seller):
    activity = add_activity(
        actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, kind="call", text="Wants 40", now=making.now()
    )
    seller.post(reverse("deals:activity", args=[deal.uuid, activity.uuid]), {"text": "Wants 400"})
    activity.refresh_from_db()
    assert activity.text == "Wants 400"
    last = list(Event.objects.unscoped("the test reads").about("deal", deal.uuid))[-1]
    assert last.verb == "deal.activity_changed"
    assert "Wants 40" in last.payload


def test_the_competitor_is_named_on_the_page(cast, deal, seller):
    seller.post(reverse("deals:competitor", args=[deal.uuid]), {"competitor": "Kugelwerk"})
    deal.refresh_from_db()
    assert deal.competitor == "Kugelwerk"
    assert verbs(deal)[-1] == "deal.competitor_named"
