"""Large feeds: rows pass through once, into a staging table, and are compared and stored set by set.

Nothing here grows with the number of good rows; only rejections are kept, and of those the reasons of at most
``KEPT_REASONS`` rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

from concord.portal.imports.kinds import ImportContext
from concord.portal.tabular import Message, Row, RowError, Table

KEPT_REASONS = 20_000
REPORT_EVERY = 500


class Intake:
    """Rows on their way in: who sends them, which were turned away and why, and whether the good ones go in."""

    def __init__(self, context: ImportContext, *, accept_good_rows: bool, dry_run: bool = False) -> None:
        self.context = context
        self.reasons: dict[int, list[RowError]] = {}
        self._accept = accept_good_rows
        self._dry_run = dry_run
        self._rejected: set[int] = set()

    @property
    def rejected(self) -> int:
        """How many rows were rejected so far."""
        return len(self._rejected)

    @property
    def rejected_rows(self) -> list[int]:
        """The numbers of the rejected rows, in order."""
        return sorted(self._rejected)

    @property
    def takes_good_rows(self) -> bool:
        """Whether good rows go in beside rejected ones; otherwise the whole feed waits for its correction."""
        return self._accept

    @property
    def may_write(self) -> bool:
        """Whether the good rows go in. Ask after the last rejection."""
        return not self._dry_run and (self._accept or not self._rejected)

    def reject(self, *errors: RowError) -> None:
        """Turn rows away, each with its reason."""
        for error in errors:
            number = error.row or 0
            self._rejected.add(number)
            if number in self.reasons or len(self.reasons) < KEPT_REASONS:
                self.reasons.setdefault(number, []).append(error)

    def reject_found(self, found: Iterable[tuple[int, str]], column: str, code: str, text: object) -> None:
        """Turn away rows that a statement found: ``(row number, value shown in the reason)``."""
        for number, value in found:
            message = Message(text, value=value)
            self.reject(RowError(row=number, column=column, code=code, message=message, value=str(value)[:80]))


class Loading(Intake):
    """One file on its way in. ``load`` of a kind iterates ``rows()``, rejects what it finds wrong, and asks
    ``may_write`` before it stores anything.
    """

    def __init__(
        self,
        table: Table,
        context: ImportContext,
        *,
        accept_good_rows: bool,
        dry_run: bool,
        expected: int,
        sha256: str,
    ) -> None:
        super().__init__(context, accept_good_rows=accept_good_rows, dry_run=dry_run)
        self.headers = table.headers
        self.sha256 = sha256
        self.seen = 0
        self._table = table
        self._expected = expected

    @property
    def given(self) -> frozenset[str]:
        """The columns that the file has; of others nothing is to be changed."""
        return self._table.given

    def skip_all(self, rows: int) -> None:
        """The file need not be read: so many rows are known to say nothing new."""
        self.seen = rows
        self.context.progress(rows, rows)

    def rows(self, unreadable: Callable[[Mapping[str, Any]], None] | None = None) -> Iterator[Row]:
        """The readable rows, once; the others are rejected on the way, and what could be read of them handed over."""
        for row in self._table:
            self.seen += 1
            if self.seen % REPORT_EVERY == 0:
                self.context.progress(self.seen, max(self._expected, self.seen))
            if row.errors:
                self.reject(*row.errors)
                if unreadable is not None:
                    unreadable(row.values)
            else:
                yield row


class Stage:
    """A temporary table of this transaction, filled by COPY. The first column is ``row``, the number in the file."""

    def __init__(self, name: str, columns: Mapping[str, str]) -> None:
        self.name = name
        self._columns = ("row", *columns)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(sql.Identifier(name)))
            cursor.execute(
                sql.SQL("CREATE TEMP TABLE {} (row integer NOT NULL, {}) ON COMMIT DROP").format(
                    sql.Identifier(name),
                    sql.SQL(", ").join(
                        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind))
                        for column, kind in columns.items()
                    ),
                )
            )

    def fill(self, rows: Iterable[Sequence[Any]], *, columns: Sequence[str] | None = None) -> None:
        """Copy rows in, and let the planner know what came."""
        names = sql.SQL(", ").join(map(sql.Identifier, columns or self._columns))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(self.name), names)
        with connection.cursor() as cursor:
            with cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(self.name)))


def fetch(statement: str, values: Mapping[str, Any] | None = None) -> list[Any]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def execute(statement: str, values: Mapping[str, Any] | None = None) -> int:
    """Run a statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


__all__ = ["KEPT_REASONS", "Intake", "Loading", "Stage", "execute", "fetch"]
