"""A small model of a protection, told in days: what the programme promises, said again in other words than the code's.

It counts running days one by one. The code computes moments; both must come to the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

DAY = timedelta(days=1)
LENGTH, HARD, WINDOW, NEEDED, GRACE, EXTENSION, EXTENSIONS, MOST_HELD = 90, 180, 30, 2, 7, 30, 3, 60


@dataclass
class Model:
    """One protection that began at ``start``; ``day`` days have passed since, ``run`` of them with a running clock."""

    start: datetime
    day: int = 0
    run: int = 0
    length: int = LENGTH
    extensions: int = 0
    window: int = 0
    counted_from: datetime = field(init=False)
    in_grace: bool = False
    held: list[tuple[int, int]] = field(default_factory=list)
    work: list[datetime] = field(default_factory=list)
    asked_due: datetime | None = None
    cut: datetime | None = None
    ended: str = ""

    def __post_init__(self) -> None:
        self.counted_from = self.start

    @property
    def now(self) -> datetime:
        return self.start + self.day * DAY

    @property
    def is_live(self) -> bool:
        return not self.ended

    @property
    def days_held(self) -> int:
        return sum(end - begin for begin, end in self.held)

    def stands(self, day: int) -> bool:
        """Whether the clock stands through the day that ends at ``day``."""
        return any(begin < day <= end for begin, end in self.held)

    def ends_at(self) -> datetime:
        """When it ends if nobody does anything more."""
        day, run = self.day, self.run
        while run < min(self.length, HARD):
            day += 1
            run += not self.stands(day)
        end = self.start + day * DAY
        return min(end, self.cut) if self.cut else end

    def can_extend(self) -> bool:
        return self.extensions < EXTENSIONS and self.length < HARD and self.cut is None

    def extend(self) -> None:
        self.length += EXTENSION
        self.extensions += 1
        self.asked_due = None

    def hold(self, days: int) -> None:
        self.held.append((self.day, self.day + days))

    def run_on(self) -> None:
        """The clock that stands runs on from today."""
        self.held = [(begin, min(end, self.day)) for begin, end in self.held if begin < self.day]

    def pass_days(self, number: int) -> None:
        """Live through so many days, one after the other."""
        self.made_up()
        for _day in range(number):
            if self.ended:
                return
            self.day += 1
            self.run += not self.stands(self.day)
            self._what_is_due()

    def _what_is_due(self) -> None:
        if self.asked_due is not None and self.asked_due <= self.now and self.can_extend():
            self.extend()
        if self.cut is not None and self.cut <= self.now:
            self.ended = "choice"
            return
        in_window = [one for one in self.work if one >= self.counted_from]
        if not self.in_grace and self.run - self.window >= WINDOW and self.run < min(self.length, HARD):
            due = self.now
            if sum(one < due for one in in_window) >= NEEDED:
                self._next_window(due)
            else:
                self.in_grace = True
        if self.in_grace and self.run - self.window >= WINDOW + GRACE and self.run < min(self.length, HARD):
            self.ended = "lapsed"
        if not self.ended and self.run >= min(self.length, HARD):
            self.ended = "expired"

    def made_up(self) -> None:
        """What was done in grace saves the window at the timer's next look."""
        if self.in_grace:
            self._make_up([one for one in self.work if one >= self.counted_from])

    def _make_up(self, in_window: list[datetime]) -> None:
        if self.run - self.window < WINDOW + GRACE and len(in_window) >= NEEDED:
            self.in_grace = False
            self._next_window(sorted(in_window)[NEEDED - 1] + timedelta.resolution)

    def _next_window(self, counted_from: datetime) -> None:
        self.window += WINDOW
        self.counted_from = max(counted_from, self.due_of_window(), self.counted_from)

    def due_of_window(self) -> datetime:
        """When the window that begins now began."""
        day, run = 0, 0
        while run < self.window:
            day += 1
            run += not self.stands(day)
        return self.start + day * DAY
