"""Imports that are kept: the file, who sent it, how far it is, what it did, and the rows that were turned away.

A run is carried out by a background task that knows its number alone. It is safe to repeat: a second one finds the
run finished, or another worker at it, or does again what the crash undid.
"""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import structlog
from django.core.files.base import ContentFile, File
from django.db import connections
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.portal.actor import Actor, actor_for_user, portal_actor, stranger
from concord.portal.enums import Door, Visibility
from concord.portal.events import Subject, record
from concord.portal.imports.kinds import ImportKind, Progress, clean_options, kind_of, may_import
from concord.portal.imports.running import ImportOutcome, run_import
from concord.portal.locking import Space, try_lock
from concord.portal.models import ImportRun
from concord.portal.refusals import InvalidInput, NotAllowed, Refusal
from concord.portal.tabular import Row, write_rejected_rows
from concord.portal.work import action, set_lock_timeout, unit_of_work

logger = structlog.get_logger(__name__)

State = ImportRun.State
FINAL = frozenset({State.DONE, State.FAILED})
#: a large feed may wait for another one of its kind
LOCK_TIMEOUT_MS = 60_000
TELL_EVERY_SECONDS = 0.5


@action
def start_import(
    *,
    actor: Actor,
    kind: str,
    file: File[bytes],
    file_name: str,
    options: Mapping[str, Any] | None = None,
    dry_run: bool = False,
    accept_good_rows: bool = False,
) -> ImportRun:
    """Keep a file to be imported in the background.

    Checks that the actor may import this kind and that the options make sense. Writes the run with its file and
    records ``import.requested``; a consumer starts the task. Raises ``NotAllowed`` and ``InvalidInput``.
    """
    wanted = kind_of(kind)
    if not may_import(actor, wanted):
        raise NotAllowed(_("You may not import this."), code="import")
    run = ImportRun(
        kind=wanted.code,
        dry_run=dry_run,
        accept_good_rows=accept_good_rows,
        options={**clean_options(wanted, actor, options or {}), "_by": _signature(actor)},
        file_name=file_name[-255:],
        started_by_id=actor.user_id,
        partner_id=actor.partner_id,
    )
    run.file.save(f"{wanted.code}.table", file, save=False)
    run.save()
    record(
        "import.requested",
        actor=actor,
        subject=Subject("import", run.uuid, actor.partner_id),
        payload={"run": run.pk, "kind": run.kind, "file": run.file_name, "dry_run": dry_run},
        visibility=Visibility.INTERNAL,
    )
    return run


def carry_out(run_id: int, *, now: datetime, progress: Progress | None = None) -> ImportRun:
    """Do the work of a run, once; returns it as it stands then.

    The rows and the run's result are one transaction; progress is told through a connection of its own meanwhile.
    """
    run = ImportRun.objects.unscoped("the background carries out everybody's imports").get(pk=run_id)
    if run.state in FINAL:
        return run
    with translation.override(run.options.get("_by", {}).get("language") or "en"):
        try:
            with unit_of_work():
                if not try_lock(Space.IMPORT, run.pk):
                    return run
                run.refresh_from_db(fields=["state"])
                if run.state not in FINAL:
                    set_lock_timeout(LOCK_TIMEOUT_MS)
                    _work(run, now=now, progress=progress)
        except Refusal as refusal:
            _fail(run, _sentence(refusal), now=now)
        except Exception:
            _fail(run, _("The import broke off because of an error. Nothing was stored."), now=now)
            raise
    return run


def _work(run: ImportRun, *, now: datetime, progress: Progress | None) -> None:
    kind = kind_of(run.kind)
    with _Reporter(run, progress) as tell, run.file.open("rb") as file:
        outcome = run_import(
            kind,
            file,
            actor=_actor_of(run),
            # What a feed leaves out counts from when it was sent, so that a repeated task stores the same.
            now=run.created_at,
            options={name: value for name, value in run.options.items() if not name.startswith("_")},
            accept_good_rows=run.accept_good_rows,
            dry_run=run.dry_run,
            progress=tell,
            run_uuid=run.uuid,
        )
    _keep(run, kind, outcome, now=now)


def _keep(run: ImportRun, kind: ImportKind, outcome: ImportOutcome, *, now: datetime) -> None:
    refused = bool(outcome.errors) or (bool(outcome.rejected_rows) and not outcome.stored and not run.dry_run)
    run.state = State.FAILED if refused else State.DONE
    run.rows = run.done = outcome.rows
    run.created, run.updated, run.unchanged = (
        outcome.counts.created,
        outcome.counts.updated,
        outcome.counts.unchanged,
    )
    run.rejected = outcome.rejected_rows
    run.mapping = list(outcome.mapping)
    run.finished_at = now
    run.message = _summary(run, outcome)[:500]
    if outcome.all_errors:
        run.rejections.save(f"{kind.code}-rejected.csv", ContentFile(_rejections(outcome)), save=False)
    run.save()


def _summary(run: ImportRun, outcome: ImportOutcome) -> str:
    if outcome.errors:
        return str(outcome.errors[0].message)
    if outcome.rejected_rows and not outcome.stored and not run.dry_run:
        return ngettext(
            "Nothing was stored, because %(count)s row is wrong. Correct it, or choose to take the good rows.",
            "Nothing was stored, because %(count)s rows are wrong. Correct them, or choose to take the good rows.",
            outcome.rejected_rows,
        ) % {"count": outcome.rejected_rows}
    return outcome.counts.note


def _rejections(outcome: ImportOutcome) -> bytes:
    target = io.BytesIO()
    of_file = [(Row(error.row or 0, {}, (), (), {}), (error,)) for error in outcome.errors]
    write_rejected_rows(target, headers=outcome.headers, rejected=[*of_file, *outcome.rejected])
    return target.getvalue()


def _fail(run: ImportRun, message: str, *, now: datetime) -> None:
    with unit_of_work():
        run.state, run.message, run.finished_at = State.FAILED, message[:500], now
        run.save(update_fields=["state", "message", "finished_at"])


def _sentence(refusal: Refusal) -> str:
    reasons = [str(error.message) for error in refusal.errors] if isinstance(refusal, InvalidInput) else []
    return " ".join(reasons) or str(refusal)


def _signature(actor: Actor) -> dict[str, Any]:
    return {
        "portal": actor.is_portal,
        "name": actor.name,
        "client": actor.client_id,
        "scopes": sorted(actor.scopes),
        "language": translation.get_language() or "en",
    }


def _actor_of(run: ImportRun) -> Actor:
    """Who sent the file, with the rights of today: a person who left in the meantime imports nothing any more."""
    by = run.options.get("_by", {})
    if by.get("portal"):
        return portal_actor(Door.IMPORT)
    if run.started_by is None:
        return stranger(Door.IMPORT)
    actor = actor_for_user(run.started_by, Door.IMPORT)
    return Actor(
        door=Door.IMPORT,
        roles=actor.roles,
        user_id=actor.user_id,
        partner_id=actor.partner_id,
        client_id=by.get("client", ""),
        name=by.get("name") or actor.name,
        scopes=frozenset(by.get("scopes", ())),
        is_superuser=actor.is_superuser,
    )


class _Reporter:
    """Tells how far a run is, outside the transaction that does the work, at most twice a second."""

    def __init__(self, run: ImportRun, also: Progress | None) -> None:
        self._run = run
        self._also = also
        self._told = 0.0
        # The same database, another session: what it commits can be read while the work is still open.
        self._connection = connections["default"].copy()

    def __enter__(self) -> Self:
        self(0, 0)
        return self

    def __call__(self, done: int, total: int) -> None:
        if self._also is not None:
            self._also(done, total)
        if time.monotonic() - self._told < TELL_EVERY_SECONDS:
            return
        self._told = time.monotonic()
        with self._connection.cursor() as cursor:
            cursor.execute(
                "UPDATE portal_importrun SET state = %s, done = %s, rows = %s WHERE id = %s AND state = ANY(%s)",
                [State.RUNNING, done, total, self._run.pk, [State.WAITING, State.RUNNING]],
            )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
