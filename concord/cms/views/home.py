"""Home: what waits for the reader, the figures, the packages' panels, the latest news."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from concord.cms.enums import NEWS_ON_HOME
from concord.cms.queries.figures import HomeFigures, home_figures
from concord.cms.queries.pages import front_pages, latest_news
from concord.cms.views.doors import for_people_we_know
from concord.deals.panels import standing_at, waiting_at
from concord.deals.queries.programme import programme_terms
from concord.portal import registry
from concord.portal.actor import Actor
from concord.portal.doors import once
from concord.portal.middleware import actor_of


def _panels(actor: Actor, request: HttpRequest) -> list[SafeString]:
    """The packages' cards, each drawn with its own context; those with nothing to say are left out."""
    drawn = []
    for panel in sorted(registry.panels, key=lambda one: one.order):
        context = panel.context(actor, request)
        if context is not None:
            drawn.append(render_to_string(panel.template, context, request=request))
    return drawn


def _figures(actor: Actor, request: HttpRequest, *, unread: int) -> HomeFigures:
    """The figures, of what the panels have asked for already."""
    return home_figures(
        standing=standing_at(actor, request),
        waiting=waiting_at(actor, request),
        ending_days=once(request, programme_terms).warn_before_end_days,
        unread=unread,
    )


@require_safe
@for_people_we_know
def home(request: HttpRequest) -> HttpResponse:
    """The first page after signing in. The vendor's people are shown the way to the desk."""
    actor, now, language = actor_of(request), timezone.now(), get_language() or "en"
    pages = front_pages(language)
    news, unread = latest_news(actor=actor, language=language, now=now, most=NEWS_ON_HOME)
    context = {
        "introduction": pages.home,
        "panels": _panels(actor, request),
        "news": news,
        "news_index": pages.news_index,
        "figures": _figures(actor, request, unread=unread) if actor.is_partner else None,
    }
    return render(request, "cms/home.html", context)
