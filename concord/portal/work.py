"""One business change is one transaction: opened here, retried here, and refused here when the database says no.

The database's own text of a refused row prints the rival row, price included. It is turned into a ``Refusal`` by the
constraint's name in this one place, and neither logged, shown nor chained.
"""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

import structlog
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from concord.portal.refusals import Conflict, Refusal

_P = ParamSpec("_P")
_R = TypeVar("_R")

logger = structlog.get_logger(__name__)

LOCK_TIMEOUT_MS = 3_000
ATTEMPTS = 4
#: serialization failure, deadlock, lock not available (PostgreSQL 18, appendix A)
_WORTH_RETRYING = frozenset({"40001", "40P01", "55P03"})

_after_the_end: ContextVar[list[Callable[[], object]] | None] = ContextVar("after_the_end", default=None)
_refusal_by_constraint: dict[str, Callable[[], Refusal]] = {}


class Busy(Conflict):
    """Somebody else holds what is needed, and did so for every attempt. Worth trying again after ``retry_after`` s."""

    default_code = "busy"
    retry_after = 1

    def __init__(self) -> None:
        super().__init__(_("Someone else is changing the same thing right now. Please try again."))


class ConstraintRefused(Conflict):
    """A rule of the database stands in the way and nobody gave it a better sentence."""

    default_code = "constraint"

    def __init__(self, constraint: str) -> None:
        super().__init__(_("This contradicts something that is stored already."))
        self.constraint = constraint


def register_constraint(name: str, refusal: Callable[[], Refusal]) -> None:
    """Say how a violated constraint is told to people. Called when apps are ready."""
    _refusal_by_constraint[name] = refusal


def _sqlstate(error: DatabaseError) -> str:
    return getattr(error.__cause__, "sqlstate", "") or ""


def is_worth_retrying(error: Exception) -> bool:
    """Whether the same transaction may well succeed if it is tried again."""
    return isinstance(error, OperationalError) and _sqlstate(error) in _WORTH_RETRYING


def pause_before(attempt: int) -> None:
    """Wait a growing, jittered moment before the given repetition (1, 2, …)."""
    time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311 - jitter, not a secret


def _constraint_name(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", "") or ""


def refusal_for(error: IntegrityError) -> Refusal:
    """The refusal for a violated constraint, without a trace of the database's own text."""
    name = _constraint_name(error)
    make = _refusal_by_constraint.get(name)
    return make() if make else ConstraintRefused(name)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """The outermost transaction of a request, task or import: durable, and impatient about locks.

    Everything inside is committed together; actions called inside join it. What was left to be done after its end
    (``after_the_end``) is done last, unless the same work is about to be tried again.
    """
    waiting: list[Callable[[], object]] = []
    token = _after_the_end.set(waiting)
    try:
        with transaction.atomic(durable=True):
            set_lock_timeout()
            yield
    except OperationalError:
        waiting.clear()
        raise
    finally:
        _after_the_end.reset(token)
        for call in waiting:
            _run_on_the_side(call)


def after_the_end(call: Callable[[], object]) -> None:
    """Run once the open unit of work is over, committed or rolled back: for what a refusal leaves behind.

    ``call`` opens its own transaction. When it fails, that is logged and changes nothing of the answer.
    """
    waiting = _after_the_end.get()
    if waiting is not None:
        waiting.append(call)


def _run_on_the_side(call: Callable[[], object]) -> None:
    try:
        call()
    except (DatabaseError, Refusal) as error:
        logger.warning("left_behind_not_kept", error=type(error).__name__)


def set_lock_timeout(milliseconds: int = LOCK_TIMEOUT_MS) -> None:
    """Give up on a lock after that long, for the rest of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{milliseconds}ms"])


def action(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a function one business change: one transaction, or part of the one that is open.

    As the outermost it is retried on deadlock, serialization failure and lock time-out (at most four attempts with
    growing, jittered pauses); inside another transaction the outermost retries. A violated constraint becomes the
    registered refusal.
    """

    @functools.wraps(function)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        if connection.in_atomic_block:
            return _refusing(lambda: _nested(function, *args, **kwargs))
        for attempt in range(ATTEMPTS):
            try:
                return _refusing(lambda: _outermost(function, *args, **kwargs))
            except OperationalError as error:
                if not is_worth_retrying(error):
                    raise
                logger.warning("action_retried", action=function.__name__, sqlstate=_sqlstate(error), attempt=attempt)
                pause_before(attempt + 1)
        raise Busy

    return run


def _nested(function: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    with transaction.atomic():
        return function(*args, **kwargs)


def _outermost(function: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    with unit_of_work():
        return function(*args, **kwargs)


def _refusing(run: Callable[[], _R]) -> _R:
    refusal: Refusal | None = None
    try:
        return run()
    except IntegrityError as error:
        refusal = refusal_for(error)
    # Raised outside the handler: not even the exception's context keeps the database's text.
    raise refusal
