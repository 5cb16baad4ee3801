"""A quote does not outlive what it promises: decided when it is issued, by a refusal or by an earlier last day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from concord.portal.periods import end_of_local_day
from concord.portal.refusals import Conflict
from concord.pricing.actions.shown_prices import PricesChanged
from concord.pricing.engine import LineResult, RuleBook
from concord.pricing.models import Quote
from concord.pricing.queries.price_ends import Ending, endings, last_whole_day


class OutlivesPrice(Conflict):
    """The quote would hold longer than a price in it; says which lines, why, and which last day is possible."""

    default_code = "outlives_price"

    def __init__(self, found: Sequence[Ending], *, time_zone: str, last_day: date | None) -> None:
        lines: list[dict[str, Any]] = [
            {
                "sku": one.sku,
                "reason": one.reason.value,
                "detail": str(one.reason.label),
                "until": last_whole_day(one.at, time_zone).isoformat(),
            }
            for one in found
        ]
        super().__init__(
            _("The quote would be valid for longer than some of its prices."),
            details={"lines": lines, "latest_valid_until": last_day.isoformat() if last_day else None},
        )
        self.last_day = last_day


def demand_prices_last(
    quote: Quote, results: Sequence[LineResult], rules: RuleBook, *, at: datetime, shorten: bool
) -> list[Ending]:
    """Refuse a quote that outlives a price; with ``shorten``, end it on the last day on which all hold.

    Changes the quote's last day, unsaved. Returns the reasons for an earlier day. Raises ``OutlivesPrice``, with
    ``shorten`` too where no whole day is left, and ``PricesChanged`` when a price ended since it was computed.
    """
    found = endings(results, rules, expires_at=quote.expires_at)
    if not found:
        return []
    if any(one.at <= at for one in found):
        raise PricesChanged([])
    day: date | None = min(last_whole_day(one.at, quote.time_zone) for one in found)
    if day is not None and end_of_local_day(day, quote.time_zone) <= at:
        day = None
    if not shorten or day is None:
        raise OutlivesPrice(found, time_zone=quote.time_zone, last_day=day)
    quote.valid_until, quote.expires_at = day, end_of_local_day(day, quote.time_zone)
    return found
