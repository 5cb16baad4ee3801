"""Which product somebody means by a number that was typed, pasted or stands in a bill of materials."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.utils.translation import get_language

from concord.pricing import search_text
from concord.pricing.maker_names import Likeness, likest
from concord.pricing.models import Product

#: products that a number may mean, as many as are named
SHOWN_CANDIDATES = 10


class Candidate(NamedTuple):
    """A product that a number may mean; its name in the reader's language."""

    sku: str
    manufacturer: str
    name: str


@dataclass(frozen=True, slots=True)
class Named:
    """What a typed number means: a SKU and its maker; or several products that it could be, and then none; or nothing.

    ``is_exact``: the text is the SKU or the part number but for its case, nothing was left out.
    """

    sku: str = ""
    candidates: tuple[Candidate, ...] = ()
    is_exact: bool = False
    manufacturer: str = ""

    @property
    def skus(self) -> tuple[str, ...]:
        """The SKUs of the candidates, as many as anybody reads."""
        return tuple(one.sku for one in self.candidates[:SHOWN_CANDIDATES])

    def of_maker(self, written: Collection[str]) -> Named:
        """Of several candidates those whose maker one of these texts names; unchanged where none of them is named."""
        alike = [likest(written, one.manufacturer) for one in self.candidates]
        best = max(alike, default=Likeness.NONE)
        if best is Likeness.NONE:
            return self
        left = tuple(one for one, how in zip(self.candidates, alike, strict=True) if how is best)
        if len(left) > 1:
            return replace(self, candidates=left)
        return Named(left[0].sku, is_exact=self.is_exact, manufacturer=left[0].manufacturer)


def products_named(texts: Iterable[str]) -> dict[str, Named]:
    """For each text the product that it names: its SKU whatever case, dashes and blanks, or a part number that only
    one product has. One statement.
    """
    wanted = {text: search_text.squeeze(text) for text in texts}
    keys = sorted({key for key in wanted.values() if key})
    if not keys:
        return dict.fromkeys(wanted, Named())
    rows = Product.objects.filter(sku_key__in=keys) | Product.objects.filter(part_key__in=keys)
    by_sku: dict[str, list[_Written]] = defaultdict(list)
    by_part: dict[str, list[_Written]] = defaultdict(list)
    columns = ("sku", "manufacturer_part_number", "sku_key", "part_key", "manufacturer", "name", "name_zh")
    is_chinese = (get_language() or "").startswith("zh")
    for sku, part, sku_key, part_key, maker, name, name_zh in rows.order_by("sku").values_list(*columns):
        product = Candidate(sku, maker, (name_zh if is_chinese else "") or name)
        by_sku[sku_key].append((product, search_text.fold(sku)))
        by_part[part_key].append((product, search_text.fold(part)))
    return {
        text: _meaning(search_text.fold(text), by_sku.get(key, ()), by_part.get(key, ())) if key else Named()
        for text, key in wanted.items()
    }


#: a product, and one of its numbers as it is written
_Written = tuple[Candidate, str]


def _meaning(text: str, by_sku: Sequence[_Written], by_part: Sequence[_Written]) -> Named:
    for is_exact in (True, False):
        for same_number in (by_sku, by_part):
            found = [product for product, written in same_number if written == text or not is_exact]
            if len(found) == 1:
                return Named(found[0].sku, is_exact=is_exact, manufacturer=found[0].manufacturer)
            if found:
                return Named(candidates=tuple(found), is_exact=is_exact)
    return Named()
