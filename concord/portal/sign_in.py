"""How allauth works here: people are invited, never sign up; tokens belong to API clients of the partners app."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """People are invited by their company or by the vendor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by himself."""
        return False


class TokenAdapter(DefaultOIDCAdapter):
    """Names the scopes of the API for consent pages and documents."""

    scope_display: dict[str, Any] = {**DefaultOIDCAdapter.scope_display}
