"""The carried data, and how far loading is."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings

BAR = 24
DRAW_EVERY = 0.1  # seconds


def data_path(name: str) -> Path:
    """A file of the carried data."""
    return Path(settings.PROJECT_ROOT) / "data" / name


def read_json(name: str) -> Any:
    """A JSON file of the carried data."""
    return json.loads(data_path(name).read_text(encoding="utf-8"))


@dataclass
class Report:
    """Lines of progress: a moving bar in a terminal, one line per step elsewhere."""

    out: IO[str]
    counts: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """One piece of work; says at its end how long it took."""
        step = Step(self.out, name)
        step.show(0, 0)
        yield step
        step.finish()


@dataclass
class Step:
    """One line of the report."""

    out: IO[str]
    name: str
    result: str = ""
    begun: float = field(default_factory=time.monotonic)
    drawn: float = 0.0

    def show(self, done: int, total: int) -> None:
        """Draw the bar, at most every tenth of a second, and in a terminal only."""
        now = time.monotonic()
        if not self.out.isatty() or (now - self.drawn < DRAW_EVERY and done != total):
            return
        self.drawn = now
        filled = BAR * done // total if total else 0
        bar = "█" * filled + "░" * (BAR - filled)
        self.out.write(f"\r  {self.name:24} {bar} {f'{done:,} of {total:,}' if total else '':24}")
        self.out.flush()

    def finish(self) -> None:
        """The line as it stays."""
        line = f"  {self.name:24} {self.result:58} {time.monotonic() - self.begun:5.1f} s"
        self.out.write(f"\r{line}\n" if self.out.isatty() else f"{line}\n")
        self.out.flush()
