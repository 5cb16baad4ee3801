"""Small pictures for the desk: its lists and choosers show what editors uploaded. Nobody else gets any from here."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from wagtail.images import get_image_model

from concord.portal.desk import PEOPLE_OF_THE_DESK
from concord.portal.middleware import actor_of

_MIMES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp"}


@require_safe
def rendition(request: HttpRequest, name: str) -> HttpResponseBase:
    """A rendition, found by its row and not by its path. For all but the desk's people there is nothing here."""
    if not request.user.is_authenticated or not actor_of(request).has_role(*PEOPLE_OF_THE_DESK):
        raise Http404
    found = get_image_model().get_rendition_model().objects.filter(file=f"images/{name}").first()
    mime = _MIMES.get(name.rsplit(".", 1)[-1].casefold())
    if found is None or mime is None or not found.file.storage.exists(found.file.name):
        raise Http404
    response = FileResponse(found.file.open("rb"), content_type=mime)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, max_age=3600)
    return response
