"""What page views share: who may come in, and how a refusal is said in a page or a form."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from concord.portal.actor import Actor
from concord.portal.middleware import actor_of
from concord.portal.refusals import InvalidInput, NotAllowed, NotThere, Refusal
from concord.portal.tabular import Value, write_csv, write_xlsx
from concord.portal.work import Busy

_P = ParamSpec("_P")
_Answer = TypeVar("_Answer")
PageView = Callable[Concatenate[HttpRequest, _P], HttpResponseBase]


def extranet_page(
    allowed: Callable[[Actor], bool] = lambda actor: actor.is_known,
) -> Callable[[PageView[_P]], PageView[_P]]:
    """A page of the extranet: sign-in first, then 403 for whom it is not meant.

    Refusals that the view lets through become pages too: what is not there is 404, what is not allowed 403.
    """

    def decorate(view: PageView[_P]) -> PageView[_P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
            if not allowed(actor_of(request)):
                raise PermissionDenied
            try:
                return view(request, *args, **kwargs)
            except NotThere as refusal:
                raise Http404 from refusal
            except NotAllowed as refusal:
                raise PermissionDenied(str(refusal)) from refusal
            except Busy as busy:
                answer = render(request, "409.html", {"busy": str(busy)}, status=busy.status)
                answer["Retry-After"] = str(busy.retry_after)
                return answer

        return login_required(guarded)

    return decorate


def once(request: HttpRequest, ask: Callable[..., _Answer], *about: Hashable, **given: object) -> _Answer:
    """What several parts of one page ask for, asked once a request.

    ``ask`` and what it is ``about`` say what is asked; what else is ``given`` (moments, limits) is the first asker's.
    """
    answers: dict[Hashable, Any] = request.__dict__.setdefault("_answered_once", {})
    if (ask, about) not in answers:
        answers[ask, about] = ask(*about, **given)
    answer: _Answer = answers[ask, about]
    return answer


def refuse_form(form: forms.BaseForm, refusal: Refusal) -> None:
    """Say a refusal at the fields it points at, or above the form."""
    if isinstance(refusal, InvalidInput):
        for error in refusal.errors:
            field = error.pointer.strip("/").split("/")[0]
            form.add_error(field if field in form.fields else None, str(error.message))
    else:
        form.add_error(None, str(refusal))


#: the tables that are handed out, by the ending of their files
TABLE_FORMATS: Final[Mapping[str, tuple[Callable[..., int], str]]] = {
    "csv": (write_csv, "text/csv; charset=utf-8"),
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def table_file(ending: str, *, name: str, headers: Sequence[object], rows: Iterable[Sequence[Value]]) -> FileResponse:
    """A table as a download. It is written to a file first: memory does not grow with its rows. Raises ``NotThere``."""
    if ending not in TABLE_FORMATS:
        raise NotThere
    write, content_type = TABLE_FORMATS[ending]
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it has been sent
    write(target, headers=[str(header) for header in headers], rows=rows)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{name}.{ending}", content_type=content_type)
