"""Scope checks. Every view says per method which scope it needs; a view that says nothing is closed."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from concord.portal.api import scopes
from concord.portal.api.authentication import api_actor

SAFE = {"GET", "HEAD", "OPTIONS"}


class HasScope(BasePermission):
    """``required_scopes`` of the view: a string, or a dict by method or by view-set action. ``""`` means public.

    What needs more than one scope names them all, with blanks between them.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the caller is known and carries the scope."""
        needed = self.needed_for(request.method or "", view)
        if needed is None:
            return False
        if needed == "":
            return True
        if not request.user or not request.user.is_authenticated:
            return False
        actor = api_actor(request)
        if not actor.is_known:
            return False
        wanted = set(needed.split())
        if actor.is_superuser and request.auth is None:
            return True
        of_role = frozenset().union(*(scopes.OF_ROLE.get(role, frozenset()) for role in actor.roles))
        if request.auth is None:
            return wanted <= of_role
        carried = actor.scopes | {scopes.IMPLIED[scope] for scope in actor.scopes if scope in scopes.IMPLIED}
        return wanted <= of_role & carried

    @staticmethod
    def needed_for(method: str, view: Any) -> str | None:
        """The scopes that a view asks for; ``""`` means none, ``None`` that it is closed."""
        declared = getattr(view, "required_scopes", None)
        if declared is None or isinstance(declared, str):
            return declared
        action = getattr(view, "action", None)
        method = "GET" if method in SAFE else method
        found: str | None = declared.get(action) if action in declared else declared.get(method)
        return found
