"""The desk's front: which of Wagtail's own entries stay, and what its home shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from concord.cms.desk import ChecksPanel, DraftsPanel, FeedsPanel, LibraryPanel, actor_at_desk
from concord.portal.enums import Role

#: Wagtail's reports on pages: nothing to those who do not write any
_REPORTS_ON_PAGES = frozenset({"locked-pages", "workflows", "workflow-tasks", "aging-pages", "page-types-usage"})


@hooks.register("construct_main_menu", order=1000)
def without_strangers(request: HttpRequest, items: list[Any]) -> None:
    """No entry for Wagtail's own manual: it lies outside, and speaks of a desk without registrations and prices."""
    items[:] = [item for item in items if item.name != "help"]


@hooks.register("construct_reports_menu", order=1000)
def reports_by_role(request: HttpRequest, items: list[Any]) -> None:
    """Reports on pages are for editors."""
    if not actor_at_desk(request).has_role(Role.CONTENT_EDITOR):
        items[:] = [item for item in items if item.name not in _REPORTS_ON_PAGES]


@hooks.register("construct_homepage_panels", order=1000)
def panels_of_home(request: HttpRequest, panels: list[Any]) -> None:
    """Feeds and imports, the library, drafts; Wagtail's own panels on pages are for editors."""
    if not actor_at_desk(request).has_role(Role.CONTENT_EDITOR):
        panels[:] = [panel for panel in panels if not type(panel).__module__.startswith("wagtail.")]
    panels.extend([ChecksPanel(), FeedsPanel(), LibraryPanel(), DraftsPanel()])


@hooks.register("construct_homepage_summary_items", order=1000)
def summary_by_role(request: HttpRequest, items: list[Any]) -> None:
    """How many pages, pictures and documents there are, tells editors something."""
    if not actor_at_desk(request).has_role(Role.CONTENT_EDITOR):
        items.clear()
