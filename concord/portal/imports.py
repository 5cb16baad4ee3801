"""Importing tables: one way for every kind of feed, whichever door it came through.

A package registers an ``ImportKind`` when it is ready: its columns, which of them name a row, who may import it, and
two functions. ``check`` compares the readable rows with what is stored and says what is wrong with them; ``store``
writes the good ones, set by set, and counts. ``run_import`` does the rest: it reads the file, refuses rows that
repeat an earlier one, and writes everything in one transaction, or nothing at all when a row is wrong and the caller
did not choose to take the good ones.
"""

from __future__ import annotations

import hashlib
import unicodedata
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from concord.portal.enums import Role, Visibility
from concord.portal.events import Subject, record
from concord.portal.refusals import InvalidInput, NotAllowed
from concord.portal.tabular import Column, Row, RowError, TableRefusedError, read_table
from concord.portal.tabular.encodings import BinarySource
from concord.portal.work import action

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from concord.portal.actor import Actor

#: rows done, rows in all
Progress = Callable[[int, int], None]
Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import did to what is stored."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportContext:
    """What ``check`` and ``store`` may know: who imports, when, and what was chosen with the upload."""

    actor: Actor
    now: datetime
    options: Options = field(default_factory=dict)
    progress: Progress = lambda done, total: None


Check = Callable[[Sequence[Row], ImportContext], Iterable[RowError]]
Store = Callable[[Sequence[Row], ImportContext], Counts]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportKind:
    """A kind of feed.

    ``key`` gives a row's identity: two rows of one file with the same one are a mistake. ``roles`` may import it;
    ``scope`` is what an API client needs. ``options`` are the names taken with the upload besides the file.
    """

    code: str
    label: str | _StrPromise
    columns: tuple[Column, ...]
    key: Callable[[Row], tuple[object, ...]]
    #: the column that a repeated row is reported at
    key_column: str
    roles: frozenset[Role]
    scope: str
    store: Store
    check: Check = lambda rows, context: ()
    options: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOutcome:
    """What became of a file. ``errors`` concern it as a whole; ``rejected`` are rows with their reasons."""

    kind: str
    rows: int = 0
    counts: Counts = Counts()
    errors: tuple[RowError, ...] = ()
    rejected: tuple[tuple[Row, tuple[RowError, ...]], ...] = ()
    headers: tuple[str, ...] = ()
    stored: bool = False

    @property
    def all_errors(self) -> tuple[RowError, ...]:
        """Every problem, in the order of the file."""
        return (*self.errors, *(error for _row, errors in self.rejected for error in errors))


import_kinds: dict[str, ImportKind] = {}


def register_import(kind: ImportKind) -> None:
    """Make a kind known. Called when apps are ready."""
    import_kinds[kind.code] = kind


def kind_of(code: str) -> ImportKind:
    """The kind of that name. Raises ``InvalidInput``."""
    try:
        return import_kinds[code]
    except KeyError:
        raise InvalidInput.at("/kind", "unknown_kind", _("There is no such kind of import.")) from None


def may_import(actor: Actor, kind: ImportKind) -> bool:
    """Whether the actor's role reaches, and for a system its scopes too."""
    by_scope = not actor.client_id or kind.scope in actor.scopes
    return by_scope and actor.has_role(*kind.roles)


def folded(text: object) -> str:
    """A code or name as a key: without regard to case, width and surrounding blanks."""
    return unicodedata.normalize("NFKC", str(text or "")).strip().casefold()


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
    """Read, check and store a file; say what became of each row.

    Raises ``NotAllowed`` and, for options that make no sense, whatever ``check`` and ``store`` refuse. A file that
    cannot be read, or rows that are wrong, are not exceptions but the outcome's ``errors`` and ``rejected``.
    """
    if not may_import(actor, kind):
        raise NotAllowed(_("You may not import this."), code="import")
    context = ImportContext(
        actor=actor, now=now, options=options or {}, progress=progress or (lambda _done, _total: None)
    )
    try:
        with read_table(file, columns=kind.columns) as table:
            rows = list(table)
            headers = table.headers
    except TableRefusedError as refused:
        return ImportOutcome(kind=kind.code, errors=refused.errors)
    readable = [row for row in rows if not row.errors]
    wrong: dict[int, list[RowError]] = {row.number: list(row.errors) for row in rows if row.errors}
    for error in (*_repeated(kind, readable), *kind.check(readable, context)):
        wrong.setdefault(error.row or 0, []).append(error)
    good = [row for row in readable if row.number not in wrong]
    rejected = tuple((row, tuple(wrong[row.number])) for row in rows if row.number in wrong)
    counts, stored = Counts(), False
    if not dry_run and (accept_good_rows or not rejected):
        counts = _store(actor=actor, kind=kind, rows=good, context=context, file=file, run_uuid=run_uuid)
        stored = True
    return ImportOutcome(
        kind=kind.code, rows=len(rows), counts=counts, rejected=rejected, headers=headers, stored=stored
    )


@action
def _store(
    *,
    actor: Actor,
    kind: ImportKind,
    rows: Sequence[Row],
    context: ImportContext,
    file: BinarySource,
    run_uuid: uuid.UUID | None,
) -> Counts:
    """Write the good rows in one transaction. Records ``import.stored`` with the digest of the file, for the vendor."""
    counts = kind.store(rows, context)
    if counts.created or counts.updated:
        record(
            "import.stored",
            actor=actor,
            subject=Subject("import", run_uuid or uuid.uuid4(), actor.partner_id),
            payload={
                "kind": kind.code,
                "rows": len(rows),
                "created": counts.created,
                "updated": counts.updated,
                "unchanged": counts.unchanged,
                "sha256": _digest(file),
            },
            visibility=Visibility.INTERNAL,
        )
    return counts


def _digest(file: BinarySource) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(1 << 16):
        digest.update(chunk)
    return digest.hexdigest()


def _repeated(kind: ImportKind, rows: Iterable[Row]) -> Iterable[RowError]:
    first: dict[tuple[object, ...], int] = {}
    for row in rows:
        earlier = first.setdefault(kind.key(row), row.number)
        if earlier != row.number:
            yield row.error(kind.key_column, "repeated", _("This repeats row %(row)s of the same file."), row=earlier)
