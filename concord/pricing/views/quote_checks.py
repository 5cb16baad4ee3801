"""The public page that says whether a quote is genuine and in force."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET

from concord.portal.enums import Door
from concord.portal.limits import TooMany
from concord.pricing.actions.quote_checks import check_quote
from concord.pricing.codes import grouped, read_code
from concord.pricing.queries.quote_checks import CheckAnswer, which_binds


@require_GET
def quote_check(request: HttpRequest, code: str = "") -> HttpResponse:
    """One code, or a second one beside it to see which of the two binds."""
    asked = code or request.GET.get("code", "").strip()
    other = request.GET.get("other", "").strip()
    known = read_code(asked)
    if known and not code and not other:
        return HttpResponseRedirect(reverse("pricing:quote-check-code", args=[grouped(known)]))
    answers: list[CheckAnswer] = []
    status = 200
    refusal = ""
    try:
        answers = [_answer(request, one) for one in (asked, other) if one]
    except TooMany as refused:
        refusal, status = str(refused), refused.status
    response = render(
        request,
        "pricing/quote_check.html",
        {
            "code": asked,
            "other": other,
            "answers": answers,
            "binding": which_binds(answers) if len(answers) > 1 else None,
            "binding_count": sum(answer.binds for answer in answers),
            "refusal": refusal,
        },
        status=status,
    )
    patch_cache_control(response, private=True, no_store=True)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, code: str) -> CheckAnswer:
    address = get_adapter(request).get_client_ip(request)
    return check_quote(code=code, asked_by=address, door=Door.PUBLIC, now=timezone.now())
