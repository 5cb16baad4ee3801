"""Geometry of the drawn components: time bars and the receipt waterfall. Pure, so that it can be tested as numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class TimeBar:
    """How far a period has run: `percent` 0–100, `tone` of looks.TONES, `phase` before | running | over."""

    percent: int
    tone: str
    phase: str


def time_bar(starts: datetime, ends: datetime, now: datetime, *, warn_days: int = 14) -> TimeBar:
    """A half-open period seen at `now`; within `warn_days` of its end it warns."""
    if now < starts:
        return TimeBar(0, "muted", "before")
    if now >= ends:
        return TimeBar(100, "muted", "over")
    whole = (ends - starts).total_seconds()
    percent = round(100 * (now - starts).total_seconds() / whole)
    left = (ends - now).total_seconds() / 86400
    tone = "bad" if left <= warn_days / 4 else "warn" if left <= warn_days else "ok"
    return TimeBar(min(percent, 100), tone, "running")


@dataclass(frozen=True)
class WaterfallStep:
    """One drawn step. `x` and `width` are percentages of the drawing; `running` is the amount after the step."""

    label: str
    detail: str
    kind: str
    amount: Decimal
    running: Decimal
    x: float
    width: float


def _read(step: Any, name: str, default: Any = "") -> Any:
    return step.get(name, default) if isinstance(step, dict) else getattr(step, name, default)


def waterfall(steps: Iterable[Any]) -> list[WaterfallStep]:
    """Lay out receipt steps.

    A step (mapping or object) has `label`, `amount`, and optionally `detail` and `kind`: `total` states the amount
    reached (the first step always does), `change` (the default) adds `amount`, which is negative for a discount.
    """
    rows: list[tuple[Any, str, Decimal, Decimal, Decimal]] = []
    running = Decimal(0)
    for index, step in enumerate(steps):
        amount = Decimal(str(_read(step, "amount", 0)))
        kind = "total" if index == 0 else str(_read(step, "kind", "") or "change")
        before = Decimal(0) if kind == "total" else running
        running = amount if kind == "total" else running + amount
        rows.append((step, kind, amount, before, running))
    top = max((max(before, after, Decimal(0)) for *_rest, before, after in rows), default=Decimal(0))
    low = min((min(before, after, Decimal(0)) for *_rest, before, after in rows), default=Decimal(0))
    span = top - low or Decimal(1)
    return [
        WaterfallStep(
            label=str(_read(step, "label")),
            detail=str(_read(step, "detail")),
            kind="total" if kind == "total" else "down" if amount < 0 else "up" if amount > 0 else "same",
            amount=amount,
            running=after,
            x=round(float(100 * (min(before, after) - low) / span), 2),
            width=max(round(float(100 * abs(after - before) / span), 2), 0.6),
        )
        for step, kind, amount, before, after in rows
    ]
