"""The OpenAPI document: the public API only, who may call with which scope, and errors as they are really sent."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from concord.portal.api.permissions import HasScope
from concord.portal.api.problems import MEDIA_TYPE
from concord.portal.api.scopes import ALL

PREFIX = "/api/v1/"


class ProblemErrorSerializer(serializers.Serializer[Any]):
    """One value that was not accepted."""

    pointer = serializers.CharField(help_text="JSON pointer to the value")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details, RFC 9457. ``code`` never changes; ``title`` and ``detail`` are in the caller's language."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    code = serializers.CharField()
    errors = ProblemErrorSerializer(many=True, required=False)  # type: ignore[assignment] # a field, as documented


class ProblemAutoSchema(AutoSchema):
    """Documents, with each operation, the refusals that it can answer with."""

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        if direction == "response":
            for status in self._refusals():
                body = self._get_response_for_code(ProblemSerializer, status, media_types=[MEDIA_TYPE])  # type: ignore[no-untyped-call]
                bodies.setdefault(status, body)
        return bodies

    def _refusals(self) -> list[str]:
        statuses = {"406", "429"}
        if self.get_auth():
            statuses |= {"401", "403"}
        if "{" in self.path:
            statuses.add("404")
        if self.method == "GET":
            return sorted(statuses | {"422"})
        statuses |= {"400", "409", "415", "422"}
        if "{" in self.path:
            statuses |= {"412", "428"}
        return sorted(statuses)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Client credentials, with the scope that the operation needs."""

    target_class = "concord.portal.api.authentication.ServiceTokenAuthentication"
    name = "oauth2"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Where tokens come from, and all scopes."""
        flow = {"tokenUrl": "/api/oauth/token", "scopes": {scope: scope for scope in sorted(ALL)}}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        """The scope of this operation."""
        needed = HasScope.needed_for(auto_schema.method, auto_schema.view)
        return {self.name: needed.split() if needed else []}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The extranet's session cookie."""

    target_class = "concord.portal.api.authentication.ExtranetSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """The cookie; writing also needs the CSRF header."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def only_public_api(endpoints: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Keep ``/api/v1/`` and leave the desk's internal addresses out."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(PREFIX)]
