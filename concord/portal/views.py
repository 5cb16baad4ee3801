"""Pages that belong to no package."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is looked at: a slow database must not get the process killed."""
    return HttpResponse("ok\n", content_type="text/plain")
