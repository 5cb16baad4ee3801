"""Mails about leads: who gets them, what they say, and when they are no longer sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from concord.deals.actions.leads_claiming import assign_lead, release_lead
from concord.deals.actions.leads_timers import run_pool
from concord.portal.actor import portal_actor
from concord.portal.events.consumers import consumer_named
from concord.portal.models import Event
from tests.deals import leads_making as leads

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def deliver(lead, verb):
    """What the outbox does with an event, in this test's own transaction."""
    event = Event.objects.unscoped("the test looks").get(payload__contains=str(lead.uuid), verb=verb)
    consumer = consumer_named("deals.pool.mail")
    targets = list(consumer.targets(event))
    for target in targets:
        consumer.handle(event, target)
    return targets


@pytest.fixture
def seller(cast):
    return cast.actor(cast.seller_a)


def test_an_offer_is_mailed_to_the_partners_administrators_and_names_nobody(cast, mailoutbox):
    lead = leads.new(START, **leads.SECRETS)
    run_pool(actor=portal_actor(), now=START)
    deliver(lead, "lead.offered")
    (mail,) = mailoutbox
    assert mail.to == [cast.admin_a.email]
    assert f"/pool/{lead.uuid}/" in mail.body
    whole = mail.subject + mail.body + mail.alternatives[0][0]
    assert not [secret for secret in leads.SECRETS.values() if secret in whole]


def test_a_reminder_goes_to_the_owner_in_the_owners_language(cast, mailoutbox):
    cast.seller_a.language = "zh-hans"
    cast.seller_a.time_zone = "Asia/Shanghai"
    cast.seller_a.save()
    lead = leads.claimed(cast, at=START)
    run_pool(actor=portal_actor(), now=START + timedelta(days=3))
    deliver(lead, "lead.follow_up_due")
    (mail,) = mailoutbox
    assert mail.to == [cast.seller_a.email]
    assert mail.subject == "有线索等待您跟进"
    assert "2026年3月7日 17:00 (CST)" in mail.body


def test_what_was_overtaken_is_not_mailed(cast, seller, mailoutbox):
    lead = leads.new()
    manager = cast.actor(cast.vendor_manager)
    assign_lead(actor=manager, lead_uuid=lead.uuid, owner_id=cast.seller_a.pk, now=START)
    event = Event.objects.unscoped("the test looks").get(payload__contains=str(lead.uuid), verb="lead.assigned")
    release_lead(actor=seller, lead_uuid=lead.uuid, now=START)
    consumer_named("deals.pool.mail").handle(event, str(cast.seller_a.pk))
    assert deliver(lead, "lead.assigned") == []
    assert mailoutbox == []
