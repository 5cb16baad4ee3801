"""Reading `table.txt`: who gets which answer where."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.permissions.world import PEOPLE

FILE = Path(__file__).with_name("table.txt")

#: how the route of the first page, which is empty, is written in the table
HOME = "/"

Row = dict[str, str]


@cache
def table() -> dict[tuple[str, str], Row]:
    """By route and method: what each one of the cast is answered."""
    rows: dict[tuple[str, str], Row] = {}
    for number, line in enumerate(FILE.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        pattern, method, *answers = line.split()
        pattern = "" if pattern == HOME else pattern
        assert len(answers) == len(PEOPLE), f"{FILE.name}, line {number}: {len(answers)} answers, not {len(PEOPLE)}"
        assert (pattern, method) not in rows, f"{FILE.name}, line {number}: a second row for {method} {pattern}"
        rows[pattern, method] = dict(zip(PEOPLE, answers, strict=True))
    return rows


def row_text(pattern: str, method: str, row: Row) -> str:
    return f"{pattern or HOME:50} {method:6} " + " ".join(f"{row[who]:5}" for who in PEOPLE).rstrip()
