"""Serves the pages that editors write, to people we know, in their language."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from concord.cms.actions.reading import mark_read
from concord.cms.models import HomePage, LeadFormPage, NewsPage
from concord.cms.queries.pages import find_by_path, programme_page
from concord.cms.views.doors import for_people_we_know
from concord.partners.models import Partner
from concord.portal.middleware import actor_of


@require_safe
@for_people_we_know
def serve_page(request: HttpRequest, path: str) -> HttpResponseBase:
    """The live page at an address. Opening a piece of news marks it as read."""
    language = get_language() or "en"
    found = find_by_path(request, path, language)
    if found is None:
        raise Http404
    page, args, kwargs = found
    if isinstance(page, HomePage):
        return redirect("cms:home")
    if any(not restriction.accept_request(request) for restriction in page.get_view_restrictions()):
        raise Http404  # an editor made it private: it is not there for others
    if isinstance(page, LeadFormPage):
        return redirect("cms:enquiry", page.slug)
    if isinstance(page, NewsPage):
        mark_read(actor=actor_of(request), news_key=page.translation_key, now=timezone.now())
    response: HttpResponseBase = page.serve(request, *args, **kwargs)
    return response


@require_safe
@for_people_we_know
def programme(request: HttpRequest) -> HttpResponse:
    """What the programme is, and where the reader's company stands in it."""
    actor = actor_of(request)
    partner = None
    if actor.partner_id is not None:
        own = Partner.objects.visible_to(actor).select_related("tier").prefetch_related("families")
        partner = own.filter(pk=actor.partner_id).first()
    page = programme_page(get_language() or "en")
    return render(request, "cms/programme.html", {"page": page, "partner": partner})
