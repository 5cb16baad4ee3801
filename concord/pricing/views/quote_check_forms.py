"""What is sent on the public check page: PDFs to look into, a mail to prove, a one-time code."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from concord.documents.pdf.inspection import MAX_BYTES
from concord.portal.limits import TooMany
from concord.portal.refusals import Refusal
from concord.pricing.actions.quote_checks import check_document
from concord.pricing.actions.quote_proofs import ask_for_lines, prove_mail
from concord.pricing.codes import grouped, read_code
from concord.pricing.forms.quote_check import MOST_BYTES, LinesForm, OneTimeCodeForm, PapersForm, announced_length
from concord.pricing.views.quote_checks import (
    COMING_BACK,
    PROOFS,
    Sheet,
    address_of,
    answer,
    back_to,
    proofs_of,
    show,
)


@csrf_exempt
@require_POST
def quote_check_papers(request: HttpRequest) -> HttpResponse:
    """One or two PDFs; what is too large is turned away before its body is read."""
    length = announced_length(request)
    if length is None:
        return show(request, Sheet(refusal=_("The request does not say how long it is."), status=400))
    if length > MOST_BYTES:
        refusal = _("This is more than %(limit)s MB; no quote of ours is.") % {"limit": MAX_BYTES >> 20}
        return show(request, Sheet(refusal=refusal, status=413))
    return _papers(request)


@csrf_protect
def _papers(request: HttpRequest) -> HttpResponse:
    form = PapersForm(request.POST, request.FILES)
    sheet = Sheet(forms={"papers": form})
    if not form.is_valid():
        sheet.status = 422
        return show(request, sheet)
    try:
        for file in form.cleaned_data["papers"]:
            found = check_document(
                name=file.name, content=file.read(), asked_by=address_of(request), now=timezone.now()
            )
            sheet.papers.append(found)
            if found[1] is not None:
                sheet.answers.append(found[1])
    except TooMany as refused:
        sheet.refusal, sheet.status = str(refused), refused.status
    sheet.forms = {}
    sheet.code, sheet.other = [*(one.code for one in sheet.answers), "", ""][:2]
    return show(request, sheet)


@require_POST
def quote_check_lines(request: HttpRequest) -> HttpResponse:
    """Ask for a one-time code; the same answer whether the address stands on the quote or not."""
    form = LinesForm(request.POST)
    if not form.is_valid():
        return _again(request, "lines", form)
    codes = [code for name in ("code", "other") if (code := read_code(form.cleaned_data[name]))]
    try:
        proof = ask_for_lines(
            codes=codes, mail=form.cleaned_data["mail"], asked_by=address_of(request), now=timezone.now()
        )
    except Refusal as refused:
        return _again(request, "lines", form, refused)
    request.session[PROOFS] = [*proofs_of(request), str(proof)]
    return _back(request, codes)


@require_POST
def quote_check_one_time_code(request: HttpRequest) -> HttpResponse:
    """Prove the mail with the code that was sent there."""
    form = OneTimeCodeForm(request.POST)
    proofs = proofs_of(request)
    if not form.is_valid() or not proofs:
        return _again(request, "one_time_code", form)
    codes = [code for name in ("code", "other") if (code := read_code(form.cleaned_data[name]))]
    try:
        proved = prove_mail(
            proof_uuid=proofs[-1],
            code=form.cleaned_data["one_time_code"],
            asked_by=address_of(request),
            now=timezone.now(),
        )
    except Refusal as refused:
        return _again(request, "one_time_code", form, refused)
    if proved:
        request.session.cycle_key()
    else:
        messages.error(request, _("That is not the code, or it has run out. Look into the newest mail, or ask again."))
    return _back(request, codes)


def _back(request: HttpRequest, codes: list[str]) -> HttpResponse:
    request.session[COMING_BACK] = True
    first, second = [*(grouped(code) for code in codes), "", ""][:2]
    return HttpResponseRedirect(back_to(first, second))


def _again(
    request: HttpRequest, name: str, form: LinesForm | OneTimeCodeForm, refused: Refusal | None = None
) -> HttpResponse:
    """The page with what was wrong; nothing has changed."""
    sheet = Sheet(forms={name: form}, status=refused.status if refused else 422)
    sheet.refusal = str(refused) if refused else ""
    sheet.code, sheet.other = str(form.data.get("code", ""))[:60], str(form.data.get("other", ""))[:60]
    try:
        sheet.answers = [answer(request, one) for one in (sheet.code, sheet.other) if one]
    except TooMany as too_many:
        sheet.refusal, sheet.status = str(too_many), too_many.status
    return show(request, sheet)
