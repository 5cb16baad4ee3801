"""Which partner a lead is offered to next, and why. Pure: the same lead and partners give the same answer.

Some facts rule a partner out; the others are added up to at most 100 points::

    30  territory   the country is named in the partner's territories (15: it may sell everywhere)
    15  home        the partner sits in that country
    25  family      the share of the wanted families that it is authorised for
    15  tier        its rank among the ranks of all candidates
    15  load        the share of its holding limit that is free; open offers count as held

Where a customer is protected for a partner in a wanted family, the lead is that partner's to answer: it has 100
points, and the others are ruled out.

Of equals the one with fewer leads comes first, then the one that was offered something longest ago.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

POINTS: Final[Mapping[str, int]] = {"territory": 30, "home": 15, "family": 25, "tier": 15, "load": 15}
EVERYWHERE: Final = 15


@dataclass(frozen=True, slots=True)
class Need:
    """What routing reads of a lead: where the customer is and what it is about (no family: not known)."""

    country: str
    families: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What routing reads of an active partner. ``limit`` is what it may hold, ``load`` what it holds or is offered."""

    partner_id: int
    country: str
    territories: frozenset[str]
    families: frozenset[int]
    rank: int
    load: int
    limit: int
    is_holder: bool = False
    was_offered: bool = False
    is_cooling_down: bool = False
    last_offered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A partner with its points by reason; ``ruled_out`` names what stands in the way instead."""

    partner_id: int
    points: Mapping[str, int]
    ruled_out: str = ""

    @property
    def total(self) -> int:
        """All points, at most 100."""
        return sum(self.points.values())

    def as_reasons(self) -> list[dict[str, object]]:
        """The points in the form that is stored and shown."""
        return [{"code": code, "points": points} for code, points in self.points.items()]


def rank_partners(need: Need, candidates: Iterable[Candidate]) -> list[Weighed]:
    """All candidates, those that may be offered the lead first, the best at the top; then those ruled out."""
    known = list(candidates)
    ranks = sorted({one.rank for one in known})
    is_protected = any(one.is_holder for one in known)
    weighed = [(one, _weigh(need, one, ranks, is_protected=is_protected)) for one in known]
    weighed.sort(key=lambda pair: _order(*pair))
    return [result for _candidate, result in weighed]


def _order(candidate: Candidate, result: Weighed) -> tuple[object, ...]:
    offered = candidate.last_offered_at.timestamp() if candidate.last_offered_at else 0.0
    return (bool(result.ruled_out), -result.total, candidate.load, offered, candidate.partner_id)


def _weigh(need: Need, one: Candidate, ranks: Collection[int], *, is_protected: bool) -> Weighed:
    reason = _ruled_out(need, one)
    if not reason and is_protected and not one.is_holder:
        reason = "protected_for_another"
    if reason:
        return Weighed(one.partner_id, {}, reason)
    if one.is_holder:
        return Weighed(one.partner_id, {"holder": 100})
    shared = len(need.families & one.families) / len(need.families) if need.families else 1.0
    below = sum(rank <= one.rank for rank in ranks)
    points = {
        "territory": POINTS["territory"] if one.territories else EVERYWHERE,
        "home": POINTS["home"] if one.country == need.country else 0,
        "family": round(POINTS["family"] * shared),
        "tier": round(POINTS["tier"] * below / len(ranks)),
        "load": round(POINTS["load"] * max(one.limit - one.load, 0) / one.limit) if one.limit else 0,
    }
    return Weighed(one.partner_id, points)


def _ruled_out(need: Need, one: Candidate) -> str:
    """The first fact that rules the partner out, by its code; empty when none does."""
    if one.territories and need.country not in one.territories:
        return "outside_territory"
    if need.families and not need.families & one.families:
        return "family_not_authorised"
    if one.was_offered:
        return "offered_before"
    if one.is_cooling_down:
        return "cooling_down"
    if one.load >= one.limit:
        return "at_limit"
    return ""
