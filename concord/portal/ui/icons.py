"""Icons as inline SVG, read once per process from the icon package."""

from __future__ import annotations

import re
from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from concord.portal.finders import node_modules

_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_BACKGROUND = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')
_NAME = re.compile(r"^[a-z0-9-]+$")


class UnknownIconError(LookupError):
    """There is no icon of that name in the icon package."""


@cache
def icon_paths(name: str, *, filled: bool = False) -> SafeString:
    """The drawing of an icon without its `<svg>` element. Raises `UnknownIconError`."""
    if not _NAME.match(name):
        raise UnknownIconError(name)
    folder = "filled" if filled else "outline"
    file = node_modules() / "@tabler" / "icons" / "icons" / folder / f"{name}.svg"
    try:
        source = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UnknownIconError(name) from error
    match = _INNER.search(source)
    if match is None:
        raise UnknownIconError(name)
    drawing = " ".join(_BACKGROUND.sub("", match.group(1)).split())
    return mark_safe(drawing)  # noqa: S308 - a file of the pinned icon package, chosen by a checked name


@cache
def render_icon(name: str, *, css: str = "", label: str = "", filled: bool = False) -> SafeString:
    """An inline SVG. Without `label` it is decoration (hidden from screen readers), with it an image of that name."""
    paint = ("currentColor", "none") if filled else ("none", "currentColor")
    meaning = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon{}" width="20" height="20" viewBox="0 0 24 24" fill="{}" stroke="{}" stroke-width="1.75" '
        'stroke-linecap="round" stroke-linejoin="round" focusable="false" {}>{}</svg>',
        f" {css}" if css else "",
        *paint,
        meaning,
        icon_paths(name, filled=filled),
    )
