"""The vendor's name, logo and accent colour, as set in the desk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from concord.portal.models.brand import BrandSettings

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

KIT_ACCENT = "#3a49b5"  # what concord.css draws without being told anything
_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")
_CLAIM = _("One customer, one product, one price, and the whole story behind it.")


@dataclass(frozen=True, slots=True)
class Brand:
    """What pages show of the vendor. `accent` is empty where it is the kit's own."""

    name: str = "Concord"
    logo_url: str = ""
    accent: str = ""
    claim: Text = _CLAIM

    @property
    def accent_key(self) -> str:
        """The accent without its sign: the version of the brand's style sheet."""
        return self.accent.removeprefix("#")


def brand_of(request: HttpRequest) -> Brand:
    """The brand to show on this request: read with the reader's account, else one query, kept for the request.

    Shades that stay readable are the CSS's.
    """
    kept = getattr(getattr(request, "user", None), "brand_shown", None) or _asked_for(request)
    accent = kept["accent"].lower()
    if accent == KIT_ACCENT or not _COLOUR.match(accent):
        accent = ""
    logo = f"{reverse('brand-logo')}?{kept['logo']}" if kept["logo"] else ""
    return Brand(name=kept["name"], logo_url=logo, accent=accent)


def _asked_for(request: HttpRequest) -> dict[str, Any]:
    kept = BrandSettings.load(request_or_site=request)
    return {"name": kept.brand_name, "accent": kept.accent_colour, "logo": kept.logo_id}
