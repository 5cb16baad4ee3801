"""Races with real processes and real commits.

``race`` forks processes that each connect for themselves, meet at a barrier before every round, run the same function
and report what came of it. A twin test drops a guard first (``as_owner``) and must see the race.

How large the races are is read from the environment, so that one machine runs them in seconds and another for an hour:
``RACE_PROCESSES`` and ``RACE_ROUNDS``.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import time
import traceback
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BrokenBarrierError
from typing import Any

import psycopg

Work = Callable[["Racer", int], str]


def size(processes: int, rounds: int) -> tuple[int, int]:
    """Processes and rounds: those given, unless the environment says otherwise."""
    return int(os.environ.get("RACE_PROCESSES", processes)), int(os.environ.get("RACE_ROUNDS", rounds))


@dataclass
class Racer:
    """One process of a race: its number, and what the test passed along."""

    number: int
    facts: dict[str, Any]


@dataclass
class Outcome:
    """What one process came to in one round."""

    racer: int
    round: int
    result: str
    seconds: float


@dataclass
class Race:
    """All outcomes, and the SQL states of the errors that the database raised, retried or not."""

    outcomes: list[Outcome] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    def of_round(self, number: int) -> list[str]:
        """The results of one round."""
        return [one.result for one in self.outcomes if one.round == number]

    def count(self, result: str) -> int:
        """How often a result came out."""
        return sum(one.result == result for one in self.outcomes)

    def p95(self, result: str) -> float:
        """The 95th percentile of the seconds that a result took."""
        times = sorted(one.seconds for one in self.outcomes if one.result == result)
        return times[int(len(times) * 0.95)] if times else 0.0


def race(work: str, *, url: str, processes: int, rounds: int, facts: dict[str, Any], settings: str = "") -> Race:
    """Run ``module:function`` in that many processes for that many rounds; a process that dies fails the race.

    ``url`` is the database to race on, ``settings`` are PostgreSQL options of each connection (``-c name=value``).
    """
    from django.db import connections

    connections.close_all()  # a forked process must not share its parent's connection
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(processes)
    answers = context.Queue()
    started = [
        context.Process(target=_run, args=(work, url, settings, number, rounds, facts, barrier, answers), daemon=True)
        for number in range(processes)
    ]
    for process in started:
        process.start()
    race = Race()
    try:
        for _process in started:
            outcomes, states, failure = answers.get(timeout=600)
            if failure:
                raise AssertionError(f"a racer died:\n{failure}")
            race.outcomes += outcomes
            race.states += states
    finally:
        for process in started:
            process.join(timeout=30)
            if process.is_alive():
                process.kill()
                process.join()
        answers.close()
        answers.join_thread()
    return race


@contextmanager
def as_owner(dsn: str, *statements: str):
    """Run statements as the owner of the schema: how a twin takes a guard away in its own copy of the database."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
        yield connection


def _run(
    work: str, url: str, settings: str, number: int, rounds: int, facts: dict[str, Any], barrier: Any, answers: Any
) -> None:
    outcomes: list[Outcome] = []
    states: list[str] = []
    try:
        function = _prepare(work, url, settings, states)
        racer = Racer(number, facts)
        for turn in range(rounds):
            barrier.wait(timeout=120)
            begun = time.perf_counter()
            result = function(racer, turn)
            outcomes.append(Outcome(number, turn, result, time.perf_counter() - begun))
        from django.db import connections

        connections.close_all()
        answers.put((outcomes, states, ""))
    except BrokenBarrierError:
        answers.put((outcomes, states, "another racer left"))
    except BaseException:  # noqa: BLE001 - the parent reports it
        barrier.abort()
        answers.put((outcomes, states, traceback.format_exc()))


def _prepare(work: str, url: str, settings: str, states: list[str]) -> Work:
    from django.db import connection

    from tests.database import point_django_at

    point_django_at(url)
    if settings:
        connection.settings_dict.setdefault("OPTIONS", {})["options"] = settings
    connection.ensure_connection()

    def note_state(execute, sql, params, many, context):
        try:
            return execute(sql, params, many, context)
        except Exception as error:
            states.append(getattr(error.__cause__, "sqlstate", "") or type(error).__name__)
            raise

    connection.execute_wrappers.append(note_state)
    module, _, name = work.partition(":")
    return getattr(importlib.import_module(module), name)
