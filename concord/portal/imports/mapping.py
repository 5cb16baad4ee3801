"""What of a file becomes what: said before anything is stored, and kept with the run.

Lines hold codes and values of the file; sentences are made where they are shown, in the language of whoever reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import IO, TYPE_CHECKING, Any, Final, cast

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from concord.portal.imports.counts import Counts
from concord.portal.tabular import Column, Row, RowError, write_csv

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: lines kept of one part; the rest are counted together
KEPT: Final = 500
#: characters of a value that are kept
_LONGEST: Final = 120

Words = Mapping[str, "str | _StrPromise"]


class How(models.TextChoices):
    """What happens to a value of the file."""

    TAKEN = "taken", _("taken as it is")
    MAPPED = "mapped", _("mapped")
    GUESSED = "guessed", _("guessed")
    FILLED = "filled", _("filled in")
    MADE = "made", _("newly written")
    DROPPED = "dropped", _("not taken over")
    REFUSED = "refused", _("refused")


@dataclass(frozen=True, slots=True)
class MappingLine:
    """One value of the file, what it becomes, how, and in how many rows.

    ``part`` says what the value is (`column`, or a code that the kind has words for); ``note`` is a code of the kind's.
    """

    part: str
    theirs: str
    ours: str
    how: How
    rows: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Previewed:
    """What a kind says of good rows before they are stored: the mapping, and what would be new, changed, unchanged."""

    lines: Sequence[MappingLine]
    counts: Counts


@dataclass(frozen=True, slots=True)
class Described:
    """A line as people read it."""

    part: str
    theirs: str
    ours: str
    how: str
    how_label: str
    rows: int
    note: str


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one part, and how many more there are than are shown."""

    label: str
    lines: tuple[Described, ...]
    more: int


def column_lines(columns: Sequence[Column], headers: Sequence[str], rows: Sequence[Row]) -> list[MappingLine]:
    """Which column of the file is which of the kind's, and in how many rows it says something."""
    if not rows:
        return []
    by_position = {position: name for name, position in rows[0].positions.items()}
    filled = Counter(at for row in rows for at, cell in enumerate(row.cells) if cell.strip())
    lines = []
    for at, header in enumerate(headers):
        name = by_position.get(at, "")
        how = How.DROPPED if not name else How.TAKEN if name == header.strip().casefold() else How.MAPPED
        lines.append(MappingLine("column", header, name, how, filled[at]))
    missing = [column.name for column in columns if column.name not in rows[0].positions]
    return lines + [MappingLine("column", "", name, How.FILLED, len(rows), f"without_{name}") for name in missing]


def refused_lines(rejected: Iterable[tuple[Row, Sequence[RowError]]]) -> list[MappingLine]:
    """The values that rows are turned away for; the reasons stand with the rejected rows."""
    counted = Counter((error.column, error.value) for _row, errors in rejected for error in errors)
    return [MappingLine("refused", value, column, How.REFUSED, rows) for (column, value), rows in counted.most_common()]


def stored_form(lines: Iterable[MappingLine]) -> list[dict[str, Any]]:
    """The lines as JSON, parts together in the order in which they begin, each cut to ``KEPT`` lines."""
    parts: dict[str, list[MappingLine]] = {}
    for line in lines:
        parts.setdefault(line.part, []).append(line)
    kept: list[dict[str, Any]] = []
    for part, own in parts.items():
        kept += [
            {**asdict(line), "theirs": line.theirs[:_LONGEST], "ours": line.ours[:_LONGEST], "how": line.how.value}
            for line in own[:KEPT]
        ]
        if len(own) > KEPT:
            rest = own[KEPT:]
            kept.append({"part": part, "more": len(rest), "rows": sum(line.rows for line in rest)})
    return kept


_WORDS: Final[Words] = {
    "part:column": _("Columns"),
    "part:refused": _("Refused values"),
}


def described(stored: Iterable[Mapping[str, Any]], words: Words) -> list[Described]:
    """The stored lines in the active language. ``words`` are the kind's: `part:stage`, `stage:won`, `note:no_dates`."""
    known = {**_WORDS, **words}

    def say(key: str, otherwise: str) -> str:
        return str(known.get(key, otherwise))

    found = []
    for line in stored:
        part = say(f"part:{line['part']}", line["part"])
        if "more" in line:
            text = ngettext("%(n)d more", "%(n)d more", line["more"]) % {"n": line["more"]}
            found.append(Described(part, text, "", "", "", line["rows"], ""))
            continue
        ours = say(f"{line['part']}:{line['ours']}", line["ours"])
        how = How(line["how"])
        note = say(f"note:{line['note']}", "") if line["note"] else ""
        theirs = say(f"theirs:{line['theirs']}", line["theirs"]) if line["part"] == "quirk" else line["theirs"]
        found.append(Described(part, theirs, ours, how.value, str(how.label), line["rows"], note))
    return found


def in_parts(lines: Sequence[Described], *, shown: int) -> list[Part]:
    """The lines by part, the first ``shown`` of each."""
    parts = []
    for label, group in groupby(lines, key=lambda line: line.part):
        own = tuple(group)
        parts.append(Part(label, own[:shown], max(len(own) - shown, 0)))
    return parts


def write_report(file: IO[bytes], stored: Iterable[Mapping[str, Any]], words: Words) -> None:
    """The report file: every line kept, as CSV in the active language."""
    header, rows = as_table(described(stored, words))
    write_csv(file, headers=header, rows=rows)


def as_table(lines: Iterable[Described]) -> tuple[list[str], list[list[Any]]]:
    """Header and rows of the report file, in the active language."""
    header = [_("Part"), _("In the file"), _("Here"), _("What happens"), _("Rows"), _("Note")]
    rows = [[line.part, line.theirs, line.ours, line.how_label, line.rows, line.note] for line in lines]
    return [str(one) for one in header], cast("list[list[Any]]", rows)
