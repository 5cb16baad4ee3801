"""What can be imported: each package registers its kinds of feed when it is ready.

A kind has columns, says which of them name a row and who may import it, and how rows become stored: small feeds give
``check`` and ``store``, which are handed all rows at once; large ones give ``load``, which reads them as they come.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from concord.portal.enums import Role
from concord.portal.imports.counts import Counts
from concord.portal.imports.mapping import Previewed, Words
from concord.portal.refusals import InvalidInput
from concord.portal.tabular import Column, Row, RowError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from concord.portal.actor import Actor
    from concord.portal.imports.loading import Loading

#: rows done, rows in all (0: not known yet)
Progress = Callable[[int, int], None]
Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportContext:
    """What ``check`` and ``store`` may know: who imports, when, and what was chosen with the upload."""

    actor: Actor
    now: datetime
    options: Options = field(default_factory=dict)
    progress: Progress = lambda done, total: None
    #: whether this only says what would happen
    dry_run: bool = False


Check = Callable[[Sequence[Row], ImportContext], Iterable[RowError]]
Store = Callable[[Sequence[Row], ImportContext], Counts]
Preview = Callable[[Sequence[Row], ImportContext], Previewed]


def _no_key(row: Row) -> tuple[object, ...]:
    return (row.number,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportKind:
    """A kind of feed.

    ``key`` gives a row's identity: two rows of one file with the same one are a mistake. ``roles`` may import it;
    ``scope`` is what an API client needs. ``options`` are the names taken with the upload besides the file, and
    ``clean_options`` refuses (``InvalidInput``) those that make no sense before a file is accepted. Either ``store``
    or ``load`` is given; a kind with ``load`` finds repeated rows itself. ``preview`` says beforehand what of the good
    rows becomes what, with ``words`` for the codes that it uses (see ``mapping``); ``option_help`` says what options
    mean.
    """

    code: str
    label: str | _StrPromise
    columns: tuple[Column, ...]
    roles: frozenset[Role]
    scope: str
    key: Callable[[Row], tuple[object, ...]] = _no_key
    #: the column that a repeated row is reported at
    key_column: str = ""
    check: Check = lambda rows, context: ()
    store: Store | None = None
    load: Callable[[Loading], Counts] | None = None
    preview: Preview | None = None
    words: Words = field(default_factory=dict)
    options: Collection[str] = ()
    #: what each option means, for whoever hands a file in
    option_help: Mapping[str, str | _StrPromise] = field(default_factory=dict)
    clean_options: Callable[[Actor, Options], dict[str, Any]] = lambda actor, options: dict(options)


import_kinds: dict[str, ImportKind] = {}


def words_of(code: str) -> Words:
    """What a kind calls the parts and values of its mapping; nothing for one that is not there any more."""
    return import_kinds[code].words if code in import_kinds else {}


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


def kinds_open_to(actor: Actor) -> list[str]:
    """The codes of the kinds that the actor may import."""
    return [code for code, kind in import_kinds.items() if may_import(actor, kind)]


def clean_options(kind: ImportKind, actor: Actor, options: Options) -> dict[str, Any]:
    """The options as the kind takes them. Raises ``InvalidInput`` for unknown ones and for those it refuses."""
    for name in options:
        if name not in kind.options:
            raise InvalidInput.at(f"/options/{name}", "unknown_option", _("There is no such option for this import."))
    return kind.clean_options(actor, options)


def folded(text: object) -> str:
    """A code or name as a key: without regard to case, width and surrounding blanks."""
    return unicodedata.normalize("NFKC", str(text or "")).strip().casefold()
