"""Doors of the UI kit itself: the language, and the brand's colour (a style sheet: pages carry no style) and logo."""

from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from concord.portal.models.brand import BrandSettings
from concord.portal.ui.brand import brand_of

_KEPT_SECONDS = 86_400  # the address changes with the colour and the picture


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Switch the language of this browser, and of the profile, so that mails and documents follow."""
    response = set_language(request)
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        request.user.language = language
        request.user.save(update_fields=["language"])
    return response


@require_safe
def brand_css(request: HttpRequest) -> HttpResponse:
    """The accent colour of the brand; the kit derives the shades of light and dark from it."""
    accent = brand_of(request).accent
    body = f":root{{--co-brand:{accent}}}\n" if accent else "/* The accent of the kit. */\n"
    response = HttpResponse(body, content_type="text/css; charset=utf-8")
    patch_cache_control(response, public=True, max_age=_KEPT_SECONDS)
    return response


@require_safe
def brand_logo(request: HttpRequest) -> HttpResponseBase:
    """The logo, small enough for a header. It is public: sign-in shows it; no other picture comes this way."""
    logo = BrandSettings.load(request_or_site=request).logo
    if logo is None:
        raise Http404
    rendition = logo.get_rendition("max-480x96|format-png")
    response = FileResponse(rendition.file.open("rb"), content_type="image/png")
    patch_cache_control(response, public=True, max_age=_KEPT_SECONDS)
    return response
