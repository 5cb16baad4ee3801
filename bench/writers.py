"""Many writers at the same moment, each a process with a connection of its own: what contention costs."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

#: rounds in which connections are opened and caches filled
_WARMING = 2

#: what one writer does in one round, given its number and the round's; the answer is ``won`` or says why not
Write = Callable[[int, int], str]


@dataclass
class Writers:
    """So many processes, started once and set off together in every round."""

    number: int
    write: Write
    _pipes: list[Connection] = field(default_factory=list)
    _processes: list[BaseProcess] = field(default_factory=list)
    #: of every round: what came of each writer, and the milliseconds that it took
    outcomes: list[tuple[str, float]] = field(default_factory=list)
    #: seconds of every round, from setting off to the last answer
    rounds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        from django.db import connections

        connections.close_all()  # a forked process must not share its parent's connection
        context = multiprocessing.get_context("fork")
        for number in range(self.number):
            ours, theirs = context.Pipe()
            process = context.Process(target=_write, args=(self.write, number, theirs), daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)

    def round(self, turn: int) -> list[str]:
        """Set all off at once, and wait for the last."""
        begun = time.perf_counter()
        for pipe in self._pipes:
            pipe.send(turn)
        answers = [pipe.recv() for pipe in self._pipes]
        if turn >= _WARMING:
            self.rounds.append(time.perf_counter() - begun)
            self.outcomes += answers
        return [result for result, _took in answers]

    def figures(self, name: str) -> dict[str, float]:
        """Writes a second, and the 95th percentile of those that won and of those that did not."""
        found = {f"{name}: writes a second": round(len(self.outcomes) / sum(self.rounds), 1)}
        for word, own in (("winner", True), ("loser", False)):
            times = sorted(took for result, took in self.outcomes if (result == "won") == own)
            if times:
                found[f"{name}: {word}'s p95, ms"] = round(times[min(len(times) - 1, int(len(times) * 0.95))], 1)
        return found

    def stop(self) -> None:
        """End the processes."""
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(timeout=10)
            if process.is_alive():
                process.kill()


def _write(write: Write, number: int, pipe: Connection) -> None:
    while (turn := pipe.recv()) is not None:
        begun = time.perf_counter()
        try:
            result = write(number, turn)
        except Exception as error:  # noqa: BLE001 - the parent says it
            result = f"failed: {error!r}"
        pipe.send((result, (time.perf_counter() - begun) * 1000))


def outcome(write: Callable[[], Any]) -> str:
    """``won``, or the code of the refusal."""
    from concord.portal.refusals import Refusal

    try:
        write()
    except Refusal as refusal:
        return str(refusal.code)
    return "won"


def deadlocks() -> int:
    """How many deadlocks this database has seen."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def demand(results: list[str], *, winners: int, losers: set[str]) -> None:
    """A round in which anything else happened is no measurement."""
    unexpected = {one for one in results if one != "won"} - losers
    if results.count("won") != winners or unexpected:
        raise AssertionError(f"{results.count('won')} won, and {sorted(unexpected)}")


def keep(figures: MutableMapping[str, float], *sides: tuple[str, Writers], before: int) -> None:
    """Note what came of both sides, and whether anybody deadlocked since ``before``."""
    for name, writers in sides:
        figures.update(writers.figures(name))
        writers.stop()
    figures["deadlocks"] = deadlocks() - before
