"""What every page's template gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info

from concord.portal import registry
from concord.portal.ui.brand import brand_of

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "concord_theme"


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry of the navigation as the template draws it."""

    label: str
    url: str
    icon: str
    active: bool


def _menu(request: HttpRequest) -> list[MenuEntry]:
    actor = getattr(request, "actor", None)
    if actor is None:
        return []
    entries = []
    for item in registry.menu_for(actor):
        url = reverse(item.url_name)
        prefix = item.prefix or url
        active = request.path == "/" if prefix == "/" else request.path.startswith((prefix, *item.also))
        entries.append(MenuEntry(str(item.label), url, item.icon, active))
    return entries


def _account_links(request: HttpRequest) -> list[MenuEntry]:
    """What stands in the menu under one's own name."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return []
    items = sorted(registry.account_links, key=lambda item: item.order)
    return [MenuEntry(str(one.label), reverse(one.url_name), one.icon, False) for one in items if one.allowed(actor)]


def _languages() -> list[dict[str, Any]]:
    current = get_language() or settings.LANGUAGE_CODE
    return [
        {"code": code, "name": get_language_info(code)["name_local"], "active": code == current}
        for code, _name in settings.LANGUAGES
    ]


def _search_url() -> str:
    for name in ("cms:search", "search"):  # the search page stands above the floor, and may be left out
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def _may_go_home(request: HttpRequest) -> bool:
    """Whether the way home leads anywhere: to the home page, or to the sign-in; not for whom nobody vouches."""
    actor = getattr(request, "actor", None)
    signed_in = getattr(getattr(request, "user", None), "is_authenticated", False)
    return not signed_in or (actor is not None and actor.is_known)


def portal(request: HttpRequest) -> dict[str, Any]:
    """Brand, navigation, theme and languages. Lazy: a fragment that draws no shell pays nothing."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return {
        "brand": SimpleLazyObject(lambda: brand_of(request)),
        "may_go_home": SimpleLazyObject(lambda: _may_go_home(request)),
        "menu": SimpleLazyObject(lambda: _menu(request)),
        "account_links": SimpleLazyObject(lambda: _account_links(request)),
        "languages": SimpleLazyObject(_languages),
        "portal_search_url": SimpleLazyObject(_search_url),
        "theme": theme if theme in THEMES else "auto",
        "actor": getattr(request, "actor", None),
    }
