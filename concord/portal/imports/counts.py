"""What an import did."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import did to what is stored. ``note`` says what the numbers do not."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    note: str = ""
