"""Home: what waits for the reader, the figures, the packages' panels, the latest news."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from concord.cms.enums import NEWS_ON_HOME
from concord.cms.queries.figures import HomeFigures, home_figures
from concord.cms.queries.pages import home_page, news, news_index, with_unread
from concord.cms.views.doors import for_people_we_know
from concord.deals.panels import MOST_COUNTED
from concord.deals.queries.deals import counts_by_state, ending_protections
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


def _figures(actor: Actor, request: HttpRequest, *, language: str, now: datetime) -> HomeFigures:
    """The figures, of what the panels have asked for already."""
    days = once(request, programme_terms).warn_before_end_days
    within = timedelta(days=days)
    return home_figures(
        actor=actor,
        language=language,
        now=now,
        ending_days=days,
        counts=once(request, counts_by_state, actor),
        ending=once(request, ending_protections, actor, now=now, within=within, most=MOST_COUNTED),
    )


@require_safe
@for_people_we_know
def home(request: HttpRequest) -> HttpResponse:
    """The first page after signing in. The vendor's people are shown the way to the desk."""
    actor, now, language = actor_of(request), timezone.now(), get_language() or "en"
    context = {
        "introduction": home_page(language),
        "panels": _panels(actor, request),
        "news": with_unread(news(language), actor=actor, now=now)[:NEWS_ON_HOME],
        "news_index": news_index(language),
        "figures": _figures(actor, request, language=language, now=now) if actor.is_partner else None,
    }
    return render(request, "cms/home.html", context)
