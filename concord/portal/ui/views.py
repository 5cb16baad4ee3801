"""Doors of the UI kit itself: the brand's colours as a style sheet, as the pages carry no inline style."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from concord.portal.ui.brand import brand_of


@require_safe
def brand_css(request: HttpRequest) -> HttpResponse:
    """The accent colour of the brand; the kit derives the shades of light and dark from it."""
    accent = brand_of(request).safe_accent
    body = f":root{{--co-brand:{accent}}}\n" if accent else "/* The accent of the kit. */\n"
    response = HttpResponse(body, content_type="text/css; charset=utf-8")
    patch_cache_control(response, public=True, max_age=300)
    return response
