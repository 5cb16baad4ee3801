"""Lists that page templates show, in the reader's language: also in the desk's preview, which serves a page alone."""

from __future__ import annotations

from typing import Any

from django import template
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from concord.cms.enums import NEWS_PER_PAGE
from concord.cms.queries.pages import articles, knowledge_index, news, news_index, with_unread
from concord.portal.actor import stranger
from concord.portal.countries import country_name

register = template.Library()


@register.simple_tag(takes_context=True)
def news_list(context: dict[str, Any]) -> Any:
    """One page of all news, as the address says: ``{% news_list as rows %}``."""
    request: HttpRequest = context["request"]
    actor = getattr(request, "actor", None) or stranger()
    rows = with_unread(news(get_language() or "en"), actor=actor, now=timezone.now())
    return Paginator(rows, NEWS_PER_PAGE).get_page(request.GET.get("page"))


@register.simple_tag
def article_list() -> Any:
    """The knowledge base: ``{% article_list as rows %}``."""
    return articles(get_language() or "en")


@register.simple_tag
def section(name: str) -> Any:
    """The page that lists ``news`` or ``knowledge``, in the reader's language."""
    find = {"news": news_index, "knowledge": knowledge_index}[name]
    return find(get_language() or "en")


@register.filter
def as_crumbs(page: Any) -> list[tuple[str, str]]:
    """A page as the way that leads to the one shown."""
    return [(page.title, page.url or "/")] if page is not None else []


@register.filter
def country(code: str) -> str:
    """The name of a country in the reader's language."""
    return country_name(code)


@register.simple_tag
def speaks_otherwise(page: Any) -> bool:
    """Whether a page is shown in another language than the reader's, because nobody has translated it yet."""
    return bool(page.locale.language_code != (get_language() or "en"))
