"""`make test`, `make lint` and their relatives: set up what they need, then run them one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from ops import bootstrap
from ops.bootstrap import PROJECT, PYTHON, VENV
from ops.console import Failure, Steps, child_environment, end_on_signals

BIN = VENV / "bin"

# Cheapest first. Each is one program, so that the same line can be run by hand.
LINT: tuple[tuple[str, list[str]], ...] = (
    ("ruff check", [str(BIN / "ruff"), "check", "."]),
    ("ruff format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("inline code in templates", [str(PYTHON), "-m", "ops.template_lint"]),
    ("djhtml", [str(BIN / "djhtml"), "--check", "--tabwidth", "2", "concord"]),
    ("translations", [str(PYTHON), "-m", "ops.translations", "check"]),
    ("import contracts", [str(BIN / "lint-imports")]),
    ("mypy --strict", [str(BIN / "mypy")]),
)


def lint() -> int:
    failed = []
    for name, command in LINT:
        begun = time.monotonic()
        print(f"\n== {name}", flush=True)
        if call(command) != 0:
            failed.append(name)
        print(f"   ({time.monotonic() - begun:.1f} s)", flush=True)
    print(f"\nlint: {'failed: ' + ', '.join(failed) if failed else 'all clean'}", flush=True)
    return 1 if failed else 0


def call(command: list[str]) -> int:
    return subprocess.run(
        command, check=False, cwd=PROJECT, env=child_environment(), stdin=subprocess.DEVNULL
    ).returncode


def main(arguments: list[str]) -> int:
    command = arguments[0]
    end_on_signals()
    try:
        bootstrap.prepare(Steps(f"Concord: setting up for `make {command}`"), "dev")
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if command == "install":
        return 0
    if command == "messages":
        return call([str(PYTHON), "-m", "ops.translations", "update"])
    if command == "bench":
        return call([str(PYTHON), "-m", "bench"])
    if command == "bench-quick":
        return call([str(PYTHON), "-m", "bench", "--quick"])
    code = lint()
    if command == "lint" or code != 0:
        return code
    print("\n== pytest", flush=True)
    return call([str(PYTHON), "-m", "pytest", *parallel()])


def parallel() -> list[str]:
    """One worker per core, each with a server of its own; TEST_WORKERS=1 runs everything in one process."""
    if os.environ.get("TEST_DATABASE_URL"):
        return []
    workers = int(os.environ.get("TEST_WORKERS") or min(4, len(os.sched_getaffinity(0))))
    return ["-n", str(workers), "--dist", "loadfile"] if workers > 1 else []
