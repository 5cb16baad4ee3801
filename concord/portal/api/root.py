"""``GET /api/v1/``: where everything is."""

from __future__ import annotations

from typing import Any, NoReturn

from django.urls import URLPattern, get_resolver
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.portal.refusals import NotThere

ADDRESSES = {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}


class RootView(APIView):
    """The roots of the API, by name. Public: it says what there is, not what is in it."""

    required_scopes = ""
    authentication_classes = ()

    @extend_schema(responses={200: ADDRESSES})
    def get(self, request: Request) -> Response:
        """Every collection's address."""
        prefix = "api/v1/"
        roots: dict[str, str] = {}
        for route in sorted(_routes(get_resolver(), "")):
            if route.startswith(prefix):
                rest = route.removeprefix(prefix)
                if rest and "<" not in rest and rest.count("/") == 1:
                    roots[rest.strip("/").replace("-", "_")] = request.build_absolute_uri("/" + route)
        return Response(roots)


@extend_schema(exclude=True)
class NothingHereView(APIView):
    """Addresses of the API that do not exist: a problem document as everywhere else, whoever asks and how."""

    required_scopes = ""
    authentication_classes = ()
    http_method_names = ()

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> NoReturn:
        """Every method comes here, since none is allowed."""
        raise NotThere


def _routes(resolver, prefix: str):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - Django's resolver is untyped
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        elif route.startswith("api") or not route:
            yield from _routes(entry, route)
