"""Measuring the product and its floor alternately in one run, and saying what came of it."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bench.server import Server

RESULTS = Path(__file__).resolve().parent / "results"
_TICK = os.sysconf("SC_CLK_TCK")

#: one call of the product or of the floor; the number says which call of the run it is, so that inputs vary alike
Call = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Case:
    """One workload at one size, loaded and warm."""

    product: Call
    #: the least that any implementation must pay for the same; ``None`` where there is no such thing
    floor: Call | None = None
    #: how often each is called in a round
    calls: int = 20
    #: further figures: recall, shares; read when everything was called
    figures: Mapping[str, float] = field(default_factory=dict)
    #: called behind the last call: ends what ``prepare`` started, and completes the figures
    done: Callable[[], None] = lambda: None


class Workload(Protocol):
    """One thing that is measured. ``sizes`` are those of the whole run, ``quick`` those of the short one."""

    name: str
    title: str
    sizes: Sequence[int]
    quick: Sequence[int]

    def prepare(self, server: Server, size: int, seed: int) -> Case: ...


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one call, and of CPU: this process's and the database's for it."""

    median_ms: float
    q1_ms: float
    q3_ms: float
    p95_ms: float
    client_cpu_ms: float
    server_cpu_ms: float | None
    calls: int


@dataclass(frozen=True, slots=True)
class Result:
    """What one workload came to at one size. ``statements`` are those of one call of the product, at most."""

    workload: str
    size: int
    product: Timing
    floor: Timing | None
    ratio: float | None
    statements: int
    figures: Mapping[str, float]


class _Watch:
    """Times of many calls of one side."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._client = 0.0
        self._server = 0.0
        self._server_known = True

    def call(self, call: Call, number: int, backend: Callable[[], float | None]) -> None:
        server, client, begun = backend(), time.process_time(), time.perf_counter()
        call(number)
        self.times.append((time.perf_counter() - begun) * 1000)
        self._client += time.process_time() - client
        after = backend()
        if server is None or after is None:
            self._server_known = False
        else:
            self._server += after - server

    def timing(self) -> Timing:
        ordered = sorted(self.times)
        quartiles = statistics.quantiles(ordered, n=4) if len(ordered) > 1 else [ordered[0]] * 3
        calls = len(ordered)
        return Timing(
            median_ms=round(statistics.median(ordered), 3),
            q1_ms=round(quartiles[0], 3),
            q3_ms=round(quartiles[2], 3),
            p95_ms=round(ordered[min(calls - 1, int(calls * 0.95))], 3),
            client_cpu_ms=round(self._client * 1000 / calls, 3),
            server_cpu_ms=round(self._server * 1000 / calls, 3) if self._server_known else None,
            calls=calls,
        )


def backend_cpu() -> float | None:
    """Seconds of CPU that Django's database connection has used up in the server, where it can be seen."""
    from django.db import connection

    if connection.connection is None:
        connection.ensure_connection()
    process = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    try:
        fields = process.read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / _TICK


class Counter:
    """Counts the statements of a call."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.statements += 1
        return execute(sql, params, many, context)


def count_statements(call: Call, number: int) -> int:
    """How many SQL statements one call sends."""
    from django.db import connection

    counter = Counter()
    with connection.execute_wrapper(counter):
        call(number)
    return counter.statements


def measure(workload: Workload, size: int, case: Case, rounds: int) -> Result:
    """Warm both up, then call them in turns: ``rounds`` times some calls of the product and as many of the floor."""
    case.product(0)
    statements = max(count_statements(case.product, number) for number in range(min(8, case.calls)))
    if case.floor:
        case.floor(0)
    product, floor = _Watch(), _Watch()
    for turn in range(rounds):
        numbers = range(turn * case.calls, (turn + 1) * case.calls)
        for number in numbers:
            product.call(case.product, number, backend_cpu)
        for number in numbers if case.floor else ():
            assert case.floor is not None
            floor.call(case.floor, number, backend_cpu)
    case.done()
    of_product, of_floor = product.timing(), floor.timing() if floor.times else None
    ratio = round(of_product.median_ms / of_floor.median_ms, 2) if of_floor and of_floor.median_ms else None
    return Result(workload.name, size, of_product, of_floor, ratio, statements, dict(case.figures))


def write_results(workload: str, results: Sequence[Result], folder: Path = RESULTS) -> Path:
    """One file a workload; what was measured at other sizes before stays in it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{workload}.json"
    kept: list[dict[str, Any]] = json.loads(path.read_text()) if path.exists() else []
    new = {result.size for result in results}
    rows = [row for row in kept if row["size"] not in new] + [asdict(result) for result in results]
    path.write_text(json.dumps(sorted(rows, key=lambda row: row["size"]), indent=2) + "\n")
    return path


HEADER = (
    f"{'workload':18} {'size':>9} {'median':>9} {'quartiles':>19} {'p95':>9} {'floor':>9} {'ratio':>6} {'SQL':>4}"
    f" {'CPU own':>8} {'CPU db':>8}   (ms)"
)


def line(result: Result) -> str:
    """One line of the table."""
    made = result.product
    quartiles = f"{made.q1_ms:.2f}–{made.q3_ms:.2f}"
    floor = f"{result.floor.median_ms:.2f}" if result.floor else "—"
    ratio = f"{result.ratio:.1f}" if result.ratio else "—"
    database = f"{made.server_cpu_ms:.2f}" if made.server_cpu_ms is not None else "—"
    text = (
        f"{result.workload:18} {result.size:>9,} {made.median_ms:>9.2f} {quartiles:>19} {made.p95_ms:>9.2f}"
        f" {floor:>9} {ratio:>6} {result.statements:>4} {made.client_cpu_ms:>8.2f} {database:>8}"
    )
    more = "".join(f"\n{'':20}{name}: {figure:g}" for name, figure in result.figures.items())
    return text + more
