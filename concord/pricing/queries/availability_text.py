"""Availability as a sentence: how many now, and by which day the rest. Pages, API and documents say the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from concord.portal.ui.formats import format_moment, format_number
from concord.pricing.queries.availability import Availability


class AvailabilityCode(StrEnum):
    """Why the answer is what it is, for machines."""

    NOT_COUNTED = "not_counted"
    IN_STOCK = "in_stock"
    PARTLY = "partly"
    LATER = "later"
    NO_DATE = "no_date"


@dataclass(frozen=True, slots=True)
class AvailabilityAnswer:
    """For an asked quantity: how many now, how many are missing, by when the rest is expected, and the sentence."""

    code: AvailabilityCode
    now: int
    missing: int
    complete_on: date | None
    text: str


@lru_cache(maxsize=16)
def _not_counted(_language: str | None) -> AvailabilityAnswer:
    """Every line of a list may say so: the sentence is looked up once a language."""
    return AvailabilityAnswer(AvailabilityCode.NOT_COUNTED, 0, 0, None, _("Not counted: ask before you promise."))


def answer_for(stock: Availability, quantity: int) -> AvailabilityAnswer:
    """ "40 of 59 now, the rest on 3 March", in the reader's language, for ``quantity`` ≥ 1 of the product's unit."""
    if not stock.is_known:
        return _not_counted(get_language())
    missing, now, day = stock.missing(quantity), min(stock.available, quantity), stock.complete_on(quantity)
    if not missing:
        shown = format_number(stock.available)
        text = _("At least %(count)s in stock.") if stock.at_least else _("%(count)s in stock.")
        return AvailabilityAnswer(AvailabilityCode.IN_STOCK, now, 0, None, text % {"count": shown})
    parts = {
        "now": format_number(now),
        "asked": format_number(quantity),
        "day": format_moment(day, "date") if day else "",
    }
    if now and day:
        text = (
            _("At least %(now)s of %(asked)s now, the rest on %(day)s.")
            if stock.at_least
            else _("%(now)s of %(asked)s now, the rest on %(day)s.")
        )
        return AvailabilityAnswer(AvailabilityCode.PARTLY, now, missing, day, text % parts)
    if day:
        return AvailabilityAnswer(AvailabilityCode.LATER, 0, missing, day, _("None now; %(asked)s on %(day)s.") % parts)
    if now:
        text = (
            _("At least %(now)s of %(asked)s now; no date for the rest.")
            if stock.at_least
            else _("%(now)s of %(asked)s now; no date for the rest.")
        )
    else:
        text = _("None now, and no date yet.")
    return AvailabilityAnswer(AvailabilityCode.NO_DATE, now, missing, None, text % parts)
