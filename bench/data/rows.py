"""COPY into a table without naming what does not matter: columns that must not be empty get the emptiest value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from psycopg import Connection, sql

_EMPTIEST: Final[Mapping[str, object]] = {
    "text": "",
    "character varying": "",
    "boolean": False,
    "smallint": 0,
    "integer": 0,
    "bigint": 0,
    "numeric": 0,
    "interval": "0",
    "timestamp with time zone": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "jsonb": "[]",
    "ARRAY": "{}",
}


def copy_rows(
    connection: Connection[Any], table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write the rows; ``uuid`` columns that are not named are made from the row's number, counted from one."""
    demanded = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s"
        " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'"
        " AND column_name <> ALL(%s) ORDER BY ordinal_position",
        [table, list(columns)],
    ).fetchall()
    more = [name for name, _kind in demanded]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, [*columns, *more]))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for number, row in enumerate(rows, start=1):
            rest = [numbered_uuid(number) if kind == "uuid" else _EMPTIEST[kind] for _name, kind in demanded]
            copy.write_row([*row, *rest])


def numbered_uuid(number: int) -> str:
    """The same number, the same id."""
    return f"00000000-0000-7000-8000-{number:012d}"
