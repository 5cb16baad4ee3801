"""The public page that says whether a quote is genuine and in force, and of two which one binds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET

from concord.documents.pdf import signing_certificate
from concord.portal.enums import Door
from concord.portal.limits import TooMany
from concord.pricing.actions.quote_checks import check_quote
from concord.pricing.codes import grouped, read_code
from concord.pricing.forms.quote_check import LinesForm, OneTimeCodeForm, PapersForm
from concord.pricing.queries.quote_checks import CheckAnswer, checked_quote
from concord.pricing.queries.quote_comparison import Comparison, compare_codes, shown_lines
from concord.pricing.queries.quote_papers import PaperAnswer
from concord.pricing.queries.quote_proofs import attempts_left, is_open, proved_mails

#: the session's memory of this page: proofs of mail that were asked for, newest last
PROOFS = "quote_check_proofs"
#: set for one answer, so that coming back from a form of the page is not logged as another check
COMING_BACK = "quote_check_back"


@dataclass
class Sheet:
    """What the page shows; a view fills in what it knows."""

    code: str = ""
    other: str = ""
    answers: list[CheckAnswer] = field(default_factory=list)
    papers: list[tuple[PaperAnswer, CheckAnswer | None]] = field(default_factory=list)
    refusal: str = ""
    status: int = 200
    forms: dict[str, Any] = field(default_factory=dict)


@require_GET
def quote_check(request: HttpRequest, code: str = "") -> HttpResponse:
    """One code, or a second one beside it to see which of the two binds."""
    asked = code or request.GET.get("code", "").strip()
    other = request.GET.get("other", "").strip()
    known = read_code(asked)
    if known and not code and not other:
        return HttpResponseRedirect(reverse("pricing:quote-check-code", args=[grouped(known)]))
    sheet = Sheet(code=asked, other=other)
    try:
        sheet.answers = [answer(request, one) for one in (asked, other) if one]
    except TooMany as refused:
        sheet.refusal, sheet.status = str(refused), refused.status
    if COMING_BACK in request.session:
        del request.session[COMING_BACK]
    return show(request, sheet)


def answer(request: HttpRequest, code: str) -> CheckAnswer:
    """The metered answer for a code; logged unless the visitor comes back from a form of this page."""
    return check_quote(
        code=code,
        asked_by=address_of(request),
        door=Door.PUBLIC,
        now=timezone.now(),
        is_logged=COMING_BACK not in request.session,
    )


def show(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """The page, kept by nobody on the way."""
    codes = [one.code for one in sheet.answers if one.is_ours]
    comparison = compare_codes(codes[0], codes[1], now=timezone.now()) if len(codes) > 1 else None
    response = render(
        request,
        "pricing/quote_check.html",
        {
            "sheet": sheet,
            "comparison": comparison,
            "has_copies": any(not paper.is_original for paper, _ in sheet.papers),
            "certificate": signing_certificate() if sheet.papers else None,
            "papers_form": sheet.forms.get("papers") or PapersForm(),
            **_lines(request, sheet, codes, comparison),
        },
        status=sheet.status,
    )
    patch_cache_control(response, private=True, no_store=True)
    response["X-Robots-Tag"] = "noindex"
    return response


def _lines(request: HttpRequest, sheet: Sheet, codes: Sequence[str], comparison: Comparison | None) -> dict[str, Any]:
    """Lines where the mail of every quote on the page is proved, else the form that leads there."""
    if not codes:
        return {}
    now = timezone.now()
    proofs = proofs_of(request)
    mails = proved_mails(proofs, now=now) if proofs else frozenset()
    quotes = [quote for code in codes if (quote := checked_quote(code)) is not None]
    if all(is_open(quote, mails) for quote in quotes):
        opened = [(quote, shown_lines(quote)) for quote in quotes]
        return {"opened": opened[:1] if comparison is None or comparison.is_same else [], "is_open": True}
    hidden = {"code": codes[0], "other": codes[1] if len(codes) > 1 else ""}
    left = attempts_left(proofs[-1], now=now) if proofs else 0
    return {
        "lines_form": sheet.forms.get("lines") or LinesForm(initial=hidden),
        "code_form": (sheet.forms.get("one_time_code") or OneTimeCodeForm(initial=hidden)) if left else None,
        "attempts_left": left,
        "is_half_open": any(is_open(quote, mails) for quote in quotes),
    }


def back_to(code: str, other: str) -> str:
    """The address of the page for these codes, at its lines."""
    query = f"?{urlencode({'other': other})}" if other else ""
    return reverse("pricing:quote-check-code", args=[code]) + query + "#lines"


def proofs_of(request: HttpRequest) -> list[str]:
    """The proofs that this visitor asked for; reading them makes no session."""
    kept = request.session.get(PROOFS, [])
    return [str(one) for one in kept][-6:]


def address_of(request: HttpRequest) -> str:
    """The client's address, as far as proxies may be trusted."""
    return str(get_adapter(request).get_client_ip(request))
