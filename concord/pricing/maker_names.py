"""Whether two texts name the same maker: catalogues and bills of materials write one maker in many ways.

``ON Semiconductor`` and ``onsemi``, ``Murata Electronics`` and ``Murata``, ``Ai-Thinker(安信可)`` and ``Ai Thinker``:
one is the beginning of the other, or stands in it word for word. Asked only among the few products that share a part
number, so being generous does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import IntEnum

from concord.pricing.search_text import fold, squeeze

#: letters that two names must begin with to count as one maker; fewer only as whole words
_BEGINNING = 4
_WORDS = re.compile(r"[^\W_]+")


class Likeness(IntEnum):
    """How alike two names are."""

    NONE = 0
    PART = 1
    SAME = 2


def likeness(written: str, ours: str) -> Likeness:
    """How a maker as somebody wrote it compares with one as our catalogue has it; an empty name is nobody's."""
    one, two = squeeze(written), squeeze(ours)
    if not one or not two:
        return Likeness.NONE
    if one == two:
        return Likeness.SAME
    shorter, longer = sorted((one, two), key=len)
    if len(shorter) >= _BEGINNING and longer.startswith(shorter):
        return Likeness.PART
    few, many = sorted((_WORDS.findall(fold(written)), _WORDS.findall(fold(ours))), key=len)
    runs = (many[start : start + len(few)] for start in range(len(many) - len(few) + 1))
    return Likeness.PART if few in runs else Likeness.NONE


def likest(written: Collection[str], ours: str) -> Likeness:
    """The best of several names that may be a maker's."""
    return max((likeness(one, ours) for one in written), default=Likeness.NONE)
