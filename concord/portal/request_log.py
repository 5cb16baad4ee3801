"""One line of the log for each request: who, what and what came of it, and no secret that stands in an address."""

from __future__ import annotations

import structlog
from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

from concord.portal.redaction import without_secrets


class RequestLogMiddleware(RequestMiddleware):
    """The library's middleware, which would write addresses as they are and believe any forwarded one."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Method and address, without what is nobody's to read."""
        return without_secrets(f"{request.method} {request.get_full_path()}")

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """The client's address, as far as proxies may be trusted."""
        try:
            ip = get_adapter(request).get_client_ip(request)
        except (PermissionDenied, ImproperlyConfigured):  # over a socket, or past the proxies: logged all the same
            ip = ""
        structlog.contextvars.bind_contextvars(ip=ip)
