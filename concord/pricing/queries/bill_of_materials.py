"""Bills of materials as other programs write them: which column names the part, which says how many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from concord.pricing.pasted import whole_quantity
from concord.pricing.queries.named_products import products_named

#: a heading may stand below a title and a date
HEADING_WITHIN = 15
_SHOWN = 80

#: headings of columns that name the part, the surest first
_NUMBERS = (
    re.compile(r"(our )?(sku|商品编码)", re.IGNORECASE),
    re.compile(
        r"(mpn|mfr?g?\.? ?(part|p/?n|no|number)|(manufacturer|maker|厂商|制造商).*(part|p/?n|number|no|型号|料号))",
        re.IGNORECASE,
    ),
    re.compile(
        r"(part|article|product|item|material|order)[ -]?(number|no\b|nr\b|code|id\b|p/?n)|p/?n\b|型号|料号|编码|物料",
        re.IGNORECASE,
    ),
    re.compile(r"(supplier|vendor|distributor|供应商).*(part|number|no|sku|编码|料号)", re.IGNORECASE),
)
_QUANTITY = re.compile(
    r"(q(uanti)?ty?|quantity|menge|count|amount|pcs|数量|用量)\b.*|.*\b(qty|quantity|数量|用量)\s*", re.IGNORECASE
)


_MAKER = re.compile(
    r"(manufacturer|maker|mfr?g?\.?|brand|make|hersteller|厂商|制造商|品牌|厂家)( ?\d| ?name)?|mfr?g?\.? ?name",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Columns:
    numbers: tuple[int, ...]
    quantity: int | None
    maker: int | None


@dataclass(frozen=True, slots=True)
class BillLine:
    """One row: what may name the part, the surest first, the quantity as it stands there, and the maker if it does."""

    row: int
    names: tuple[str, ...]
    quantity: str
    maker: str = ""


def lines_of_bill(rows: Iterable[tuple[int, Sequence[str]]]) -> list[BillLine]:
    """The rows below the heading that name a part or say a quantity.

    Without a heading that can be read, the first cell names the part, and the first whole number behind it is the
    quantity.
    """
    table = [(number, tuple(cell.strip() for cell in cells)) for number, cells in rows]
    columns, start = None, 0
    for place, (_number, cells) in enumerate(table[:HEADING_WITHIN]):
        columns = _columns(cells)
        if columns is not None:
            start = place + 1
            break
    lines = []
    for number, cells in table[start:]:
        line = _line(number, cells, columns)
        if line is not None:
            lines.append(line)
    return lines


def list_of_bill(lines: Sequence[BillLine]) -> str:
    """The lines as text for the price check, one line each: part and quantity with a tab between. One statement.

    Of the names of a line the first that our catalogue knows is taken, else the first. The maker stands between them
    where several have made something of that number.
    """
    known = products_named({name for line in lines for name in line.names})
    text = []
    for line in lines:
        makers = (line.maker,) if line.maker else ()
        name = next((name for name in line.names if known[name].of_maker(makers).sku), line.names[0])
        maker = f"{line.maker}\t" if known[name].candidates and line.maker else ""
        text.append(f"{name}\t{maker}{line.quantity or 1}")
    return "\n".join(text)


def _columns(cells: Sequence[str]) -> _Columns | None:
    """Which columns they are, if the row is a heading at all."""
    if any(whole_quantity(cell) is not None for cell in cells):
        return None
    numbers: list[int] = []
    for pattern in reversed(_NUMBERS):  # what a surer pattern takes goes in front
        for place, cell in enumerate(cells):
            if pattern.match(cell):
                if place in numbers:
                    numbers.remove(place)
                numbers.insert(0, place)
    quantity = next((place for place, cell in enumerate(cells) if _QUANTITY.fullmatch(cell)), None)
    maker = next((place for place, cell in enumerate(cells) if place not in numbers and _MAKER.fullmatch(cell)), None)
    return _Columns(tuple(numbers), quantity, maker) if numbers else None


def _line(number: int, cells: Sequence[str], columns: _Columns | None) -> BillLine | None:
    filled = [cell for cell in cells if cell]
    if not filled:
        return None
    if columns is None:
        quantity = next((cell for cell in filled[1:] if whole_quantity(cell) is not None), "")
        return BillLine(number, (_one_line(filled[0]),), quantity)
    names = tuple(_one_line(cells[place]) for place in columns.numbers if place < len(cells) and cells[place])
    place = columns.quantity
    quantity = cells[place] if place is not None and place < len(cells) else ""
    if not names and not quantity:
        return None  # a note below the table
    at = columns.maker
    maker = _one_line(cells[at]) if at is not None and at < len(cells) else ""
    return BillLine(number, names or (_one_line(" ".join(filled)),), _one_line(quantity), maker)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_SHOWN]
