"""Carrying out one import: read, check and store a file; say what became of each row."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.imports.counts import Counts
from concord.portal.imports.kinds import ImportContext, ImportKind, Options, Progress, may_import
from concord.portal.imports.loading import Loading
from concord.portal.imports.mapping import column_lines, refused_lines, stored_form
from concord.portal.refusals import NotAllowed
from concord.portal.tabular import Limits, Row, RowError, TableRefusedError, WorkbookLimits, read_table
from concord.portal.tabular.encodings import BinarySource
from concord.portal.work import action

#: feeds that are read row by row may be large; those held in memory may not. A workbook of a million prices has 150 to
#: 250 MB of XML, read in a minute of CPU at most
LARGE = Limits(
    max_bytes=512 << 20,
    max_rows=2_000_000,
    workbook=WorkbookLimits(max_unpacked=768 << 20, seconds=120, max_output=768 << 20),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOutcome:
    """What became of a file. ``errors`` concern it as a whole; ``rejected`` are rows with their reasons.

    Of a very large number of rejected rows only the first are listed; ``rejected_rows`` counts them all.
    """

    kind: str
    rows: int = 0
    counts: Counts = field(default_factory=Counts)
    errors: tuple[RowError, ...] = ()
    rejected: tuple[tuple[Row, tuple[RowError, ...]], ...] = ()
    rejected_rows: int = 0
    headers: tuple[str, ...] = ()
    stored: bool = False
    #: what of the file becomes what, as ``mapping.stored_form`` gives it
    mapping: tuple[dict[str, Any], ...] = ()

    @property
    def all_errors(self) -> tuple[RowError, ...]:
        """Every problem, in the order of the file."""
        return (*self.errors, *(error for _row, errors in self.rejected for error in errors))


def run_import(
    kind: ImportKind,
    file: BinarySource,
    *,
    actor: Actor,
    now: datetime,
    options: Options | None = None,
    accept_good_rows: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
    run_uuid: uuid.UUID | None = None,
) -> ImportOutcome:
    """Read, check and store a file; say what became of each row. All of it is one transaction, or part of one.

    Raises ``NotAllowed`` and, for options that make no sense, whatever the kind refuses. A file that cannot be read,
    or rows that are wrong, are not exceptions but the outcome's ``errors`` and ``rejected``. With ``dry_run`` nothing
    is stored; kinds that load in sets then count what would be.
    """
    if not may_import(actor, kind):
        raise NotAllowed(_("You may not import this."), code="import")
    context = ImportContext(
        actor=actor,
        now=now,
        options=options or {},
        progress=progress or (lambda _done, _total: None),
        dry_run=dry_run,
    )
    carry_out = _load_in_sets if kind.load is not None else _all_at_once
    try:
        return carry_out(
            kind=kind,
            file=file,
            context=context,
            accept_good_rows=accept_good_rows,
            dry_run=dry_run,
            run_uuid=run_uuid or uuid.uuid4(),
        )
    except TableRefusedError as refused:
        return ImportOutcome(kind=kind.code, errors=refused.errors)


def _all_at_once(
    *,
    kind: ImportKind,
    file: BinarySource,
    context: ImportContext,
    accept_good_rows: bool,
    dry_run: bool,
    run_uuid: uuid.UUID,
) -> ImportOutcome:
    with read_table(file, columns=kind.columns) as table:
        rows = list(table)
        headers = table.headers
    readable = [row for row in rows if not row.errors]
    wrong: dict[int, list[RowError]] = {row.number: list(row.errors) for row in rows if row.errors}
    for error in (*_repeated(kind, readable), *kind.check(readable, context)):
        wrong.setdefault(error.row or 0, []).append(error)
    good = [row for row in readable if row.number not in wrong]
    rejected = tuple((row, tuple(wrong[row.number])) for row in rows if row.number in wrong)
    counts, stored = Counts(), False
    mapping: tuple[dict[str, Any], ...] = ()
    if kind.preview is not None:
        previewed = kind.preview(good, context)
        columns = column_lines(kind.columns, headers, rows)
        mapping = tuple(stored_form([*columns, *previewed.lines, *refused_lines(rejected)]))
        counts = previewed.counts if dry_run else counts
    if not dry_run and (accept_good_rows or not rejected):
        counts = _store(kind=kind, rows=good, context=context, file=file, run_uuid=run_uuid)
        stored = True
    return ImportOutcome(
        kind=kind.code,
        rows=len(rows),
        counts=counts,
        rejected=rejected,
        rejected_rows=len(rejected),
        headers=headers,
        stored=stored,
        mapping=mapping,
    )


@action
def _store(
    *, kind: ImportKind, rows: Sequence[Row], context: ImportContext, file: BinarySource, run_uuid: uuid.UUID
) -> Counts:
    """Write the good rows in one transaction. Records ``import.stored`` with the digest of the file, for the vendor."""
    assert kind.store is not None
    counts = kind.store(rows, context)
    _lines, sha256 = _measured(file)
    _tell(kind, len(rows), counts, context=context, sha256=sha256, run_uuid=run_uuid)
    return counts


@action
def _load_in_sets(
    *,
    kind: ImportKind,
    file: BinarySource,
    context: ImportContext,
    accept_good_rows: bool,
    dry_run: bool,
    run_uuid: uuid.UUID,
) -> ImportOutcome:
    """Let the kind read and store row by row, in one transaction. Records ``import.stored`` when something changed."""
    assert kind.load is not None
    lines, sha256 = _measured(file)
    with read_table(file, columns=kind.columns, limits=LARGE) as table:
        loading = Loading(
            table,
            context,
            accept_good_rows=accept_good_rows,
            dry_run=dry_run,
            expected=max(lines - 1, 0),
            sha256=sha256,
        )
        counts = kind.load(loading)
        stored = loading.may_write
        headers = table.headers
    if stored:
        _tell(kind, loading.seen - loading.rejected, counts, context=context, sha256=sha256, run_uuid=run_uuid)
    return ImportOutcome(
        kind=kind.code,
        rows=loading.seen,
        counts=counts if stored or dry_run else Counts(),
        rejected=tuple(_rejected_rows(kind, file, loading.reasons)),
        rejected_rows=loading.rejected,
        headers=headers,
        stored=stored,
    )


def _rejected_rows(
    kind: ImportKind, file: BinarySource, reasons: Mapping[int, list[RowError]]
) -> Iterable[tuple[Row, tuple[RowError, ...]]]:
    """The rejected rows as they stand in the file: it is read a second time, so that good rows are never kept."""
    if not reasons:
        return
    left = set(reasons)
    with read_table(file, columns=kind.columns, limits=LARGE) as table:
        for row in table:
            if row.number in left:
                yield row, tuple(reasons[row.number])
                left.discard(row.number)
                if not left:
                    return


def _tell(
    kind: ImportKind, rows: int, counts: Counts, *, context: ImportContext, sha256: str, run_uuid: uuid.UUID
) -> None:
    if not (counts.created or counts.updated):
        return
    record(
        "import.stored",
        actor=context.actor,
        subject=Subject("import", run_uuid, context.actor.partner_id),
        payload={
            "kind": kind.code,
            "rows": rows,
            "created": counts.created,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "sha256": sha256,
        },
        visibility=Visibility.INTERNAL,
    )


def _measured(file: BinarySource) -> tuple[int, str]:
    """How many lines a text file has, for telling how far the work is (0: a workbook), and the digest of any."""
    file.seek(0)
    digest = hashlib.sha256()
    lines, is_workbook = 0, None
    while chunk := file.read(1 << 20):
        if is_workbook is None:
            is_workbook = chunk.startswith(b"PK")
        digest.update(chunk)
        lines += 0 if is_workbook else chunk.count(b"\n")
    return lines, digest.hexdigest()


def _repeated(kind: ImportKind, rows: Iterable[Row]) -> Iterable[RowError]:
    first: dict[tuple[object, ...], int] = {}
    for row in rows:
        earlier = first.setdefault(kind.key(row), row.number)
        if earlier != row.number:
            yield row.error(kind.key_column, "repeated", _("This repeats row %(row)s of the same file."), row=earlier)
