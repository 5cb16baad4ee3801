"""What browsers and crawlers ask for by themselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from concord.portal.ui.brand import brand_of

_DAY = 86_400


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for crawlers."""
    response = HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")
    patch_cache_control(response, public=True, max_age=_DAY)
    return response


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Lets a phone put the portal on its home screen, under the vendor's name."""
    brand = brand_of(request)
    body = {
        "name": brand.name,
        "short_name": brand.name[:12],
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": brand.accent or "#3a49b5",
        "background_color": "#ffffff",
        "icons": [{"src": static("portal/mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }
    response = JsonResponse(body, content_type="application/manifest+json")
    patch_cache_control(response, public=True, max_age=_DAY)
    return response
