"""Until when the price of a line holds by itself: what it rests on, and when the first of that ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from concord.portal.money import round_unit_price
from concord.portal.periods import end_of_local_day, local_date
from concord.pricing.engine import LineResult
from concord.pricing.engine.receipt import Step, StepCode
from concord.pricing.enums import PriceEnd

if TYPE_CHECKING:
    from concord.pricing.engine import RuleBook
    from concord.pricing.engine.rulebook import RuleRef

_REASONS = {
    StepCode.LIST_PRICE: PriceEnd.LIST,
    StepCode.QUANTITY_BREAK: PriceEnd.LIST,
    StepCode.PROMOTION: PriceEnd.PROMOTION,
    StepCode.SPECIAL_PRICE: PriceEnd.SPECIAL_PRICE,
    StepCode.COMMITMENT: PriceEnd.PROMISE,
}


@dataclass(frozen=True, slots=True)
class Ending:
    """A line whose price ends before the quote would, with the reason."""

    sku: str
    at: datetime
    reason: PriceEnd


def endings(results: Sequence[LineResult], rules: RuleBook, *, expires_at: datetime) -> list[Ending]:
    """The lines whose prices end before ``expires_at``; nothing is read from the database.

    A promotion ends with its list; a special price stands without one. A price that was promised already holds until
    that promise ends, or for as long as it is the price in force anyway.
    """
    ends = {rule.ref: rule.valid_until for rule in rules.rules()}
    found = []
    for line in results:
        ending = _of_line(line, ends)
        if ending is not None and ending.at < expires_at:
            found.append(ending)
    return found


def last_whole_day(at: datetime, time_zone: str) -> date:
    """The last local day that is over by ``at``."""
    day = local_date(at - timedelta(microseconds=1), time_zone)
    return day if end_of_local_day(day, time_zone) <= at else day - timedelta(days=1)


def _of_line(line: LineResult, ends: Mapping[RuleRef, datetime | None]) -> Ending | None:
    if line.receipt is None:
        return None
    ending: Ending | None = None
    for step in line.receipt.customer.steps:
        until = ends.get(step.rule) if step.rule is not None else None
        reason = _REASONS.get(step.code)
        if reason is None:
            continue
        own = Ending(line.sku, until, reason) if until is not None else None
        if step.code in {StepCode.LIST_PRICE, StepCode.QUANTITY_BREAK}:
            ending = own
        elif step.code is StepCode.PROMOTION:
            ending = _sooner(ending, own)
        elif step.code is StepCode.SPECIAL_PRICE:
            ending = own if step.before is None or step.after < step.before else ending
        elif _is_price_anyway(step, line.currency):
            ending = None if ending is None or own is None else max(ending, own, key=_at)
        else:
            ending = own
    return ending


def _is_price_anyway(step: Step, currency: str) -> bool:
    """Whether a promised price is the one that holds without the promise."""
    return step.before is not None and round_unit_price(step.before, currency) == step.after


def _sooner(one: Ending | None, other: Ending | None) -> Ending | None:
    there = [ending for ending in (one, other) if ending is not None]
    return min(there, key=_at) if there else None


def _at(ending: Ending) -> datetime:
    return ending.at
