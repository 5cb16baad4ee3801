"""The search across everything: every package's part, each scoped by the actor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from concord.cms.enums import SEARCH_GROUPS
from concord.portal import registry
from concord.portal.actor import Actor
from concord.portal.registry import SearchResult

LONGEST = 100
_IDEOGRAPHS = "\u3400"


@dataclass(frozen=True, slots=True)
class Group:
    """What one package found; ``more`` when it had more to give."""

    name: str
    results: Sequence[SearchResult]
    more: bool


def is_enough(text: str) -> bool:
    """Whether something can be looked for: two characters, or one Chinese character."""
    return len(text) >= 2 or (text != "" and text >= _IDEOGRAPHS)


def search_everything(*, actor: Actor, text: str, limit: int) -> list[Group]:
    """What the actor may see of what fits, by package, in their order; packages without a hit are left out."""
    wanted = " ".join(text.replace("\x00", " ").split())[:LONGEST]
    if not actor.is_known or not is_enough(wanted):
        return []
    groups = []
    for provider in sorted(registry.search_providers, key=lambda one: one.order):
        results = list(provider.search(actor, wanted, limit + 1))
        if results:
            groups.append(
                Group(str(SEARCH_GROUPS.get(provider.name, provider.name)), results[:limit], more=len(results) > limit)
            )
    return groups
