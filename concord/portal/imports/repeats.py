"""The same file once more: nothing is read again when it changed nothing but what still stands there unchanged.

After a large feed without a rejected row its fingerprint is kept, beside a fingerprint of what is stored since. Only
where both are the same again is the answer known: every row as it was, nothing to do. Whoever touched the rows
meanwhile, through whichever door, changed the second one, and the file is read like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from concord.portal.imports.loading import Loading
from concord.portal.models import ImportMark

#: rows from which remembering is worth its price: fewer are read as fast as compared
WORTH: Final = 10_000
#: raised whenever the same file would be read as something else
READING: Final = 1


def known_answer(loading: Loading, *, kind: str, subject: str, state: Callable[[], str]) -> Mapping[str, Any] | None:
    """What was ``remember``ed of exactly this file, if what is stored is as it was then; else nothing.

    ``state`` is the fingerprint of what is stored now, asked only if the file is a known one. Call it under the lock
    under which the file would be compared. The rows then count as read.
    """
    mark = ImportMark.objects.filter(kind=kind, subject=subject, file=_file(loading)).first()
    if mark is None or mark.state != state():
        return None
    loading.skip_all(mark.rows)
    told: Mapping[str, Any] = mark.told
    return told


def remember(loading: Loading, *, kind: str, subject: str, state: Callable[[], str], told: Mapping[str, Any]) -> None:
    """Keep what the same file would come to if it came again: the last file of each subject, in this transaction.

    Only of large files whose rows were all taken and stored.
    """
    if loading.seen < WORTH or loading.rejected or not loading.may_write:
        return
    ImportMark.objects.update_or_create(
        kind=kind,
        subject=subject,
        defaults={"file": _file(loading), "state": state(), "rows": loading.seen, "told": dict(told)},
    )


def _file(loading: Loading) -> str:
    return f"{READING}:{loading.sha256}"
