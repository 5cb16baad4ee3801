"""Who follows the log. A consumer gets each committed event of its verbs at least once, in public order of sealing.

Handlers are safe to repeat. They run in a worker, inside a transaction that holds their outbox row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concord.portal.models import Event


def _one_target(event: Event) -> Iterable[str]:
    return ("",)


@dataclass(frozen=True, slots=True)
class Consumer:
    """``handle(event, target)`` is called for each target that ``targets(event)`` names (one, unless said)."""

    name: str
    verbs: frozenset[str]
    handle: Callable[[Event, str], None]
    targets: Callable[[Event], Iterable[str]] = _one_target

    def wants(self, verb: str) -> bool:
        """Whether the consumer follows a verb; ``*`` follows all."""
        return verb in self.verbs or "*" in self.verbs


_consumers: dict[str, Consumer] = {}


def register_consumer(consumer: Consumer) -> None:
    """Follow the log from now on. Called when apps are ready."""
    _consumers[consumer.name] = consumer


def consumers_of(verb: str) -> list[Consumer]:
    """The consumers that follow a verb, in order of registration."""
    return [consumer for consumer in _consumers.values() if consumer.wants(verb)]


def consumer_named(name: str) -> Consumer | None:
    """A consumer by name, or ``None`` when its package is gone."""
    return _consumers.get(name)
