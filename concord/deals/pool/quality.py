"""What a source of leads is worth, from what happened to its earlier leads. Pure.

Three rates are estimated among the leads of a source that some partner held: contacted, converted into a deal, won.
A source with two leads, both won, is not better than one with 300 of 400: each rate is drawn towards that of all
sources together, with the weight of ``PRIOR_LEADS`` leads (the mean of the posterior of a beta-binomial model)::

    overall = (hits of all sources + 1) / (leads of all sources + 2)
    rate    = (hits of the source + PRIOR_LEADS * overall) / (leads of the source + PRIOR_LEADS)
    score   = round(100 * (0.2 * contacted + 0.3 * converted + 0.5 * won))

The value of a lead is the value won per lead held, by currency: no currency is added to another, and none enters the
score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

PRIOR_LEADS: Final = 10
WEIGHTS: Final[Mapping[str, float]] = {"contacted": 0.2, "converted": 0.3, "won": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What happened to the leads of one source: all that came, those held by a partner, and of these how far."""

    received: int = 0
    held: int = 0
    contacted: int = 0
    converted: int = 0
    won: int = 0
    value: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quality:
    """The smoothed rates of a source, its score of 100, and the value won per held lead by currency."""

    rates: Mapping[str, float]
    score: int
    value_per_lead: Mapping[str, Decimal]


def rate_source(track: Track, everything: Track) -> Quality:
    """Rate one source against all sources together (``everything`` includes it)."""
    rates = {name: _smoothed(getattr(track, name), track.held, _overall(everything, name)) for name in WEIGHTS}
    score = round(100 * sum(WEIGHTS[name] * rate for name, rate in rates.items()))
    per_lead = {currency: amount / track.held for currency, amount in track.value.items()} if track.held else {}
    return Quality(rates, score, per_lead)


def summed(tracks: Iterable[Track]) -> Track:
    """All sources together, without values: currencies of different sources are not one sum."""
    rows = list(tracks)
    names = ("received", "held", "contacted", "converted", "won")
    return Track(**{name: sum(getattr(row, name) for row in rows) for name in names})


def _overall(everything: Track, name: str) -> float:
    hits: int = getattr(everything, name)
    return (hits + 1) / (everything.held + 2)


def _smoothed(hits: int, leads: int, overall: float) -> float:
    return (hits + PRIOR_LEADS * overall) / (leads + PRIOR_LEADS)
