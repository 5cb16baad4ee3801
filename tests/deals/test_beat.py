"""Every timer of the beat over four simulated months: with a tick a day, and with weeks in which nobody was there.

Both come to the same, and a second tick at the same moment does nothing. People go on working while the timers are
down. Whoever adds a task to the beat tells here what it should come to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from concord.deals.actions.activities import add_activity
from concord.deals.actions.leads_follow_up import note_contact
from concord.deals.enums import ActivityKind
from concord.deals.models import AnswerEscalation, Deal, Lead, LeadClaim, LeadSource, ProgrammeSettings
from concord.partners.actions.customers import relate
from concord.portal.enums import Door
from concord.portal.models import CheckRun, Event, IdempotencyKey, RateLimit
from concord.pricing.enums import VersionStatus
from concord.pricing.models import MailProof, PriceCommitment, PriceListVersion, Quote, QuoteCheck
from tests.deals import leads_making as leads
from tests.deals import making
from tests.factories import make_customer, make_price_list
from tests.pricing.quotes.conftest import make_shop

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
MONTHS = 130
EVERY_DAY = range(1, MONTHS + 1)
#: days on which a tick comes: nobody is there for weeks, then for months
WITH_GAPS = [*range(1, 4), *range(24, 27), 60, *range(MONTHS - 1, MONTHS + 1)]
#: those that carry on what is there at every moment; how they come back after a crash is another test's
CONTINUOUS = {"seal-events", "sweep-outbox", "resume-imports", "stamp-late-documents"}


@dataclass
class Scene:
    """What is there at the start, what people do on which day, and what is compared in the end."""

    begun: datetime
    result: Callable[[], Any]
    people: dict[int, Callable[[datetime], object]] = field(default_factory=dict)


def all_of(model):
    return model.objects.unscoped("the test looks")


def told(prefix: str) -> list[tuple[str, int]]:
    """How often each fact of that kind is in the history."""
    found: dict[str, int] = {}
    for verb in all_of(Event).filter(verb__startswith=prefix).values_list("verb", flat=True):
        found[verb] = found.get(verb, 0) + 1
    return sorted(found.items())


def story_of(deal) -> list[str]:
    """What is told of a deal but for what people noted: that stands where it was noted."""
    facts = all_of(Event).about("deal", deal.uuid).exclude(verb="deal.activity_added").order_by("sequence")
    return list(facts.values_list("verb", flat=True))


def protections(cast) -> Scene:
    """One partner works on its customer, one does not, one wakes up too late."""
    ProgrammeSettings.objects.create(readiness_at_least=0)
    deals = [making.approved(cast, name=name) for name in ("Abend Werke AG", "Birken Optik AG", "Dorn Motoren AG")]

    def works(deal):
        def visit(now):
            add_activity(
                actor=cast.actor(cast.seller_a),
                deal_uuid=deal.uuid,
                kind=ActivityKind.VISIT,
                text="There.",
                now=now,
                happened_at=now,
            )

        return visit

    def late(now):
        works(deals[0])(now)
        works(deals[2])(now)

    days = dict.fromkeys((5, 20, 40, 50, 70, 80, 100), works(deals[0])) | {45: late}
    # What a late tick cuts it cuts at the moment at which it comes, as prices may have been promised until then.
    return Scene(
        making.now(),
        lambda: [
            (
                deal.state,
                [(one.end_cause, one.in_grace, one.extensions) for one in deal.lives.order_by("pk")],
                story_of(deal),
            )
            for deal in all_of(Deal).order_by("pk")
        ],
        days,
    )


def answers(cast) -> Scene:
    """Registrations that nobody answers: each is told of in the end."""
    for name in ("Abend Werke AG", "Birken Optik AG"):
        making.submitted(cast, name=name)
    return Scene(
        making.now(),
        lambda: sorted(AnswerEscalation.objects.filter(level="overdue").values_list("deal_id", "due_at")),
    )


def pool(cast) -> Scene:
    """A new lead, one that nobody follows up, and one that is followed up until it may be held no longer."""
    leads.new()
    leads.claimed(cast)
    kept = leads.claimed(cast)
    seller = cast.actor(cast.seller_a)

    def call(now):
        note_contact(actor=seller, lead_uuid=kept.uuid, text="Called.", now=now)

    return Scene(
        making.now(),
        lambda: (
            list(all_of(Lead).order_by("pk").values_list("state", "partner")),
            sorted(all_of(LeadClaim).values_list("lead", "end")),
            told("lead.offered"),
            told("lead.returned"),
        ),
        dict.fromkeys((3, 16, 29, 42, 55), call),
    )


def sources(cast) -> Scene:
    """The score is that of what became of the leads, however often it was computed."""
    for _time in range(3):
        leads.claimed(cast)
    return Scene(making.now(), lambda: list(LeadSource.objects.order_by("pk").values_list("code", "quality")))


def quotes(cast) -> Scene:
    """Some run out while nobody is there; their promises ended by themselves."""
    shop = make_shop(cast)
    for days in (2, 10, 30, 59, 100, 200):
        customer = make_customer()
        relate(partner_id=cast.partner_a.pk, end_customer_id=customer.pk, now=making.now())
        shop.issue(customer=customer, valid_until=shop.day(days))
    return Scene(
        making.now(),
        lambda: (
            list(all_of(Quote).order_by("pk").values_list("status", "ended_at", "expires_at")),
            list(PriceCommitment.objects.order_by("pk").values_list("quote", "validity")),
            told("quote.expired"),
        ),
    )


def versions(cast) -> Scene:
    """One list after the other comes into force and ends."""
    now, moments = making.now(), (0, 10, 40, 90, 200)
    price_list = make_price_list("USD")
    PriceListVersion.objects.all().delete()
    for number, (start, end) in enumerate(pairwise(moments), start=1):
        PriceListVersion.objects.create(
            price_list=price_list,
            number=number,
            status=VersionStatus.SCHEDULED if start else VersionStatus.IN_FORCE,
            valid_from=now + start * DAY,
            valid_until=now + end * DAY,
        )
    return Scene(now, lambda: list(PriceListVersion.objects.order_by("pk").values_list("number", "status")))


def nights(kind: str) -> Callable[[Any], Scene]:
    """A night's check is made once a night, later when the night was missed."""

    def scene(cast) -> Scene:
        make_shop(cast).issue(valid_until=making.now().date() + 200 * DAY)

        def last():
            runs = CheckRun.objects.filter(kind=kind).order_by("started_at")
            nights = [(one.started_at - timedelta(hours=2)).date() for one in runs]
            assert len(nights) == len(set(nights))
            return nights[-1], runs.last().findings

        return Scene(making.now(), last)

    return scene


def mail_proofs(cast) -> Scene:
    quote = make_shop(cast).issue(valid_until=making.now().date() + 200 * DAY)
    for days in (1, 20, 100, 200):
        MailProof.objects.create(quote=quote, mail_hash="m", expires_at=making.now() + days * DAY)
    return Scene(making.now(), lambda: list(MailProof.objects.order_by("pk").values_list("pk", flat=True)))


def quote_checks(cast) -> Scene:
    quote, kept = make_shop(cast).issue(valid_until=making.now().date() + 200 * DAY), settings.QUOTE_CHECKS_KEPT_DAYS
    for days in (kept - 1, kept - 30, kept - 200, 0):
        QuoteCheck.objects.create(quote=quote, at=making.now() - days * DAY, verdict="in_force", door=Door.PUBLIC)
    return Scene(making.now(), lambda: list(QuoteCheck.objects.order_by("pk").values_list("pk", flat=True)))


def keys(cast) -> Scene:
    def request(now):
        key = IdempotencyKey.objects.create(owner="somebody", key=now.isoformat(), fingerprint=b"")
        IdempotencyKey.objects.filter(pk=key.pk).update(created_at=now)
        RateLimit.objects.create(key=now.isoformat(), arrival_at=now + DAY)

    return Scene(
        making.now(),
        lambda: (IdempotencyKey.objects.count(), RateLimit.objects.count()),
        dict.fromkeys((1, 20, 70, MONTHS - 1), request),
    )


SCENES: dict[str, Callable[[Any], Scene]] = {
    "carry-on-protections": protections,
    "escalate-answers": answers,
    "run-lead-pool": pool,
    "rate-lead-sources": sources,
    "expire-quotes": quotes,
    "turn-price-lists": versions,
    "check-invariants": nights(CheckRun.Kind.INVARIANTS),
    "check-drift": nights(CheckRun.Kind.DRIFT),
    "forget-mail-proofs": mail_proofs,
    "forget-quote-checks": quote_checks,
    "forget-old-keys": keys,
}


def live_through(entry: str, scene: Scene, ticks) -> Any:
    """The months day by day: people at noon, the timer in the evening of the days on which it runs."""
    task = import_string(settings.CELERY_BEAT_SCHEDULE[entry]["task"])
    for day in range(1, MONTHS + 1):
        now = scene.begun + day * DAY
        if day in scene.people:
            scene.people[day](now - timedelta(hours=6))
        if day in ticks:
            with mock.patch("django.utils.timezone.now", return_value=now):
                task()
    before = (scene.result(), Event.objects.unscoped("count").count())
    with mock.patch("django.utils.timezone.now", return_value=now):
        assert not task(), "a second tick at the same moment had something to do"
    assert (scene.result(), Event.objects.unscoped("count").count()) == before
    return before[0]


def test_every_task_of_the_beat_is_told_of_here():
    assert set(SCENES) | CONTINUOUS == set(settings.CELERY_BEAT_SCHEDULE)
    assert not CONTINUOUS & set(SCENES)


@pytest.mark.parametrize("entry", SCENES)
def test_months_with_a_tick_a_day_and_months_with_weeks_of_downtime_come_to_the_same(cast, entry):
    scene = SCENES[entry](cast)
    start = scene.result() if entry not in {"check-invariants", "check-drift"} else None
    before = transaction.savepoint()
    daily = live_through(entry, scene, EVERY_DAY)
    transaction.savepoint_rollback(before)
    assert live_through(entry, scene, WITH_GAPS) == daily
    assert daily != start, "nothing happened in all these months"
