"""The append-only log: order, hashes, and who may read what."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from concord.portal.enums import OutboxState, Visibility
from concord.portal.events import Consumer, Subject, consumers, record
from concord.portal.events.chain import verify_all, verify_subject
from concord.portal.events.outbox import work_off
from concord.portal.events.record import NotInTransaction
from concord.portal.events.sealing import seal
from concord.portal.models import Event, EventPosition, OutboxItem
from concord.portal.scoping import ScopeForgotten
from tests.cast import Cast


def test_each_subject_has_a_chain_that_verifies(cast: Cast) -> None:
    subject = Subject("deal", uuid.uuid4(), cast.partner_a.pk)
    actor = cast.actor(cast.seller_a)
    events = [record("deal.noted", actor=actor, subject=subject, payload={"text": f"第{n} note"}) for n in range(3)]

    assert [event.sequence for event in events] == [1, 2, 3]
    assert bytes(events[1].previous_hash) == bytes(events[0].hash)
    assert verify_subject("deal", subject.uuid) == []


def test_a_forged_hash_time_or_number_is_overwritten(cast: Cast) -> None:
    subject_uuid = uuid.uuid4()
    event = Event.objects.create(
        verb="deal.noted", subject_type="deal", subject_uuid=subject_uuid, door="shell", visibility="partner",
        sequence=41, hash=b"forged", previous_hash=b"forged",
    )  # fmt: skip

    event = Event.objects.unscoped("looking at what was stored").get(pk=event.pk)
    assert event.sequence == 1
    assert bytes(event.previous_hash) == b""
    assert bytes(event.hash) != b"forged"
    assert verify_subject("deal", subject_uuid) == []


def test_a_rival_and_a_stranger_read_nothing(cast: Cast) -> None:
    subject = Subject("deal", uuid.uuid4(), cast.partner_a.pk)
    record("deal.noted", actor=cast.actor(cast.seller_a), subject=subject)
    record("deal.scored", actor=cast.actor(cast.seller_a), subject=subject, visibility=Visibility.INTERNAL)

    def readable(person: str) -> list[str]:
        actor = cast.actor(cast.people[person])
        return list(Event.objects.visible_to(actor).about("deal", subject.uuid).values_list("verb", flat=True))

    assert readable("vendor_manager") == ["deal.noted", "deal.scored"]
    assert readable("seller_a") == ["deal.noted"]
    assert readable("seller_b") == []
    assert readable("stranger") == []


def test_forgetting_the_scope_raises(cast: Cast) -> None:
    with pytest.raises(ScopeForgotten):
        list(Event.objects.filter(verb="deal.noted"))
    with pytest.raises(ScopeForgotten):
        Event.objects.count()
    with pytest.raises(ScopeForgotten):
        Event.objects.filter(pk=1).exists()


@pytest.mark.django_db(transaction=True)
def test_a_fact_outside_its_transaction_is_refused() -> None:
    from concord.portal.actor import portal_actor

    with pytest.raises(NotInTransaction):
        record("deal.noted", actor=portal_actor(), subject=Subject("deal", uuid.uuid4()))


@pytest.mark.django_db(transaction=True)
def test_sealing_numbers_committed_events_and_consumers_get_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from concord.portal.actor import portal_actor

    heard: list[str] = []
    consumer = Consumer("listener", frozenset({"deal.noted"}), lambda event, target: heard.append(event.verb))
    monkeypatch.setattr(consumers, "_consumers", {"listener": consumer})
    subject = Subject("deal", uuid.uuid4())
    with transaction.atomic():
        record("deal.noted", actor=portal_actor(), subject=subject)
        record("deal.other", actor=portal_actor(), subject=subject)

    assert seal() == 2
    assert seal() == 0
    assert list(EventPosition.objects.order_by("position").values_list("position", flat=True)) == [1, 2]
    now = timezone.now()
    assert work_off(now=now) == 1
    assert work_off(now=now) == 0
    assert heard == ["deal.noted"]
    assert OutboxItem.objects.get().state == OutboxState.DONE
    assert list(verify_all()) == []


@pytest.mark.django_db(transaction=True)
def test_a_failing_consumer_is_tried_again_later_and_keeps_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    from concord.portal.actor import portal_actor

    def fail(event: Event, target: str) -> None:
        raise ValueError("the rival's price is 47.11")

    monkeypatch.setattr(consumers, "_consumers", {"bad": Consumer("bad", frozenset({"*"}), fail)})
    with transaction.atomic():
        record("deal.noted", actor=portal_actor(), subject=Subject("deal", uuid.uuid4()))
    seal()
    now = timezone.now()
    assert work_off(now=now) == 1
    item = OutboxItem.objects.get()
    assert (item.state, item.attempts, item.last_error) == (OutboxState.WAITING, 1, "ValueError")
    assert item.next_at > now
