"""Imports in the background: told while they run, safe to repeat, whole or not at all."""

from __future__ import annotations

import io

import pytest
from django.core.files import File
from django.db import connections
from django.utils import timezone

from concord.partners.models import ProductFamily
from concord.portal.actor import portal_actor
from concord.portal.enums import Door
from concord.portal.imports import kind_of
from concord.portal.imports.runs import carry_out, start_import
from concord.portal.locking import Space
from concord.portal.models import Event, ImportRun
from concord.portal.tasks import resume_imports

pytestmark = pytest.mark.django_db(transaction=True)


def hand_in(rows: int = 1_200, **facts) -> ImportRun:
    ProductFamily.objects.get_or_create(code="connectors", defaults={"name": "Connectors"})
    text = "sku,name,family\n" + "".join(f"P-{number},Part {number},connectors\n" for number in range(rows))
    facts.setdefault("kind", "products")
    return start_import(
        actor=portal_actor(Door.SHELL), file=File(io.BytesIO(text.encode())), file_name="products.csv", **facts
    )


def seen_from_elsewhere(run: ImportRun) -> tuple[str, int, int]:
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT state, done, rows FROM portal_importrun WHERE id = %s", [run.pk])
            return cursor.fetchone()
    finally:
        other.close()


def test_progress_is_seen_while_the_work_is_still_one_open_transaction(monkeypatch):
    monkeypatch.setattr("concord.portal.imports.runs.TELL_EVERY_SECONDS", 0)
    run = hand_in()
    seen = []
    done = carry_out(run.pk, now=timezone.now(), progress=lambda _done, _rows: seen.append(seen_from_elsewhere(run)))
    # What is told shows up the next time that somebody looks.
    assert ("running", 500, 1_200) in seen
    assert seen_from_elsewhere(run) == ("done", 1_200, 1_200)
    assert done.created == 1_200


def test_a_repeated_task_does_nothing_twice():
    run = hand_in(rows=3)
    first = carry_out(run.pk, now=timezone.now())
    events = Event.objects.unscoped("counting").count()
    again = carry_out(run.pk, now=timezone.now())
    assert (first.state, again.state) == ("done", "done")
    assert again.finished_at == first.finished_at
    assert Event.objects.unscoped("counting").count() == events


def test_a_run_that_somebody_works_at_is_left_alone():
    run = hand_in(rows=3)
    other = connections["default"].copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT concord_lock(%s, %s)", [int(Space.IMPORT), run.pk])
        assert carry_out(run.pk, now=timezone.now()).state == "waiting"
        other.rollback()
    finally:
        other.close()
    assert carry_out(run.pk, now=timezone.now()).state == "done"


def test_a_run_that_broke_off_stores_nothing_and_says_so(monkeypatch):
    from concord.pricing.models import Product

    run = hand_in(rows=3)
    kind = kind_of("products")

    def breaks(loading):
        kind.load(loading)
        raise RuntimeError("the power went")

    monkeypatch.setattr("concord.portal.imports.runs.kind_of", lambda code: _with_load(kind, breaks))
    with pytest.raises(RuntimeError):
        carry_out(run.pk, now=timezone.now())
    run.refresh_from_db()
    assert (run.state, run.created) == ("failed", 0)
    assert Product.objects.count() == 0


def _with_load(kind, load):
    from dataclasses import replace

    return replace(kind, load=load)


def test_what_a_lost_worker_left_is_taken_up_again():
    run = hand_in(rows=3)
    ImportRun.objects.unscoped("making it old").filter(pk=run.pk).update(
        state="running", created_at=timezone.now() - timezone.timedelta(minutes=5)
    )
    resume_imports()
    run.refresh_from_db()
    assert (run.state, run.created) == ("done", 3)
