"""How allauth works here: people are invited, never sign up; tokens belong to API clients of the partners app.

What every request of a signed-in person costs is decided here too: the account is read together with what makes an
actor of it, and where a session was seen is noted every few minutes, not with every request.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from concord.portal import registry
from concord.portal.models import BrandSettings, User
from concord.portal.rights import read_rights

if TYPE_CHECKING:
    GetResponse = Callable[[HttpRequest], HttpResponse]

#: seconds after which a session that is in use is noted again
_EVERY: Final = 300.0
#: sessions that a process remembers to have noted
_MOST: Final = 10_000


class SignInBackend(AuthenticationBackend):
    """People sign in by address and password; who is signed in is read in one statement."""

    def get_user(self, user_id: Any) -> User | None:
        """The account of a session, with what says what the person is here, and the brand; nobody once inactive."""
        known = User.objects.select_related("wagtail_userprofile", *registry.user_relations)
        user = known.annotate(brand_shown=BrandSettings.shown()).filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        user.is_read_whole = True
        return user

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """The rights of the person's groups; those on pages and collections are read with them."""
        asked = user_obj.is_active and not user_obj.is_anonymous and not user_obj.is_superuser and obj is None
        if asked and not hasattr(user_obj, "_group_perm_cache"):
            user_obj._group_perm_cache = read_rights(user_obj)
        found: set[str] = super().get_group_permissions(user_obj, obj)
        return found

    def _get_user_permissions(self, _user: User) -> QuerySet[Permission]:
        """None of one's own: people have the permissions of their role's group, and nobody is given others."""
        return Permission.objects.none()


class SeenSessionsMiddleware:
    """Notes where a session is used from, so that people find it among their sessions and can end it.

    A new address or browser is noted at once, otherwise every few minutes: a page that is only read writes nothing.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._noted: dict[tuple[str, str, str], float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.session.session_key:
            self._note(request, request.session.session_key)
        return self.get_response(request)

    def _note(self, request: HttpRequest, key: str) -> None:
        seen = (key, get_adapter().get_client_ip(request) or "", request.META.get("HTTP_USER_AGENT", ""))
        now = time.monotonic()
        if now - self._noted.get(seen, float("-inf")) < _EVERY:
            return
        UserSession.objects.create_from_request(request)
        if len(self._noted) >= _MOST:
            self._noted.clear()
        self._noted[seen] = now


class AccountAdapter(DefaultAccountAdapter):
    """People are invited by their company or by the vendor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by himself."""
        return False


class TokenAdapter(DefaultOIDCAdapter):
    """Names the scopes of the API for consent pages and documents."""

    scope_display: dict[str, Any] = {**DefaultOIDCAdapter.scope_display}
