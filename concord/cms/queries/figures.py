"""The figures at the top of the home page: of the reader's own rows, a constant number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from concord.cms.queries.pages import unread_news
from concord.deals.enums import FINAL_STAGES, ReviewStatus
from concord.deals.models import Protection
from concord.portal.actor import Actor
from concord.pricing.enums import QuoteStatus
from concord.pricing.queries.quotes import quotes_listed

_NOT_OPEN = {*FINAL_STAGES, ReviewStatus.REJECTED, ReviewStatus.DUPLICATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFigures:
    """``ending`` counts protections that end within ``ending_days``."""

    open_deals: int
    ending: int
    ending_days: int
    live_quotes: int
    unread: int


def home_figures(
    *,
    actor: Actor,
    language: str,
    now: datetime,
    ending_days: int,
    counts: Mapping[str, int],
    ending: Sequence[Protection],
) -> HomeFigures:
    """What a partner's person has going on. Two statements, besides what the panels ask for too."""
    return HomeFigures(
        open_deals=sum(number for state, number in counts.items() if state not in _NOT_OPEN),
        ending=len(ending),
        ending_days=ending_days,
        live_quotes=quotes_listed(actor, status=QuoteStatus.ISSUED, now=now).count(),
        unread=unread_news(actor=actor, language=language, now=now),
    )
