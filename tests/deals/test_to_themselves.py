"""What a partner's people write for each other stays with them; files prove something of their own deal alone."""

from __future__ import annotations

import json
import uuid
from itertools import pairwise

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from concord.deals.actions.activities import add_activity, correct_activity
from concord.deals.actions.evidence import attach_evidence
from concord.deals.actions.handover import HANDOVER_MAILS, hand_over_deal, hand_over_person
from concord.deals.actions.people import save_contact
from concord.deals.actions.promises import save_promise
from concord.deals.consumers import handed_over, told_of_handover
from concord.deals.models import Evidence
from concord.deals.queries.brief import brief_of
from concord.deals.queries.readiness import readiness_of
from concord.partners.models import Member
from concord.portal.limits import TooMany, spend
from concord.portal.models import Event
from concord.portal.refusals import InvalidInput
from tests.deals import making

NOTE = "Never mention the Kuckuck to them"
BEFORE = "They would pay a third more"


def told(cast, who, subject):
    events = Event.objects.visible_to(cast.actor(getattr(cast, who))).filter(subject_uuid=subject)
    return " ".join(events.values_list("payload", flat=True))


def corrected(cast, deal):
    common = {"actor": cast.actor(cast.seller_a), "deal_uuid": deal.uuid, "now": making.now()}
    activity = add_activity(**common, kind="visit", text=BEFORE)
    correct_activity(**common, activity_uuid=activity.uuid, text="Seen")


def member(user):
    return Member.objects.unscoped("the test asks").select_related("user", "partner").get(user=user)


def hand_over(cast, deal, giver="seller_a", taker="seller_a2", by=None, **facts):
    return hand_over_deal(
        actor=cast.actor(getattr(cast, by or giver)),
        deal_uuid=deal.uuid,
        successor=getattr(cast, taker).email,
        now=making.now(),
        **facts,
    )


def deliver(cast, giver="seller_a"):
    event = Event.objects.unscoped("the test").filter(
        subject_uuid=member(getattr(cast, giver)).uuid, verb="member.handed_over"
    )
    event = event.order_by("-sequence").first()
    for target in told_of_handover(event):
        handed_over(event, target)
    return json.loads(event.payload)


# -- facts -----------------------------------------------------------------------------------------------------------


def test_what_a_draft_said_before_is_the_partners_alone(cast):
    deal = making.draft(cast)
    corrected(cast, deal)
    assert BEFORE in told(cast, "admin_a", deal.uuid)
    assert BEFORE not in told(cast, "vendor_manager", deal.uuid)


def test_what_a_registered_deal_said_before_is_shared_as_it_was(cast):
    deal = making.approved(cast)
    corrected(cast, deal)
    assert BEFORE in told(cast, "vendor_manager", deal.uuid)


def test_the_name_of_a_drafts_file_is_not_in_the_feed(cast):
    deal, shared = making.draft(cast), making.approved(cast, name="Suedhang Werke")
    for one in (deal, shared):
        attach_evidence(
            actor=cast.actor(cast.seller_a),
            deal_uuid=one.uuid,
            upload=SimpleUploadedFile("Offer of Habicht.txt", b"Hm."),
            purpose="registration",
            now=making.now(),
        )
    assert "Habicht" not in told(cast, "vendor_manager", deal.uuid)
    assert "Habicht" in told(cast, "vendor_manager", shared.uuid)


def test_a_note_between_colleagues_is_not_the_vendors_on_any_door(cast, client):
    deal = making.approved(cast)
    hand_over(cast, deal, note=NOTE)
    for subject in (deal.uuid, member(cast.seller_a).uuid):
        assert NOTE in told(cast, "admin_a", subject)
        assert NOTE not in told(cast, "vendor_manager", subject)
    pages = [
        reverse("deals:detail", args=[deal.uuid]),
        reverse("deals:history", args=[deal.uuid]),
        reverse("deals:brief", args=[deal.uuid]),
        f"/api/v1/deals/{deal.uuid}/history/",
        f"/api/v1/deals/{deal.uuid}/brief/",
    ]
    met = {}
    for who in ("vendor_manager", "admin_a"):
        client = Client()
        client.force_login(getattr(cast, who))
        answers = {page: client.get(page) for page in pages}
        assert {one.status_code for one in answers.values()} == {200}
        met[who] = [page for page, answer in answers.items() if NOTE in answer.content.decode()]
    assert met["vendor_manager"] == []
    assert pages[1] in met["admin_a"]
    deliver(cast)
    assert NOTE in mail.outbox[-1].body


def test_what_the_vendor_notes_on_a_handover_both_read(cast):
    deal = making.approved(cast)
    hand_over(cast, deal, by="vendor_manager", note=NOTE)
    assert NOTE in told(cast, "vendor_manager", deal.uuid)
    assert NOTE in told(cast, "admin_a", deal.uuid)


# -- mails to customers ------------------------------------------------------------------------------------------------


def with_contact(cast, deal, email="ines@falk.example"):
    return save_contact(
        actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, now=making.now(), name="Ines Falk", email=email
    )


def test_a_person_is_written_to_once_for_each_handover_and_not_for_ever(cast):
    deal = making.approved(cast)
    with_contact(cast, deal)
    people = ["seller_a", "seller_a2"] * 3
    for giver, taker in pairwise(people):
        hand_over(cast, deal, giver, taker, tell_customer=True)
        deliver(cast, giver)
    to_customer = [one for one in mail.outbox if one.to == ["ines@falk.example"]]
    assert len(to_customer) == 2


def test_one_address_on_two_deals_is_one_mail(cast):
    for name, email in (("Nordwind", "ines@falk.example"), ("Suedhang", "Ines@falk.example")):
        with_contact(cast, making.approved(cast, name=f"{name} Werke"), email)
    hand_over_person(
        actor=cast.actor(cast.admin_a),
        member=member(cast.seller_a),
        default=cast.seller_a2.uuid,
        now=making.now(),
        tell_customer=True,
    )
    assert len(deliver(cast)["contacts"]) == 1


def test_mails_to_customers_have_a_measure_and_a_refused_handover_moves_nothing(cast):
    deal = making.approved(cast)
    with_contact(cast, deal)
    spend(HANDOVER_MAILS, f"partner:{cast.partner_a.pk}", times=HANDOVER_MAILS.calls)
    with pytest.raises(TooMany):
        hand_over(cast, deal, tell_customer=True)
    deal.refresh_from_db()
    assert deal.owner == cast.seller_a
    hand_over(cast, deal)
    deal.refresh_from_db()
    assert deal.owner == cast.seller_a2


# -- evidence ----------------------------------------------------------------------------------------------------------


def promise_of(cast, deal, who="seller_a"):
    actor = cast.actor(getattr(cast, who))
    return save_promise(actor=actor, deal_uuid=deal.uuid, now=making.now(), kind="price", text="9.80 until June")


def attach(cast, who, deal, about, **facts):
    return attach_evidence(
        actor=cast.actor(getattr(cast, who)),
        deal_uuid=deal.uuid,
        upload=SimpleUploadedFile("Letter.txt", b"Yes."),
        purpose="promise",
        about=about,
        now=making.now(),
        **facts,
    )


def proven(cast, deal):
    brief = brief_of(cast.actor(cast.seller_a), deal, now=making.now())
    return not any(
        "evidence" in str(reason) for reason in [*brief.readiness.reasons, *readiness_of(deal, making.now()).reasons]
    )


def test_a_file_proves_nothing_of_another_deal(cast):
    deal, rival = making.approved(cast), making.approved(cast, cast.seller_b, "Tulpenveld Machines B.V.")
    promise = promise_of(cast, deal)
    for about in (promise.uuid, uuid.uuid4()):
        with pytest.raises(InvalidInput) as refused:
            attach(cast, "seller_b", rival, about)
        assert [(one.pointer, one.code) for one in refused.value.errors] == [("/about", "unknown")]
    assert not proven(cast, deal)
    assert attach(cast, "seller_a", deal, promise.uuid).about == promise.uuid
    assert proven(cast, deal)


def test_the_database_holds_it_whoever_writes(cast):
    deal, rival = making.approved(cast), making.approved(cast, cast.seller_b, "Tulpenveld Machines B.V.")
    kept = attach(cast, "seller_b", rival, None)
    forged = Evidence.objects.unscoped("the test").get(pk=kept.pk)
    forged.pk, forged.uuid, forged.about = None, uuid.uuid4(), promise_of(cast, deal).uuid
    with pytest.raises(IntegrityError, match="record of its own deal"), transaction.atomic():
        forged.save(force_insert=True)


def test_what_the_vendor_keeps_for_itself_proves_nothing_to_the_partner(cast):
    deal = making.approved(cast)
    attach(cast, "vendor_manager", deal, promise_of(cast, deal).uuid, is_internal=True)
    assert not proven(cast, deal)


def test_an_upload_honours_the_version_and_the_key(cast, client):
    deal = making.approved(cast)
    client.force_login(cast.seller_a)
    address = f"/api/v1/deals/{deal.uuid}/evidence/"

    def send(content, **headers):
        sent = {"file": SimpleUploadedFile("Letter.txt", content), "purpose": "other"}
        return client.post(address, sent, headers=headers)

    assert send(b"Yes.", if_match='"read-long-ago"').status_code == 412
    tag = client.get(f"/api/v1/deals/{deal.uuid}/")["ETag"]
    first = send(b"Yes.", if_match=tag, idempotency_key="once")
    assert first.status_code == 201, first.content
    again = send(b"Yes.", if_match=tag, idempotency_key="once")
    assert (again.status_code, again.json(), again["Idempotency-Replayed"]) == (201, first.json(), "true")
    other = send(b"No.", if_match=tag, idempotency_key="once")
    assert other.status_code == 422
    assert other.json()["errors"][0]["code"] == "idempotency_key_reused"
    assert Evidence.objects.unscoped("the test").filter(deal=deal).count() == 1
