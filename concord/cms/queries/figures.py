"""The figures at the top of the home page: of the reader's own rows, from what the parts of the page have asked for."""

from __future__ import annotations

from dataclasses import dataclass

from concord.deals.enums import FINAL_STAGES, ReviewStatus
from concord.deals.queries.deals import Standing
from concord.deals.queries.waiting import Waiting

_NOT_OPEN = {*FINAL_STAGES, ReviewStatus.REJECTED, ReviewStatus.DUPLICATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFigures:
    """``ending`` counts protections that end within ``ending_days``."""

    open_deals: int
    ending: int
    ending_days: int
    live_quotes: int
    unread: int


def home_figures(*, standing: Standing, waiting: Waiting, ending_days: int, unread: int) -> HomeFigures:
    """What a partner's person has going on. No statement."""
    return HomeFigures(
        open_deals=sum(number for state, number in standing.deals.items() if state not in _NOT_OPEN),
        ending=waiting.ending_count,
        ending_days=ending_days,
        live_quotes=standing.quotes_in_force,
        unread=unread,
    )
