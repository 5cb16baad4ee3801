"""Errors as RFC 9457 problem details: ``type title status detail instance code`` and, for input, ``errors``."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import ErrorResponse
from rest_framework import exceptions, status
from rest_framework.response import Response

from concord.portal.limits import TooMany
from concord.portal.refusals import InvalidInput, Refusal
from concord.portal.work import Busy

MEDIA_TYPE = "application/problem+json"


class RefusalProblem(exceptions.APIException):
    """A refusal of the rules below, on its way out of the API."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(detail=str(refusal.message), code=refusal.code)
        self.refusal = refusal
        self.status_code = refusal.status


class ProblemHandler(ExceptionHandler):
    """Turns the rules' refusals and every other exception into problem documents."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """Refusals keep their status and code; bad input is 422 (unparsable bodies stay 400)."""
        if isinstance(exc, Refusal):
            return RefusalProblem(exc)
        if isinstance(exc, exceptions.ValidationError):
            exc.status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
        converted: Exception = super().convert_known_exceptions(exc)
        return converted

    def get_response(self, exc: exceptions.APIException, data: Any) -> Response:
        """The answer, as a problem document."""
        response: Response = super().get_response(exc, data)
        response.content_type = MEDIA_TYPE
        if isinstance(exc, RefusalProblem) and isinstance(exc.refusal, TooMany | Busy):
            response["Retry-After"] = str(exc.refusal.retry_after)
        return response


class ProblemFormatter(ExceptionFormatter):
    """The shape of the problem document."""

    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        """``type`` is a relative reference that stays the same for the same code."""
        exc = self.exc
        request: HttpRequest | None = self.context.get("request")
        refusal = exc.refusal if isinstance(exc, RefusalProblem) else None
        code = refusal.code if refusal else _code_of(exc, error_response)
        problem: dict[str, Any] = {
            "type": f"/api/docs/problems#{code}",
            "title": _title(exc.status_code),
            "status": exc.status_code,
            "detail": str(refusal.message) if refusal else _detail(error_response),
            "instance": request.path if request is not None else "",
            "code": code,
        }
        if refusal:
            problem.update(refusal.details)
        errors = _input_errors(exc, error_response, refusal)
        if errors:
            problem["errors"] = errors
        return problem


def _code_of(exc: exceptions.APIException, error_response: ErrorResponse) -> str:
    if isinstance(exc, exceptions.ValidationError):
        return "invalid"
    return str(error_response.errors[0].code) if error_response.errors else "error"


def _detail(error_response: ErrorResponse) -> str:
    if str(error_response.type) == "validation_error":
        return _("Some values need correcting.")
    return str(error_response.errors[0].detail) if error_response.errors else ""


def _input_errors(
    exc: exceptions.APIException,
    error_response: ErrorResponse,
    refusal: Refusal | None,
) -> list[dict[str, str]]:
    if isinstance(refusal, InvalidInput):
        return [{"pointer": one.pointer, "code": one.code, "detail": str(one.message)} for one in refusal.errors]
    if isinstance(exc, exceptions.ValidationError):
        return [
            {"pointer": "/" + (one.attr or "").replace(".", "/"), "code": str(one.code), "detail": str(one.detail)}
            for one in error_response.errors
        ]
    return []


def _title(status_code: int) -> str:
    titles = {
        400: _("Bad request"),
        401: _("Sign-in needed"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Method not allowed"),
        406: _("Not acceptable"),
        409: _("Conflict"),
        412: _("Changed in the meantime"),
        413: _("Too large"),
        415: _("Unsupported media type"),
        422: _("Invalid input"),
        428: _("Precondition required"),
        429: _("Too many requests"),
    }
    return titles.get(status_code, _("Error"))
