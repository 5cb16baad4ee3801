"""Who may come in at all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from concord.cms.rules import can_enter
from concord.portal.middleware import actor_of

_P = ParamSpec("_P")


def for_people_we_know(
    view: Callable[Concatenate[HttpRequest, _P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, _P], HttpResponseBase]:
    """Ask the anonymous to sign in, and refuse whoever belongs to nobody."""

    @login_required
    @wraps(view)
    def checked(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
        if not can_enter(actor=actor_of(request)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked
