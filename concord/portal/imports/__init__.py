"""Importing tables: one way for every kind of feed, whichever door it came through.

A package registers an ``ImportKind`` when it is ready. ``run_import`` reads the file, refuses rows that are wrong or
repeat an earlier one, and writes everything in one transaction, or nothing at all when a row is wrong and the caller
did not choose to take the good ones. ``runs`` keeps a file with its progress, for work in the background.
"""

from concord.portal.imports.counts import Counts
from concord.portal.imports.kinds import (
    Check,
    ImportContext,
    ImportKind,
    Options,
    Progress,
    Store,
    clean_options,
    folded,
    import_kinds,
    kind_of,
    kinds_open_to,
    may_import,
    register_import,
    words_of,
)
from concord.portal.imports.loading import Intake, Loading, Stage, execute, fetch
from concord.portal.imports.records import MAX_RECORDS, import_records, table_of
from concord.portal.imports.repeats import known_answer, remember
from concord.portal.imports.running import ImportOutcome, run_import

__all__ = [
    "MAX_RECORDS",
    "Check",
    "Counts",
    "ImportContext",
    "ImportKind",
    "ImportOutcome",
    "Intake",
    "Loading",
    "Options",
    "Progress",
    "Stage",
    "Store",
    "clean_options",
    "execute",
    "fetch",
    "folded",
    "import_kinds",
    "import_records",
    "kind_of",
    "kinds_open_to",
    "known_answer",
    "may_import",
    "register_import",
    "remember",
    "run_import",
    "table_of",
    "words_of",
]
