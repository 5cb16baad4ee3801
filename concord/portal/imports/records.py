"""Rows that come as JSON: made a table, so that they pass the same columns and checks as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from concord.portal.actor import Actor
from concord.portal.imports.kinds import ImportKind, Options, clean_options
from concord.portal.imports.running import ImportOutcome, run_import
from concord.portal.refusals import FieldError, InvalidInput

#: the header stands in row 1, so the first record is row 2
FIRST_ROW = 2
MAX_RECORDS = 10_000
MAX_ERRORS = 200


def table_of(records: object, *, limit: int = MAX_RECORDS) -> bytes:
    """The records as CSV. Raises ``InvalidInput`` for what is not a list of flat objects, or too long a one."""
    if not isinstance(records, Sequence) or isinstance(records, str | bytes) or not records:
        raise InvalidInput.at("", "not_a_list", _("Send a list of objects, at least one."))
    if len(records) > limit:
        raise InvalidInput.at("", "too_many", _("Send at most %(limit)s at once.") % {"limit": limit})
    columns: dict[str, None] = {}
    for index, record in enumerate(records):
        if not isinstance(record, Mapping):
            raise InvalidInput.at(f"/{index}", "not_an_object", _("This is not an object."))
        columns.update(dict.fromkeys(map(str, record)))
    target = io.StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    for index, record in enumerate(records):
        writer.writerow([_cell(record.get(name), f"/{index}/{name}") for name in columns])
    return target.getvalue().encode()


def import_records(
    kind: ImportKind, records: object, *, actor: Actor, now: datetime, options: Options | None = None
) -> ImportOutcome:
    """Import records at once, all or none. Raises ``InvalidInput`` that names each wrong value by its pointer."""
    outcome = run_import(
        kind, io.BytesIO(table_of(records)), actor=actor, now=now, options=clean_options(kind, actor, options or {})
    )
    if outcome.all_errors:
        raise InvalidInput(
            [
                FieldError(_pointer(error.row, error.column), error.code, str(error.message))
                for error in outcome.all_errors[:MAX_ERRORS]
            ]
        )
    return outcome


def _pointer(row: int | None, column: str) -> str:
    place = f"/{row - FIRST_ROW}" if row is not None and row >= FIRST_ROW else ""
    return f"{place}/{column}" if column else place


def _cell(value: Any, pointer: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "|".join(value)
    raise InvalidInput.at(pointer, "not_a_value", _("A text, a number, true or false is needed here."))
