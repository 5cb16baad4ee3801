"""What every request carries: its actor, its time zone, and the promise that private answers are not kept."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.functional import SimpleLazyObject

from concord.portal.actor import Actor, actor_for_user
from concord.portal.enums import Door
from concord.portal.models import User

if TYPE_CHECKING:
    GetResponse = Callable[[HttpRequest], HttpResponse]


def _door_of(path: str) -> Door:
    if path.startswith("/desk/"):
        return Door.DESK
    if path.startswith("/api/"):
        return Door.API
    return Door.EXTRANET


class NoNulMiddleware:
    """Takes the character NUL out of what is asked for: no text of the database holds it, and none is found by it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.META.get("QUERY_STRING", "")
        while "%00" in asked or "\x00" in asked:
            asked = request.META["QUERY_STRING"] = asked.replace("%00", "").replace("\x00", "")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """No address holds it either; raised here, the answer is that of any address that leads nowhere."""
        if "\x00" in request.path_info:
            raise Http404


class ActorMiddleware:
    """Sets ``request.actor`` (lazily: one query when somebody asks), the reader's time zone and language."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: actor_for_user(request.user, _door_of(request.path)),  # type: ignore[arg-type]
        )
        if request.user.is_authenticated:
            timezone.activate(zoneinfo.ZoneInfo(request.user.time_zone))
            self._speak(request, request.user)
        else:
            timezone.deactivate()
        return self.get_response(request)

    @staticmethod
    def _speak(request: HttpRequest, user: User) -> None:
        """The profile's language, unless the reader chose another one in this browser."""
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and not request.path.startswith("/api/"):
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language


class PrivateResponseMiddleware:
    """Answers to a signed-in reader are for that reader alone and are not stored on the way."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        signed_in = getattr(request, "user", None) is not None and request.user.is_authenticated
        if (signed_in or "Authorization" in request.headers) and "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_store=True)
        return response


class LargestBodyMiddleware:
    """Turns requests away that bring more than any page or feed takes, before a byte of them is read.

    A form's files are laid on the disk while it is parsed, and it is parsed to look for its token: anybody could fill
    the disk, signed in or not. What announces no length brings nothing: the server reads as much as was announced.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = str(request.META.get("CONTENT_LENGTH") or "0")
        if said.isascii() and said.isdigit() and (len(said) > 15 or int(said) > settings.LARGEST_BODY):
            return _too_large(request)
        return self.get_response(request)


def _too_large(request: HttpRequest) -> HttpResponse:
    """The answer before anything is known of the reader: a problem for systems, for people a page in both languages."""
    if not request.path.startswith("/api/"):
        return HttpResponse(render_to_string("413.html"), status=413)
    problem = {"type": "/api/docs/problems#too_large", "title": "Too large", "status": 413, "code": "too_large"}
    told = {**problem, "detail": "The request is larger than anything taken here.", "instance": request.path}
    return JsonResponse(told, status=413, content_type="application/problem+json")


class DeskPolicyMiddleware:
    """The desk's own content security policy; stands inside the middleware that writes it into the answer.

    A preview is a page of the extranet, asked for within the request of the desk that shows it in a frame: its policy
    would forbid just that, and makes room.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/desk/"):
            if "frame-ancestors 'none'" in response.get("Content-Security-Policy", ""):
                del response["Content-Security-Policy"]
            response._csp_config = settings.DESK_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
        return response


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
