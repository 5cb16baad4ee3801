"""``python -m bench [workload…] [--sizes …] [--rounds …] [--seed …] [--quick]``."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import sys
from collections.abc import Sequence

from bench.frame import HEADER, RESULTS, Result, Workload, line, measure, write_results
from bench.plot import plot
from bench.server import Server
from bench.workloads import all_workloads


def _arguments(arguments: Sequence[str], names: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="workload", help=f"all, or some of: {', '.join(names)}")
    parser.add_argument("--sizes", type=int, nargs="+", help="instead of the workload's own sizes")
    parser.add_argument("--rounds", type=int, default=5, help="turns of product and floor (5)")
    parser.add_argument("--seed", type=int, default=1, help="of the made data (1)")
    parser.add_argument("--quick", action="store_true", help="small sizes and two rounds")
    chosen = parser.parse_args(arguments)
    unknown = sorted({*chosen.workloads} - {*names})
    if unknown:
        parser.error(f"no such workload: {', '.join(unknown)}")
    return chosen


def _run(workload: Workload, server: Server, chosen: argparse.Namespace) -> list[Result]:
    results = []
    for size in _sizes(workload, chosen):
        case = workload.prepare(server, size, chosen.seed)
        result = measure(workload, size, case, 2 if chosen.quick else chosen.rounds)
        print(line(result), flush=True)
        results.append(result)
    return results


def _sizes(workload: Workload, chosen: argparse.Namespace) -> Sequence[int]:
    """What to measure; nothing where a workload has no short form."""
    sizes: Sequence[int] = chosen.sizes or (workload.quick if chosen.quick else workload.sizes)
    return sizes


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for, print the table, write results and plots."""
    workloads = {workload.name: workload for workload in all_workloads()}
    chosen = _arguments(arguments, list(workloads))
    if chosen.quick:
        os.environ.setdefault("BENCH_PRICES", "50000")
    server = Server()
    try:
        server.start()
        import django
        import structlog

        django.setup()
        # A line per request would stand among the figures.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        gc.collect()
        gc.freeze()  # as the web application does; this and the next line
        gc.set_threshold(10_000, 10, 10)
        print(HEADER, flush=True)
        for name in [one for one in chosen.workloads or workloads if _sizes(workloads[one], chosen)]:
            path = write_results(name, _run(workloads[name], server, chosen))
            drawn = plot(workloads[name].title, json.loads(path.read_text()))
            (RESULTS / f"{name}.svg").write_text(drawn)
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
