"""Who calls the API: a service with a bearer token, or the extranet's own session with CSRF."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from allauth.idp.oidc.contrib.rest_framework.authentication import TokenAuthentication
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from concord.portal.actor import Actor, actor_for_user, stranger
from concord.portal.enums import Door


class ServiceTokenAuthentication(TokenAuthentication):
    """A client-credentials token acts as its client's service user. A bad token is 401, with a challenge."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The service user and the token; ``None`` without a bearer token."""
        if not request.headers.get("Authorization", "").lower().startswith("bearer "):
            return None
        result = super().authenticate(request)
        if result is None:
            raise AuthenticationFailed(_("The token is not valid, or no longer."))
        user, token = result
        user = user or token.client.owner
        if user is None or not user.is_active:
            raise AuthenticationFailed(_("The client is not active."))
        return user, token

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return 'Bearer realm="api"'


class ExtranetSessionAuthentication(SessionAuthentication):
    """The extranet's own session, under the same scoping and with CSRF."""


def api_actor(request: Request) -> Actor:
    """The actor behind an API request: the token's client, or the signed-in person with every scope of the role."""
    known: Actor | None = getattr(request, "_concord_actor", None)
    if known is None:
        known = _actor_behind(request)
        request._concord_actor = known  # type: ignore[attr-defined]  # asked by permissions, and by the view again
    return known


def _actor_behind(request: Request) -> Actor:
    if not request.user or not request.user.is_authenticated:
        return stranger(Door.API)
    actor = actor_for_user(request.user, Door.API)
    token: Any = request.auth
    if token is None:
        return actor
    return replace(actor, client_id=token.client_id, name=token.client.name, scopes=frozenset(token.get_scopes()))
