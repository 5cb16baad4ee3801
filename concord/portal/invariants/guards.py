"""The floor's own rules: constraints and triggers are there and in force, the history is whole, imports add up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.apps import apps
from django.db import connection
from django.utils.translation import gettext_lazy as _

from concord.portal.events.chain import verify_all
from concord.portal.invariants.kinds import Invariant, Violation, by_statement, register_invariant
from concord.portal.models import ImportRun

_CONSTRAINTS = "SELECT conname FROM pg_constraint WHERE convalidated AND connamespace = 'public'::regnamespace"
_INDEXES = """
SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
WHERE i.indisvalid AND c.relnamespace = 'public'::regnamespace
"""
_TRIGGERS = """
SELECT c.relname || ' ' || t.tgname, t.tgenabled = 'O' FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
"""
_IMPORTS = """
SELECT format('import %%s', r.uuid) FROM portal_importrun r
WHERE (r.state = ANY(%(over)s)) <> (r.finished_at IS NOT NULL)
   OR (r.state = ANY(%(over)s) AND r.done > r.rows)
"""
_IMPORT_MARKS = """
SELECT format('%%s %%s', kind, subject) FROM portal_importmark GROUP BY kind, subject HAVING count(*) > 1
"""
#: triggers that must stand beside the constraints of the models, each after its table; packages add theirs
guarding_triggers: set[str] = {
    "portal_event event_chained",
    "portal_event event_append_only",
    "portal_eventposition event_position_append_only",
}


def register() -> None:
    """Make the floor's rules known. Called when the apps are ready."""
    register_invariant(Invariant("guards", _("Every constraint and trigger is in force"), _guards_gone))
    register_invariant(Invariant("history", _("Every history is whole"), _history_broken))
    register_invariant(
        by_statement(
            "imports",
            _("Every import that is over says when, and none took more rows than it read"),
            _IMPORTS,
            "does not add up",
            {"over": [ImportRun.State.DONE, ImportRun.State.FAILED]},
        )
    )
    register_invariant(
        by_statement(
            "import_marks",
            _("Each kind and subject has one last large file"),
            _IMPORT_MARKS,
            "is remembered twice",
        )
    )


def _guards_gone(_now: datetime) -> Iterable[Violation]:
    there = _names(_CONSTRAINTS) | _names(_INDEXES)
    for model in apps.get_models():
        if not model.__module__.startswith("concord.") or not model._meta.managed:
            continue
        for constraint in model._meta.constraints:
            if constraint.name not in there:
                yield Violation("guards", f"{model._meta.db_table} {constraint.name}", "constraint missing")
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS)
        triggers = dict(cursor.fetchall())
    for trigger in sorted(guarding_triggers - triggers.keys()):
        yield Violation("guards", trigger, "trigger missing")
    for trigger in sorted(name for name, is_on in triggers.items() if not is_on):
        yield Violation("guards", trigger, "trigger switched off")


def _history_broken(_now: datetime) -> Iterable[Violation]:
    for finding in verify_all():
        subject = f"{finding.subject_type} {finding.subject_uuid or ''} #{finding.sequence}"
        yield Violation("history", subject, finding.what)


def _names(statement: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {name for (name,) in cursor.fetchall()}
