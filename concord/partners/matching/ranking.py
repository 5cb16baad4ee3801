"""Which of several likely companies stands first.

The score says whether two companies are one, and many candidates get the same one: a brand that agrees counts alike
whatever stands behind it. Whoever looks a name up wants the nearest first, so the evidence of the score, how much of
all that is rare the two names share, and how they are written come together here. It never changes a verdict.
"""

from __future__ import annotations

import math
from typing import Final

from rapidfuzz import fuzz

from concord.partners.matching.score import SAME, Match

_SHARED: Final = 2.0
_WRITTEN: Final = 5.0
_LIMIT: Final = 1e-4
_SAME: Final = 12.0
"""Beyond any evidence of a company that is not *same*."""


def likeness_as_written(left: str, right: str) -> float:
    """How alike two names are letter by letter, case aside, from 0 to 1: legal form, numbers and order of words count
    too."""
    return fuzz.ratio(left.casefold(), right.casefold()) / 100


def standing(match: Match, shared: float, written: float) -> float:
    """Where a candidate stands among others; the greatest is first.

    `shared` is the weight of rare keys that both names have, taken by the length of the candidate's (see
    `evaluate.MemoryFinder`), `written` what `likeness_as_written` says.
    """
    return _evidence(match) + _SHARED * shared + _WRITTEN * written


def _evidence(match: Match) -> float:
    if match.verdict == "same":
        return _SAME + match.score
    share = min(max(match.score / SAME, _LIMIT), 1 - _LIMIT)
    return math.log(share / (1 - share))
