"""Pages that belong to no package."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is looked at: a slow database must not get the process killed."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def desk_sign_in_page(request: HttpRequest) -> HttpResponse:
    """Where the desk sends whom it does not let in: to sign in, or (signed in already) to a plain no."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or "/desk/")
