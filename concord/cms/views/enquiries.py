"""The public form: open to everybody, in both languages, with consent, a trap for machines and a limit."""

from __future__ import annotations

import uuid

from allauth.account.adapter import get_adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from concord.cms.actions.enquiries import receive_enquiry
from concord.cms.forms.enquiry import EnquiryForm, refuse_enquiry
from concord.cms.models import LeadFormPage
from concord.cms.queries.pages import lead_form
from concord.portal.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
def enquiry(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, or what becomes of it."""
    page = _page(slug)
    if request.method != "POST":
        return _show(request, page, EnquiryForm(consent_text=page.consent))
    form = EnquiryForm(request.POST, consent_text=page.consent)
    if form.is_trapped:
        return redirect("cms:enquiry-thanks", slug)  # a machine learns nothing, and nothing is written
    if not form.is_valid():
        return _show(request, page, form, status=422)
    try:
        receive_enquiry(
            page=page,
            facts=form.facts(get_language() or "en"),
            key=uuid.UUID(form.cleaned_data["idempotency_key"]),
            asked_by=get_adapter(request).get_client_ip(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        refuse_enquiry(form, refusal)
        return _show(request, page, form, status=refusal.status)
    return redirect("cms:enquiry-thanks", slug)


@require_safe
def enquiry_thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """What a visitor reads after sending: the same for everybody."""
    return render(request, "cms/lead_form.html", {"page": _page(slug), "is_sent": True})


def _page(slug: str) -> LeadFormPage:
    page = lead_form(slug, get_language() or "en")
    if page is None:
        raise Http404
    return page


def _show(request: HttpRequest, page: LeadFormPage, form: EnquiryForm, *, status: int = 200) -> HttpResponse:
    context = {"page": page, "form": form, "idempotency": form.data.get("idempotency_key", "")}
    response = render(request, "cms/lead_form.html", context, status=status)
    patch_cache_control(response, private=True, no_store=True)
    return response
