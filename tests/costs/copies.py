"""Many rows of everything: each row of the world is copied, whatever it is, so that every list becomes long.

Nothing is known here of any single table. Copies keep what their original hangs on; text that is unique gets a number
behind it, a one-to-one row goes to the copy of what its original hangs on. Rules of the database that no copy can
follow are taken away first: this is for counting statements, and all of it is rolled back.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField, DateRangeField, DateTimeRangeField
from django.db import connection, models
from psycopg import sql

_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
#: by kind of column; the first that fits counts
_BEGINNINGS: dict[type[models.Field[Any, Any]], Any] = {
    models.UUIDField: uuid.UUID(int=1),
    models.BooleanField: True,
    models.DecimalField: Decimal(1),
    models.FloatField: 1.0,
    models.IntegerField: 1,
    models.DurationField: timedelta(days=1),
    models.DateTimeField: _MOMENT,
    models.DateField: _MOMENT.date(),
    models.JSONField: {},
    models.BinaryField: b"x",
    models.FileField: "",
    DateTimeRangeField: (_MOMENT, None),
    DateRangeField: (_MOMENT.date(), None),
    ArrayField: [],
}

#: of which there is one, whose numbers have to run without a gap, or that tell of a file which has to be there
_NOT_COPIED = {
    "portal.brandsettings",
    "portal.event",
    "portal.eventposition",
    "deals.programmesettings",
    "partners.partner_application",
    "pricing.latestamp",
}


def forget_rules() -> None:
    """Take away triggers, checks, and the unique and exclusion constraints that nothing refers to."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "SELECT c.conrelid::regclass::text, c.conname FROM pg_constraint c"
            " WHERE c.contype IN ('u', 'x', 'c') AND c.conrelid > 0 AND c.connamespace = 'public'::regnamespace"
            " AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = c.conindid)"
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(
            "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid"
            " WHERE i.indisunique AND NOT i.indisprimary AND t.relnamespace = 'public'::regnamespace"
            " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)"
        )
        for (index,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {index}")


def fill_empty() -> None:
    """Have a row of everything: where the world has none, one of the values that its table begins with."""
    for model in _copied_models():
        rows = model._base_manager.all()
        if not rows.exists():
            values = {one.name: _beginning(one) for one in model._meta.concrete_fields if _is_given(one)}
            model._base_manager.bulk_create([model(**values)])


def _is_given(one: models.Field[Any, Any]) -> bool:
    return not (one.primary_key or one.generated or one.has_default() or one.has_db_default())


def _beginning(one: models.Field[Any, Any]) -> Any:
    if isinstance(one, models.ForeignKey):
        return one.related_model._base_manager.order_by("pk").first()
    if one.choices:
        return one.choices[0][0]
    for kind, value in _BEGINNINGS.items():
        if isinstance(one, kind):
            return value
    return None if one.null else "x"


@dataclass
class Copies:
    """The originals of every table, as they were at first, and how many copies there are of each."""

    _rows: dict[type[models.Model], list[dict[str, Any]]] = field(default_factory=dict)
    _unique_text: dict[type[models.Model], set[str]] = field(default_factory=dict)
    _new: dict[tuple[str, Any, int], Any] = field(default_factory=dict)
    number: int = 0

    def __post_init__(self) -> None:
        for model in _copied_models():
            self._unique_text[model] = set(_unique_texts(model))
        forget_rules()
        fill_empty()
        with connection.cursor() as cursor:
            for model in self._unique_text:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
                names = [one.name for one in cursor.description or ()]
                self._rows[model] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def grow(self, number: int) -> None:
        """Have so many copies of every row."""
        for turn in range(self.number + 1, number + 1):
            for model, rows in self._rows.items():
                for row in rows:
                    self._copy(model, row, turn)
        self.number = number

    def _copy(self, model: type[models.Model], row: dict[str, Any], turn: int) -> None:
        copy, key = dict(row), model._meta.pk.column
        del copy[key]
        for one in model._meta.concrete_fields:
            if one.column in _generated(model):
                copy.pop(one.column, None)
            elif isinstance(one, models.UUIDField) and one.unique:
                copy[one.column] = uuid.uuid4()
            elif one.column in self._unique_text[model] and row[one.column]:
                copy[one.column] = f"{row[one.column][: (one.max_length or 99) - 4]}-{turn}"
            elif isinstance(one, models.OneToOneField) and row[one.column] is not None:
                known = (one.related_model._meta.label_lower, row[one.column], turn)
                copy[one.column] = self._new.get(known, row[one.column])
        if isinstance(model._meta.pk, models.UUIDField):
            copy[key] = uuid.uuid4()
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}").format(
            sql.Identifier(model._meta.db_table),
            sql.SQL(", ").join(map(sql.Identifier, copy)),
            sql.SQL(", ").join(sql.Placeholder() * len(copy)),
            sql.Identifier(key),
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, list(copy.values()))
            self._new[model._meta.label_lower, row[key], turn] = cursor.fetchone()[0]


def _copied_models() -> list[type[models.Model]]:
    """Tables of the six packages with keys of their own; what a one-to-one row hangs on comes first."""
    found: list[type[models.Model]] = []

    def add(model: type[models.Model]) -> None:
        if model in found or model._meta.label_lower in _NOT_COPIED or not _has_own_key(model):
            return
        for one in model._meta.concrete_fields:
            target = one.related_model if isinstance(one, models.OneToOneField) else model
            if target is not model and target.__module__.startswith("concord."):
                add(target)
        found.append(model)

    for model in apps.get_models():
        if model.__module__.startswith("concord.") and model._meta.managed and not model._meta.proxy:
            add(model)
    return found


def _has_own_key(model: type[models.Model]) -> bool:
    return isinstance(model._meta.pk, models.AutoField | models.BigAutoField | models.UUIDField)


def _unique_texts(model: type[models.Model]) -> Iterator[str]:
    """Columns of text that stand in anything unique; the first text of each is enough to tell copies apart."""
    texts = {
        one.name: one.column
        for one in model._meta.concrete_fields
        if isinstance(one, models.CharField) and (one.max_length or 99) > 12  # a currency or a country is no name
    }
    for one in model._meta.concrete_fields:
        if one.unique and one.name in texts and not one.choices:
            yield one.column
    for constraint in model._meta.total_unique_constraints:
        plain = [name for name in constraint.fields if name in texts and not model._meta.get_field(name).choices]
        if plain:
            yield texts[plain[0]]


def _generated(model: type[models.Model]) -> set[str]:
    return {one.column for one in model._meta.concrete_fields if one.generated}
