"""The vendor's name, logo and accent colour. The desk's site settings provide them; until then it is Concord."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")


@dataclass(frozen=True, slots=True)
class Brand:
    """`accent` is `#rrggbb` or empty for the kit's own; shades that stay readable are derived from it in the CSS."""

    name: str = "Concord"
    logo_url: str = ""
    accent: str = ""
    claim: Text = ""

    @property
    def safe_accent(self) -> str:
        """The accent if it is a colour, so that nothing else can reach a style sheet."""
        return self.accent if _COLOUR.match(self.accent) else ""


_CLAIM = _("One customer, one product, one price, and the whole story behind it.")
_providers: list[Callable[[HttpRequest], Brand]] = []


def register_brand(provider: Callable[[HttpRequest], Brand]) -> None:
    """Name the function that knows the brand of the site asked for; it is called once per page, so it must be cheap."""
    if _providers and _providers[0] is not provider:
        raise RuntimeError("a brand provider is registered already")
    _providers[:] = [provider]


def brand_of(request: HttpRequest) -> Brand:
    """The brand to show on this request."""
    return _providers[0](request) if _providers else Brand(claim=_CLAIM)
