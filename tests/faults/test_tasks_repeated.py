"""The tasks that carry on what is there at every moment, with real workers: killed half-way, late, twice, two at once.

The other tasks of the beat live through months in ``tests.deals.test_beat``.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from concord.deals.models import LeadOffer
from concord.portal.actor import portal_actor
from concord.portal.celery import app as portal_app
from concord.portal.enums import Door, OutboxState
from concord.portal.events import Subject, record
from concord.portal.events.chain import verify_all
from concord.portal.events.sealing import seal
from concord.portal.imports.runs import start_import
from concord.portal.models import Event, EventPosition, ImportRun, OutboxItem
from concord.portal.tasks import carry_out_import, resume_imports, seal_events, sweep_outbox
from concord.pricing.models import Product
from tests.cast import make_cast
from tests.deals import leads_making as leads
from tests.deals.test_beat import SCENES
from tests.faults.workers import DONE_WITHIN, sender, wait_for

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]

TASKS = "concord.portal.tasks"
#: proven here to be safe to repeat, beside those of the beat that live through months
CONTINUOUS = {f"{TASKS}.{name}" for name in ("seal_events", "sweep_outbox", "carry_out_import", "resume_imports")}

#: proven in ``tests.pricing.quotes.test_late_stamps``: a stamp comes once, and is asked for again with growing pauses
STAMPS = {"concord.pricing.tasks.stamp_late_documents"}


def test_every_task_is_proven_safe_to_repeat():
    """Whoever adds a task says here, or among the scenes of the beat, what it comes to when it is repeated."""
    portal_app.loader.import_default_modules()
    known = {name for name in portal_app.tasks if not name.startswith("celery.")}
    months = {settings.CELERY_BEAT_SCHEDULE[entry]["task"] for entry in SCENES}
    assert known == months | CONTINUOUS | STAMPS
    assert not months & CONTINUOUS


@contextmanager
def standing_still(dsn: str, table: str) -> Iterator[psycopg.Connection]:
    """Whoever wants to write to the table waits; rows may be read and locked."""
    with psycopg.connect(dsn) as session:
        session.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        yield session
        session.rollback()


def someone_waits_for(dsn: str, table: str) -> bool:
    with psycopg.connect(dsn) as session:
        row = session.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table]
        ).fetchone()
    return row != (0,)


def killed_half_way(start_worker, broker: str, dsn: str, task: str, table: str, *args) -> None:
    """Have a worker begin the task, and kill it where it is about to write to the table."""
    with standing_still(dsn, table), sender(broker) as app:
        worker = start_worker(broker)
        app.send_task(task, args=args)
        wait_for(lambda: worker.died() or someone_waits_for(dsn, table), DONE_WITHIN, worker.report)
        assert not worker.died(), worker.report()
        worker.kill()
    # The backend of the dead worker finds out at its next word; until then it holds its locks.
    wait_for(lambda: not someone_waits_for(dsn, table), DONE_WITHIN, lambda: "the backend of the dead worker stays")


def many_at_once(start_worker, broker: str, done, *calls: tuple[str, list]) -> None:
    """Two workers are told the same, several times over, and left alone until ``done``."""
    workers = [start_worker(broker, wait=False) for _each in range(2)]
    for worker in workers:
        worker.wait_until_ready()
    with sender(broker) as app:
        for _time in range(4):
            for task, args in calls:
                app.send_task(task, args=args)
    wait_for(done, DONE_WITHIN, lambda: "\n".join(worker.report() for worker in workers))
    for worker in workers:
        assert worker.stop() == 0


def commit_facts(number: int) -> None:
    subjects = [Subject("deal", uuid.uuid4()) for _each in range(5)]
    for place in range(number):
        with transaction.atomic():
            record("deal.noted", actor=portal_actor(Door.SHELL), subject=subjects[place % 5])


def test_sealing_numbers_every_fact_once(redis_url, start_worker, owner_dsn):
    commit_facts(40)
    killed_half_way(start_worker, redis_url, owner_dsn, f"{TASKS}.seal_events", "portal_eventposition")
    assert not EventPosition.objects.exists(), "half a batch was numbered"
    commit_facts(25)  # life goes on while nobody seals
    facts = Event.objects.unscoped("the test counts")
    everything = facts.count()

    many_at_once(
        start_worker, redis_url, lambda: EventPosition.objects.count() == everything, (f"{TASKS}.seal_events", [])
    )

    assert sorted(EventPosition.objects.values_list("position", flat=True)) == list(range(1, everything + 1))
    with psycopg.connect(owner_dsn) as session:
        by_commit = [pk for (pk,) in session.execute("SELECT id FROM portal_event ORDER BY xid, id").fetchall()]
    assert list(EventPosition.objects.order_by("position").values_list("event_id", flat=True)) == by_commit
    assert list(verify_all()) == []
    assert seal_events() == 0


def test_the_outbox_does_what_follows_once(redis_url, start_worker, owner_dsn):
    """A lead comes in: it is offered at once, to one partner, with one mail."""
    make_cast()
    for _each in range(4):
        leads.new(timezone.now())
    waiting = OutboxItem.objects.filter(target="deals.pool.routing:")
    wait_for(lambda: seal() == 0 and waiting.count() == 4, DONE_WITHIN, lambda: "the leads are not sealed")
    killed_half_way(start_worker, redis_url, owner_dsn, f"{TASKS}.sweep_outbox", "portal_outboxitem")
    assert not LeadOffer.objects.unscoped("the test looks").exists(), "what followed was kept without its row"
    assert set(waiting.values_list("state", "attempts")) == {(OutboxState.WAITING, 0)}

    many_at_once(
        start_worker,
        redis_url,
        lambda: not waiting.filter(state=OutboxState.WAITING).exists(),
        (f"{TASKS}.sweep_outbox", []),
    )

    assert set(waiting.values_list("state", "attempts")) == {(OutboxState.DONE, 1)}
    offers = LeadOffer.objects.unscoped("the test looks")
    assert offers.count() == offers.values("lead").distinct().count() == 4
    told = Event.objects.unscoped("the test looks").filter(verb="lead.offered")
    assert told.count() == 4
    while sweep_outbox():
        pass
    assert (offers.count(), told.count()) == (4, 4)


def hand_in(rows: int) -> ImportRun:
    text = "sku,name,family\n" + "".join(f"P-{number},Part {number},connectors\n" for number in range(rows))
    with transaction.atomic():
        return start_import(
            actor=portal_actor(Door.SHELL),
            kind="products",
            file=File(io.BytesIO(text.encode())),
            file_name="products.csv",
        )


def test_an_import_is_carried_out_once(redis_url, start_worker, owner_dsn):
    make_cast()
    run = hand_in(rows=30)
    killed_half_way(start_worker, redis_url, owner_dsn, f"{TASKS}.carry_out_import", "pricing_product", run.pk)
    runs = ImportRun.objects.unscoped("the test looks").filter(pk=run.pk)
    assert not runs.filter(finished_at__isnull=False).exists()
    assert not Product.objects.exists(), "half a file was stored"
    # Nobody was there for an hour.
    runs.update(created_at=timezone.now() - timedelta(hours=1))

    many_at_once(
        start_worker,
        redis_url,
        lambda: runs.filter(finished_at__isnull=False).exists(),
        (f"{TASKS}.resume_imports", []),
        (f"{TASKS}.carry_out_import", [run.pk]),
    )

    done = runs.get()
    assert (done.state, done.created, done.updated, done.rejected) == ("done", 30, 0, 0)
    assert Product.objects.count() == 30
    history = Event.objects.unscoped("the test counts")
    facts, finished = history.count(), done.finished_at
    carry_out_import(run.pk)
    resume_imports()
    assert (history.count(), runs.get().finished_at, Product.objects.count()) == (facts, finished, 30)
