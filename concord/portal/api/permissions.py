"""Scope checks. Every view says per method which scope it needs; a view that says nothing is closed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from concord.portal.api import scopes
from concord.portal.api.authentication import api_actor
from concord.portal.refusals import NotAllowed

SAFE = {"GET", "HEAD", "OPTIONS"}


def carries(request: Request, needed: str) -> bool:
    """Whether the caller is known and has these scopes: by role, and with a token by what it carries too."""
    actor = api_actor(request)
    if not actor.is_known:
        return False
    if actor.is_superuser and request.auth is None:
        return True
    wanted = set(needed.split())
    of_role = frozenset().union(*(scopes.OF_ROLE.get(role, frozenset()) for role in actor.roles))
    if request.auth is None:
        return wanted <= of_role
    carried = actor.scopes | {scopes.IMPLIED[scope] for scope in actor.scopes if scope in scopes.IMPLIED}
    return wanted <= of_role & carried


def demand_scope_to_decide(request: Request, needed: str) -> None:
    """Where a partner asks and the vendor decides at one address: raises ``NotAllowed`` to who may not decide."""
    if api_actor(request).is_vendor and not carries(request, needed):
        raise NotAllowed(
            _("For this a client of the vendor needs the scope %(scope)s.") % {"scope": needed}, code="scope"
        )


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
        return carries(request, needed)

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
