"""A small model of customers that become one and come apart again, and of what hangs on them.

Three companies, one family, one product. A row stands at a record from one step to another; two rows of a kind that
could not stand at one record together are rivals. What is told here in a few sentences the product does in many tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(eq=False)
class Row:
    """Something at a customer: a deal, its protection, a quote, its promise, a lead."""

    kind: str
    at: int | None
    begun: int
    state: str = ""
    who: str = ""
    #: the company that a partner named, whatever record it stands at by now
    name: int = 0
    #: the deal of a protection, the quote of a promise
    of: Row | None = field(default=None, repr=False)
    price: Decimal | None = None
    over: int | None = None

    @property
    def is_live(self) -> bool:
        return self.over is None

    def meets(self, other: Row) -> bool:
        """Whether one record could not hold both: two protections, or two prices, at the same time."""
        if self.kind != other.kind or self.kind not in {"protection", "promise"}:
            return False
        if self.kind == "promise" and self.price == other.price:
            return False
        return (other.over is None or self.begun < other.over) and (self.over is None or other.begun < self.over)


@dataclass(eq=False)
class Merge:
    """One record that went up in another, and where each row stood since."""

    survivor: int
    absorbed: int
    moved: list[Row]
    parked: list[Row]
    undone: bool = False


@dataclass
class Book:
    """All of it."""

    rows: list[Row] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    into: dict[int, int] = field(default_factory=dict)

    def root(self, record: int) -> int:
        while record in self.into:
            record = self.into[record]
        return record

    def at(self, record: int, kind: str = "", *, live: bool = False) -> list[Row]:
        return [one for one in self.rows if one.at == record and kind in {"", one.kind} and (one.is_live or not live)]

    def merge(self, survivor: int, absorbed: int) -> bool:
        """What is over makes room for what lives; where both live, or both would have to give way, a person decides."""
        if survivor == absorbed or survivor in self.into or absorbed in self.into:
            return False
        pairs = [(one, other) for one in self.at(absorbed) for other in self.at(survivor) if one.meets(other)]
        parked = {other for one, other in pairs if one.is_live and not other.is_live}
        stays = {one for one, other in pairs if not one.is_live and other not in parked}
        if any(one.is_live and other.is_live for one, other in pairs):
            return False
        if any(one in stays and other in parked for one, other in pairs):
            return False
        moved = [one for one in self.at(absorbed) if one not in stays]
        self._stand(moved, survivor)
        self._stand(parked, absorbed)
        self.into[absorbed] = survivor
        self.merges.append(Merge(survivor, absorbed, moved, list(parked)))
        return True

    def undo(self, merge: Merge) -> bool:
        """Everything stands where it stood, unless something was built on it or moved on since."""
        if merge.undone or merge.survivor in self.into:
            return False
        if any(one.at != merge.survivor for one in merge.moved) or any(
            one.at != merge.absorbed for one in merge.parked
        ):
            return False
        if any(one.of in merge.moved and one not in merge.moved for one in self.at(merge.survivor)):
            return False
        if any(self._names(one, merge) and one not in merge.moved for one in self.at(merge.survivor, live=True)):
            return False
        self._stand(merge.moved, merge.absorbed)
        self._stand(merge.parked, merge.survivor)
        del self.into[merge.absorbed]
        merge.undone = True
        return True

    def _names(self, one: Row, merge: Merge) -> bool:
        """Whether it protects a company that is the merged record, or went up in that one before."""
        record = one.of.name if one.kind == "protection" and one.of else None
        while record is not None and record != merge.absorbed:
            record = self.into.get(record)
        return record is not None

    @staticmethod
    def _stand(rows: Iterable[Row], record: int) -> None:
        for one in rows:
            one.at = record
