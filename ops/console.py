"""What a person in a terminal sees of a set-up: numbered steps with their times, quiet unless something fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_children: set[subprocess.Popen[str]] = set()


class Failure(Exception):
    """A set-up that cannot go on. The message says what happened and what to do."""


class Steps:
    """Counts and times the steps of one run. Several may be under way at once, so each line stands alone."""

    def __init__(self, title: str) -> None:
        self.started = time.monotonic()
        self._number = 0
        self._lock = threading.Lock()
        self.say(title)

    def say(self, text: str) -> None:
        with self._lock:
            print(text, flush=True)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        with self._lock:
            self._number += 1
            number = self._number
        self.say(f"  {number:2}  {name} …")
        begun = time.monotonic()
        yield
        self.say(f"  {number:2}  {name}: done in {time.monotonic() - begun:.1f} s")

    def together(self, *jobs: Callable[[], None]) -> None:
        """Run independent steps at the same time; the first failure is raised once all have ended."""
        with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
            running = [pool.submit(job) for job in jobs]
        for job in running:
            job.result()

    def elapsed(self) -> float:
        return time.monotonic() - self.started


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    shown: bool = False,
    codes: tuple[int, ...] = (0,),
) -> None:
    """Run a program; keep its output for the case that it fails, unless it is to be shown as it comes."""
    words = [str(word) for word in command]
    variables = child_environment(env)
    stream = None if shown else subprocess.PIPE
    sys.stdout.flush()
    with subprocess.Popen(
        words,
        env=variables,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=stream,
        stderr=None if shown else subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        _children.add(process)
        try:
            output = process.communicate()[0] or ""
        except BaseException:
            process.terminate()
            raise
        finally:
            _children.discard(process)
    if process.returncode not in codes:
        tail = "\n".join(output.splitlines()[-40:])
        raise Failure(f"`{' '.join(words)}` failed with code {process.returncode}.\n{tail}".rstrip())


def end_on_signals() -> None:
    """Ctrl-C, SIGTERM and a closed terminal end the programs that `run` has started, and then us."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)


def _end(_number: int, _frame: FrameType | None) -> None:
    for process in list(_children):
        process.terminate()
    raise KeyboardInterrupt


def child_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our environment, except that byte code is written: without it every start costs seconds."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**variables, **(extra or {})}
