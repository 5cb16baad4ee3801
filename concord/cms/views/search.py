"""The search across everything: a page, and the few best hits below the field while somebody types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from concord.cms.enums import RESULTS_ON_PAGE, RESULTS_WHILE_TYPING
from concord.cms.queries.search import LONGEST, is_enough, search_everything
from concord.cms.views.doors import for_people_we_know
from concord.portal.middleware import actor_of


@require_safe
@for_people_we_know
def search(request: HttpRequest) -> HttpResponse:
    """What fits ``q`` and is the reader's to see, by package. htmx gets the list alone."""
    text = " ".join(request.GET.get("q", "").split())[:LONGEST]
    typing = bool(getattr(request, "htmx", False))
    groups = search_everything(
        actor=actor_of(request), text=text, limit=RESULTS_WHILE_TYPING if typing else RESULTS_ON_PAGE
    )
    context = {
        "search_query": text,
        "groups": groups,
        "enough": is_enough(text),
        "count": sum(len(group.results) for group in groups),
    }
    return render(request, "cms/parts/suggestions.html" if typing else "cms/search.html", context)
