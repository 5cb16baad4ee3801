"""What machines that run the product beside a model of it share: one stage for all runs, and looks worth their time."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test

from concord.portal.refusals import Refusal

_READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")


class Machine(RuleBasedStateMachine):
    """Every run begins at the stage that ``set_up_stage`` wrote once, and goes back to it.

    ``look`` compares everything that is stored with the model. It is called after every step that wrote anything or
    moved the model; after a step that did neither, both are what they were at the last look.
    """

    stage: ClassVar[Any] = None

    def __init__(self) -> None:
        super().__init__()
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        self._writes, self._seen = 0, None
        self._counting = connection.execute_wrapper(self._count)
        self._counting.__enter__()

    def teardown(self) -> None:
        self._counting.__exit__(None, None, None)
        transaction.set_rollback(True)
        self._atomic.__exit__(None, None, None)

    def _count(self, execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        self._writes += not str(sql).lstrip().startswith(_READS)
        return execute(sql, *more)

    def model(self) -> Any:
        """What the model says now; its ``repr`` differs as soon as it says anything else."""
        raise NotImplementedError

    def look(self) -> None:
        """Compare what is stored with the model; raises ``AssertionError``."""
        raise NotImplementedError

    @invariant()
    def both_say_the_same(self) -> None:
        present = (self._writes, repr(self.model()))
        if present != self._seen:
            self.look()
            self._seen = present

    @staticmethod
    def tries(act: Callable[..., Any], **values: Any) -> Any:
        """What the product made of it; ``None`` when it refused, which changes nothing."""
        with suppress(Refusal):
            return act(**values)
        return None


def run_machine(machine: type[Machine], *, name: str, runs: int, steps: int) -> None:
    """As many runs as the environment's ``{name}_MACHINE_RUNS`` says: 2,000 is what a release is measured by."""
    chosen = settings(
        max_examples=int(os.environ.get(f"{name}_MACHINE_RUNS", runs)),
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)


def divergence_found(machine: type[Machine], *, runs: int, steps: int) -> bool:
    """Whether that many runs, always the same ones, find product and model apart: for rules broken on purpose."""
    chosen = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    try:
        run_state_machine_as_test(machine, settings=chosen)
    except AssertionError:
        return True
    return False
