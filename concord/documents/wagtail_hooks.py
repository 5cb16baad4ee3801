"""What documents bring to the desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from concord.documents.desk import SigningPanel


@hooks.register("construct_homepage_panels")
def signing_on_home(request: HttpRequest, panels: list[Any]) -> None:
    """A certificate that is missing or runs out is said before quotes go out without it."""
    panels.append(SigningPanel())
