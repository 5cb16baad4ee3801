"""A plot of cost against size, both logarithmic, as a small SVG without any library."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 640, 400, 70, 50
_COLOURS = {"product": "#2563eb", "floor": "#6b7280"}


def plot(title: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The medians of product and floor over the sizes, with the product's quartiles as bars."""
    sides = {
        side: [(row["size"], row[side]) for row in rows if row.get(side) and row[side]["median_ms"] > 0]
        for side in _COLOURS
    }
    values = [timing["median_ms"] for points in sides.values() for _, timing in points]
    sizes = [size for points in sides.values() for size, _ in points]
    if not values:
        return ""
    x, y = _scale(sizes, _LEFT, _WIDTH - 20), _scale(values, _HEIGHT - _BOTTOM, 40)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="22" font-size="15">{escape(title)}</text>',
    ]
    parts.extend(
        f'<text x="{x(size):.1f}" y="{_HEIGHT - 25}" text-anchor="middle">{size:,}</text>'
        for size in sorted(set(sizes))
    )
    for value in sorted({10.0**power for power in range(-3, 6)}):
        if min(values) / 3 <= value <= max(values) * 3:
            parts.append(f'<text x="{_LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g} ms</text>')
            parts.append(f'<path d="M{_LEFT} {y(value):.1f}H{_WIDTH - 20}" stroke="#e5e7eb"/>')
    for side, points in sides.items():
        parts += _side(side, points, x, y)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _side(side: str, points: Sequence[tuple[int, Mapping[str, float]]], x: Any, y: Any) -> list[str]:
    if not points:
        return []
    colour = _COLOURS[side]
    ordered = sorted(points, key=lambda point: point[0])
    path = " ".join(f"{x(size):.1f},{y(timing['median_ms']):.1f}" for size, timing in ordered)
    parts = [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
    for size, timing in ordered:
        low, high = y(max(timing["q1_ms"], 1e-3)), y(max(timing["q3_ms"], 1e-3))
        parts.append(f'<path d="M{x(size):.1f} {low:.1f}V{high:.1f}" stroke="{colour}"/>')
        parts.append(f'<circle cx="{x(size):.1f}" cy="{y(timing["median_ms"]):.1f}" r="4" fill="{colour}"/>')
    last_size, last = ordered[-1]
    place = f'x="{x(last_size):.1f}" y="{y(last["median_ms"]) - 10:.1f}"'
    parts.append(f'<text {place} text-anchor="end" fill="{colour}">{side}</text>')
    return parts


def _scale(values: Sequence[float], start: float, end: float) -> Any:
    low, high = math.log10(min(values)), math.log10(max(values))
    span = high - low or 1.0
    margin = 0.06 * (end - start)
    return lambda value: start + margin + (math.log10(value) - low) / span * (end - start - 2 * margin)
