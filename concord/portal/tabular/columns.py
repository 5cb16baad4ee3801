"""The columns a table may have, and how each reads a cell.

    COLUMNS = (
        TextColumn("sku", required=True, max_length=64, aliases=("商品编码",)),
        IntegerColumn("minimum_quantity", minimum=1, default=1),
        DecimalColumn("unit_price", required=True, minimum=Decimal(0), decimal_places=6),
    )

Nothing is guessed: what is not plainly a value of the column is a CellError.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Final

from django.utils.translation import gettext_lazy as _

from concord.portal.tabular.problems import Cell, CellError, Message

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""Spreadsheet programs may run a cell that begins so; the full-width forms count in some East Asian editions."""

EXACT_DIGITS: Final = 15
"""Decimal digits that a spreadsheet's number keeps and shows; what lies behind them is noise of binary fractions."""

_PLAIN = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z._/ -]*[0-9A-Za-z])?")
_UNSIGNED = re.compile(r"([0-9]{1,30})(?:\.([0-9]{1,30}?)0*)?")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[,.\u00a0\u202f' ][0-9]{3})+(?:[.,][0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_DATE = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})")
_SPREADSHEET_ERROR = re.compile(r"#(?:VALUE!|REF!|N/A|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

TRUE_WORDS: Final = frozenset({"true", "yes", "y", "1", "是"})
FALSE_WORDS: Final = frozenset({"false", "no", "n", "0", "否"})


class FormulaCells(Enum):
    """What a text column does with a cell that a spreadsheet program could run as a formula."""

    REFUSE = "refuse"  # codes, names: no honest value begins so
    KEEP = "keep"  # free text, where "-40 °C to +85 °C" is honest; the writers make it harmless on the way out


@dataclass(frozen=True)
class Column:
    """A column. A required one must be in the header and have a value in each row.

    `aliases` are further names taken in the header (names and aliases are compared without case, spaces and
    underscores); `default` is the value of an empty cell.
    """

    name: str
    _: KW_ONLY
    required: bool = False
    aliases: tuple[str, ...] = ()
    default: object = None

    def read(self, cell: Cell) -> object:
        """The value of the cell; raises CellError. Blank cells give the default."""
        # Most cells are plain: letters, digits and a few marks inside. They need none of the checks.
        if isinstance(cell, str) and not _PLAIN.fullmatch(cell):
            if _CONTROL.search(cell):
                raise CellError("control_character", Message(_("The cell holds control characters.")))
            if not cell or cell.isspace():
                return self._blank()
            if _SPREADSHEET_ERROR.fullmatch(cell.strip()):
                raise CellError("spreadsheet_error", Message(_("The spreadsheet shows an error in this cell.")))
        return self.parse(cell)

    def _blank(self) -> object:
        if self.required:
            raise CellError("missing", Message(_("A value is needed here.")))
        return self.default

    def parse(self, cell: Cell) -> object:
        raise NotImplementedError


@dataclass(frozen=True)
class TextColumn(Column):
    """Text without surrounding white space; a `default` of "" suits optional ones.

    Numbers of a workbook become their shortest decimal form (4711, not 4711.0); with more than fifteen digits they are
    refused, since the spreadsheet has dropped the rest, and so are dates, which are often part numbers that the
    spreadsheet has spoiled.
    """

    _: KW_ONLY
    max_length: int = 255
    multiline: bool = False
    formulas: FormulaCells = FormulaCells.REFUSE

    def parse(self, cell: Cell) -> object:
        text = self._plain(cell if isinstance(cell, str) else _text_of(cell))
        if not text:
            return self._blank()
        if not self.multiline and ("\n" in text or "\r" in text):
            raise CellError("line_break", Message(_("The text must be on one line.")))
        if len(text) > self.max_length:
            raise CellError(
                "too_long",
                Message(
                    _("The text has %(length)s characters; at most %(limit)s are taken."),
                    length=len(text),
                    limit=self.max_length,
                ),
            )
        return text

    def _plain(self, cell: str) -> str:
        text = cell.strip()
        if self.formulas is FormulaCells.REFUSE:
            if cell.lstrip(" ").startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS):
                raise CellError("formula", Message(_("The cell begins like a formula (=, +, -, @ or a tab).")))
        elif text.startswith("'") and text[1:].startswith(FORMULA_STARTS):
            text = text[1:]  # as our own writers, and people, escape it
        return text


@dataclass(frozen=True)
class DecimalColumn(Column):
    """An exact number written with a point: 1234.56. Anything that one half of the world reads otherwise is refused.

    `max_digits` and `decimal_places` are those of the database column; trailing zeros do not count.
    """

    _: KW_ONLY
    above: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_digits: int = 19
    decimal_places: int = 6

    def parse(self, cell: Cell) -> object:
        plain = _UNSIGNED.fullmatch(cell) if isinstance(cell, str) else None
        if plain:
            value, whole_digits, places = Decimal(plain[0]), len(plain[1].lstrip("0")), len(plain[2] or "")
        else:
            value = _number_of(cell)
            whole_digits, places = _extent(value)
        if places > self.decimal_places:
            raise CellError(
                "too_many_decimals",
                Message(_("At most %(limit)s decimals are taken."), limit=self.decimal_places),
            )
        if whole_digits > self.max_digits - self.decimal_places:
            raise CellError("number_too_large", Message(_("The number is too large.")))
        if self.above is not None and value <= self.above:
            raise CellError("too_small", Message(_("The number must be above %(limit)s."), limit=self.above))
        _check_range(value, self.minimum, self.maximum)
        return value


@dataclass(frozen=True)
class IntegerColumn(Column):
    """A whole number; 12.0 is taken for 12 (spreadsheets write it so), 12.5 is refused."""

    _: KW_ONLY
    minimum: int | None = None
    maximum: int = 2**31 - 1

    def parse(self, cell: Cell) -> object:
        value = _number_of(cell)
        if value != value.to_integral_value():
            raise CellError("not_whole", Message(_("A whole number is needed here.")))
        _check_range(value, self.minimum, self.maximum)
        return int(value)


@dataclass(frozen=True)
class DateColumn(Column):
    """A day: a date cell of a workbook, or text with the year first (2026-03-31, 2026/3/31)."""

    _: KW_ONLY
    minimum: date = date(1900, 1, 1)
    maximum: date = date(2199, 12, 31)

    def parse(self, cell: Cell) -> object:
        day = self._day(cell)
        if not self.minimum <= day <= self.maximum:
            raise CellError(
                "out_of_range",
                Message(
                    _("The date must be from %(minimum)s to %(maximum)s."), minimum=self.minimum, maximum=self.maximum
                ),
            )
        return day

    def _day(self, cell: Cell) -> date:
        wrong = CellError("not_a_date", Message(_("A date is written year first: 2026-03-31.")))
        if isinstance(cell, datetime):
            if cell.time() != time(0):
                raise wrong
            return cell.date()
        if isinstance(cell, date):
            return cell
        match = _DATE.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if match is None:
            raise wrong
        try:
            return date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            raise wrong from None


@dataclass(frozen=True)
class MomentColumn(Column):
    """A moment in ISO 8601 with its offset (2026-03-31T08:00:00Z), given back in UTC. A bare local time is refused."""

    def parse(self, cell: Cell) -> object:
        wrong = CellError(
            "not_a_moment", Message(_("Date and time are written with their offset: 2026-03-31T08:00:00Z."))
        )
        if not isinstance(cell, str) or len(cell.strip()) < len("2026-03-31T08Z") or "T" not in cell:
            raise wrong
        try:
            moment = datetime.fromisoformat(cell.strip())
            if moment.tzinfo is None:
                raise wrong
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise wrong from None


@dataclass(frozen=True)
class ChoiceColumn(Column):
    """One of a few words, whatever their case; `choices` maps each accepted word to its value."""

    _: KW_ONLY
    choices: Mapping[str, str]

    def parse(self, cell: Cell) -> object:
        word = _folded(cell if isinstance(cell, str) else _text_of(cell))
        for choice, value in self.choices.items():
            if _folded(choice) == word:
                return value
        known = ", ".join(dict.fromkeys(self.choices))
        raise CellError("unknown_choice", Message(_("Known values: %(choices)s."), choices=known))


@dataclass(frozen=True)
class BooleanColumn(Column):
    """true / false, yes / no, 1 / 0, 是 / 否, or a logical cell of a workbook."""

    def parse(self, cell: Cell) -> object:
        if isinstance(cell, bool):
            return cell
        word = _folded(cell if isinstance(cell, str) else _text_of(cell))
        if word in TRUE_WORDS:
            return True
        if word in FALSE_WORDS:
            return False
        raise CellError("not_yes_or_no", Message(_("Write yes or no.")))


@dataclass(frozen=True)
class ListColumn(Column):
    """Several codes in one cell, joined with `|`; given back as a tuple without repetitions."""

    _: KW_ONLY
    max_items: int = 300
    max_length: int = 64
    upper: bool = False

    def parse(self, cell: Cell) -> object:
        text = cell if isinstance(cell, str) else _text_of(cell)
        item = TextColumn(self.name, required=True, max_length=self.max_length)
        items = tuple(dict.fromkeys(str(item.read(part)) for part in text.split("|")))
        if len(items) > self.max_items:
            raise CellError("too_many_items", Message(_("At most %(limit)s entries are taken."), limit=self.max_items))
        return tuple(entry.upper() for entry in items) if self.upper else items


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _text_of(cell: float | bool | date | time | timedelta) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        number = _decimal_of(float(cell))
        if number.adjusted() >= EXACT_DIGITS:
            raise CellError(
                "number_too_long",
                Message(_("A number of more than 15 digits has lost its end in the spreadsheet. Format it as text.")),
            )
        return format(number.to_integral_value() if number == number.to_integral_value() else number, "f")
    raise CellError(
        "date_for_text",
        Message(_("The spreadsheet has made a date or time of this cell. Format it as text and type it again.")),
    )


def _decimal_of(number: float) -> Decimal:
    """The number as the spreadsheet shows it: its shortest form, at most fifteen digits."""
    if not math.isfinite(number):
        raise CellError("not_a_number", Message(_("A number is needed here, such as 1234.56.")))
    exact = Decimal(repr(number)) or Decimal(0)
    return exact if len(exact.as_tuple().digits) <= EXACT_DIGITS else Decimal(f"{number:.{EXACT_DIGITS}g}")


def _number_of(cell: Cell) -> Decimal:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _decimal_of(float(cell))
    text = cell.strip() if isinstance(cell, str) else ""
    if len(text) <= 64 and _NUMBER.fullmatch(text):
        return Decimal(text) or Decimal(0)  # a minus sign before zero is dropped
    if _GROUPED.fullmatch(text) or _DECIMAL_COMMA.fullmatch(text):
        raise CellError(
            "ambiguous_number",
            Message(_("Write the number without thousands separators and with a decimal point: 1234.56.")),
        )
    raise CellError("not_a_number", Message(_("A number is needed here, such as 1234.56.")))


def _extent(value: Decimal) -> tuple[int, int]:
    """Digits before the point and decimals that are not trailing zeros; exact, whatever the context's precision."""
    text = format(value, "f").lstrip("-")
    whole, _point, decimals = text.partition(".")
    return len(whole.lstrip("0")), len(decimals.rstrip("0"))


def _check_range(value: Decimal, minimum: Decimal | int | None, maximum: Decimal | int | None) -> None:
    if minimum is not None and value < minimum:
        raise CellError("too_small", Message(_("The number must be at least %(limit)s."), limit=minimum))
    if maximum is not None and value > maximum:
        raise CellError("too_large", Message(_("The number must be at most %(limit)s."), limit=maximum))
