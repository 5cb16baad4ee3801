"""Every address that the resolver knows, with the methods that its view answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

PAGE_METHODS = ("GET", "POST")


@dataclass(frozen=True, slots=True)
class Route:
    """``pattern`` is the whole route as written in the URL configuration: ``deals/<uuid:uuid>/``."""

    pattern: str
    methods: tuple[str, ...]
    entry: URLPattern

    @property
    def is_desk(self) -> bool:
        return self.pattern.startswith("desk/")

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of what the address takes."""
        return tuple(found[1] for found in re.finditer(r"<(?:\w+:)?(\w+)>", self.pattern))


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        whole = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield whole, entry
        else:
            yield from walk(entry, whole)


@cache
def all_routes() -> tuple[Route, ...]:
    """In the order of the resolver; an address that is shadowed by an earlier one of the same text counts once."""
    found: dict[str, Route] = {}
    for pattern, entry in walk(get_resolver()):
        found.setdefault(pattern, Route(pattern, methods_of(entry.callback), entry))
    return tuple(found.values())


def methods_of(view: Callable[..., Any]) -> tuple[str, ...]:
    """The methods that a view answers. What does not say is taken to answer GET and POST."""
    actions: dict[str, str] | None = getattr(view, "actions", None)
    if actions:
        return _in_order(actions)
    of_class: Any = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if of_class is not None:
        # Django's form views take PUT for POST, its redirects take anything: pages are asked for what browsers send.
        wanted = METHODS if hasattr(view, "cls") else PAGE_METHODS
        defined = [name for name in of_class.http_method_names if hasattr(of_class, name) and name.upper() in wanted]
        return _in_order(defined) or ("GET",)
    return _in_order(_declared(view)) or ("GET", "POST")


def _in_order(names: Any) -> tuple[str, ...]:
    known = {name.upper() for name in names}
    return tuple(method for method in METHODS if method in known)


def _declared(view: Callable[..., Any]) -> list[str]:
    """What ``require_http_methods`` and its relatives keep in their closure."""
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            try:
                content = cell.cell_contents
            except ValueError:
                continue
            if isinstance(content, list) and content and set(content) <= {*METHODS, "HEAD", "OPTIONS"}:
                return content
        view = getattr(view, "__wrapped__", None)
    return []
