"""What upper packages hand down to the floor when they are ready; the floor itself imports none of them.

Each app fills these lists in ``AppConfig.ready``. Everything here is read-only once the apps are loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

    from concord.portal.actor import Actor
    from concord.portal.enums import Door
    from concord.portal.models import User

UserResolver = Callable[["User", "Door"], "Actor"]


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the extranet's main navigation. ``url_name`` takes no arguments; lowest ``order`` first."""

    label: _StrPromise | str
    url_name: str
    icon: str
    order: int
    allowed: Callable[[Actor], bool]
    #: paths that make the entry the active one, and further ones besides
    prefix: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """A card on the home dashboard: ``context`` returns the template's context, or ``None`` to leave it out."""

    name: str
    template: str
    order: int
    context: Callable[[Actor, HttpRequest], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One hit of the search across everything."""

    title: str
    url: str
    kind: _StrPromise | str
    icon: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class SearchProvider:
    """A package's part of the search across everything: scoped by the actor, at most ``limit`` results."""

    name: str
    order: int
    search: Callable[[Actor, str, int], Sequence[SearchResult]]


@dataclass(frozen=True, slots=True)
class Story:
    """The subject whose history also tells of something written below it (a quote belongs to a deal's story)."""

    subject_type: str
    subject_uuid: str
    partner_id: int
    end_customer_id: int | None
    #: the customer as the partner wrote it, which is all that the partner may know of it
    customer_name: str = ""
    contact_email: str = ""
    currency: str = ""
    #: what it is about: (SKU, quantity), in order
    lines: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class MergeObstacle:
    """Something that a person has to settle before two customers can become one, or a merge be undone."""

    code: str
    #: names families, products and documents, never an amount or a holder
    message: _StrPromise | str


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a package knows of the rows of two customers, by table (``deals.protection``) and row.

    ``stay`` are rows of the record that goes up which cannot move, ``park`` rows of the surviving one that have to make
    room: both are over and overlap one of the other side, and both then belong to the merged record.
    """

    obstacles: Sequence[MergeObstacle] = ()
    stay: Mapping[str, Collection[int]] = field(default_factory=dict)
    park: Mapping[str, Collection[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MergeParticipant:
    """A package's part in merging end customers. Rows that point at a customer move by themselves.

    ``plan(survivor, absorbed, now)`` says what has to be settled and what has to stay; ``stands_in_way(moved,
    survivor, absorbed, now)`` what was written since on top of the moved rows (ids by table), so that they cannot be
    taken out again.
    """

    name: str
    plan: Callable[[int, int, datetime], MergePlan]
    stands_in_way: Callable[[Mapping[str, Collection[int]], int, int, datetime], Sequence[MergeObstacle]]


menu_items: list[MenuItem] = []
#: entries of the menu under one's own name
account_links: list[MenuItem] = []
panels: list[Panel] = []
search_providers: list[SearchProvider] = []
#: what the tiers of the programme give at a moment: by tier id, (label, value) pairs
tier_facts: list[Callable[[datetime], Mapping[int, Sequence[tuple[str, str]]]]] = []
#: by subject type: (actor, public id) -> Story, or None when not there or not the actor's
story_resolvers: dict[str, Callable[[Actor, str], Story | None]] = {}
#: by subject type: public id -> address of its page in the extranet
subject_urls: dict[str, Callable[[str], str]] = {}
merge_participants: list[MergeParticipant] = []
#: by dotted verb: what happened, in the reader's language
event_labels: dict[str, _StrPromise | str] = {}
#: what a person, by user id, still has to do: (label, number) pairs; nobody with such work loses the access
open_work: list[Callable[[int], Sequence[tuple[_StrPromise | str, int]]]] = []
#: by public id of a membership: where that work is handed over
handover_addresses: list[Callable[[str], str]] = []
#: what is read of a person along with the account, since every request asks for it
user_relations: list[str] = []
_user_resolvers: list[UserResolver] = []


def register_user_resolver(resolver: UserResolver, *, reads: Sequence[str] = ()) -> None:
    """Name the function that turns a user into an actor, and the relations of the user that it looks at.

    There is exactly one.
    """
    if _user_resolvers and _user_resolvers[0] is not resolver:
        raise RuntimeError("a user resolver is registered already")
    _user_resolvers[:] = [resolver]
    user_relations[:] = reads


def resolve_user(user: User, door: Door) -> Actor:
    """The actor of a signed-in user, by the registered resolver."""
    return _user_resolvers[0](user, door)


def menu_for(actor: Actor) -> Iterable[MenuItem]:
    """The navigation an actor may use, in order."""
    return [item for item in sorted(menu_items, key=lambda item: item.order) if item.allowed(actor)]
