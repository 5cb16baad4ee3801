"""Lines pasted from a spreadsheet, a mail or a bill of materials: part number and quantity, told apart with care.

Tab, semicolon, comma or blanks may stand between the two. Since part numbers hold commas and blanks themselves, a line
is read in several ways; which of them names a product is found out by whoever knows the catalogue.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

MAX_LINES = 1_000
MAX_CHARACTERS = 200_000

_QUANTITY = re.compile(
    r"[x×*]?\s*([+-]?[0-9]{1,30})(?:[.][0]+)?\s*(?:[x×*]|pcs?|pieces?|ea|units?|个|件|只|支|套|片|台|盒|卷)?\.?",
    re.IGNORECASE,
)
_WITH_UNIT = re.compile(r"(.*\S)\s+([x×*]?\s?[0-9]{1,30}\s[^\W\d_]{1,6}\.?)")
_LAST_WORD = re.compile(r"(.*\S)\s+(\S+)")
_WORDS = re.compile(r"(\S+)\s+(.*\S)")
#: cells beside the number that are looked at for a maker
_MAKERS_WITHIN = 8
_GROUPED = re.compile(r"[0-9]{1,3}(?:[,. '’][0-9]{3})+")
_HEADINGS = re.compile(
    r"\s*(?:sku|mpn|part|p/n|item|article|material|product|商品|型号|料号|编码|物料)\b|.*(?:qty|quantity|menge|数量)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a line: what names the product, and how many. ``quantity`` ``None``: not a whole number.

    ``is_guess``: the whole line taken for a number that holds blanks or commas itself; then only a product of exactly
    this number is meant, since with blanks ignored it might be another one. ``makers`` is what else stands there: one
    of them may name the maker. ``by_maker``: only a product of that maker is meant.
    """

    text: str
    quantity: int | None
    quantity_text: str = ""
    is_guess: bool = False
    makers: tuple[str, ...] = ()
    by_maker: bool = False


@dataclass(frozen=True, slots=True)
class PastedLine:
    """One line with its number in what was pasted (from 1), and its readings, the likeliest first."""

    number: int
    raw: str
    readings: tuple[Reading, ...]


def read_pasted(text: str) -> list[PastedLine]:
    """The lines that are not blank; a heading above them is left out. At most ``MAX_LINES`` + 1 are read."""
    lines: list[PastedLine] = []
    for number, raw in enumerate(text[:MAX_CHARACTERS].splitlines(), start=1):
        line = raw.replace("\0", "").strip().strip("\ufeff")
        if not line or (not lines and _is_heading(line)):
            continue
        lines.append(PastedLine(number, line, tuple(_readings(line))))
        if len(lines) > MAX_LINES:
            break
    return lines


def _is_heading(line: str) -> bool:
    return bool(_HEADINGS.match(line)) and not any(
        whole_quantity(cell) is not None for cell in re.split(r"[\t;,]", line)[1:]
    )


def _readings(line: str) -> list[Reading]:
    found: list[Reading] = []
    for separator in ("\t", ";", ","):
        if separator in line:
            found += _of_cells(_cells(line, separator))
            if separator == "\t":
                return found or [Reading(line, 1)]
    for words in (_WITH_UNIT.fullmatch(line), _LAST_WORD.fullmatch(line)):
        quantity = whole_quantity(words[2]) if words else None
        if words and quantity is not None:
            text = words[1].rstrip(",; ")
            found += [Reading(text, quantity, words[2]), *_beside_a_maker(text, quantity, words[2])]
    found.append(Reading(line, 1, is_guess=bool(found)))
    return list(dict.fromkeys(found))


def _cells(line: str, separator: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        cells = line.split(separator)
    return [cell.strip() for cell in cells]


def _of_cells(cells: list[str]) -> list[Reading]:
    """The first cell names the product, or its maker and the second the product; the quantity is the last whole number
    behind it, and any other cell may name the maker.
    """
    if not cells or not cells[0]:
        return []
    first, *rest = [cell for cell in cells if cell]
    if not rest:
        return [Reading(first, 1)]
    place = next((place for place in reversed(range(len(rest))) if whole_quantity(rest[place]) is not None), None)
    said = rest[0] if place is None else rest[place]
    quantity = None if place is None else whole_quantity(said)
    others = tuple(cell for at, cell in enumerate(rest) if at != place)[:_MAKERS_WITHIN]
    found = [Reading(first, quantity, said, makers=others)]
    if others and rest[0] == others[0] and quantity is not None:
        found.append(Reading(others[0], quantity, said, makers=(first, *others[1:]), by_maker=True))
    return found


def _beside_a_maker(text: str, quantity: int, said: str) -> list[Reading]:
    """``TDK C1005X5R`` and ``C1005X5R TDK``: one word the number, the others its maker."""
    found = []
    for words, number, maker in ((_LAST_WORD.fullmatch(text), 2, 1), (_WORDS.fullmatch(text), 1, 2)):
        if words:
            found.append(Reading(words[number], quantity, said, makers=(words[maker],), by_maker=True))
    return found


def whole_quantity(text: str) -> int | None:
    """A whole number, with a unit or a multiplication sign if need be; grouped digits are nobody's safe guess."""
    if _GROUPED.fullmatch(text.strip()):
        return None
    match = _QUANTITY.fullmatch(text.strip())
    return int(match[1]) if match else None
