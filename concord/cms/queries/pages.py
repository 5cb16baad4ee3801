"""Pages in the reader's language: what is not translated yet is shown in the language that it was written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import (
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
    Window,
)
from django.http import Http404
from wagtail.models import Locale, Page, PageViewRestriction, Site

from concord.cms.enums import NEWS_STAYS_NEW
from concord.cms.models import (
    ArticlePage,
    HomePage,
    KnowledgeIndexPage,
    LeadFormPage,
    NewsIndexPage,
    NewsPage,
    NewsRead,
    ProgrammePage,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

    from concord.portal.actor import Actor

_P = TypeVar("_P", bound=Page)
_TAG = re.compile(r"<[^<>]*>")
#: pages that the database finds for a word; the text of each is then looked at without its markup
_CANDIDATES = 200


def in_language(pages: QuerySet[_P], language: str) -> QuerySet[_P]:
    """Of each page its translation into the language, or, where there is none yet, the one that there is.

    Only pages that are live and that no editor made private; where several other translations exist, the one of the
    site's first language.
    """
    live = pages.model.objects.live()
    translated = live.filter(translation_key=OuterRef("translation_key"), locale__language_code=language)
    earlier = live.filter(translation_key=OuterRef("translation_key"), locale_id__lt=OuterRef("locale_id"))
    wanted = Q(locale__language_code=language) | (~Exists(translated) & ~Exists(earlier))
    # What Wagtail's own `public()` finds by a statement before every other one.
    above = PageViewRestriction.objects.annotate(below=ExpressionWrapper(OuterRef("path"), output_field=CharField()))
    private = Exists(above.filter(below__startswith=F("page__path")))
    return pages.live().select_related("locale").filter(wanted, ~private)  # type: ignore[attr-defined,no-any-return] # Wagtail's queryset


@dataclass(frozen=True, slots=True)
class FrontPages:
    """The root of one language's pages (or of the other one's), and the page where all news stands."""

    home: HomePage | None
    news_index: Page | None


def front_pages(language: str) -> FrontPages:
    """What the home page shows of the editors' pages besides the news itself; one statement."""
    wanted = Page.objects.filter(Q(homepage__isnull=False) | Q(newsindexpage__isnull=False))
    pages = in_language(wanted, language).select_related("locale", "homepage").annotate(news=F("newsindexpage"))
    homes = sorted((one for one in pages if one.news is None), key=lambda one: (one.depth, one.pk))
    indexes = sorted((one for one in pages if one.news is not None), key=lambda one: one.path)
    return FrontPages(homes[0].homepage if homes else None, indexes[0] if indexes else None)


def news(language: str) -> QuerySet[NewsPage]:
    """All news, newest first."""
    return in_language(NewsPage.objects.all(), language).order_by("-published_on", "-pk")


def articles(language: str) -> QuerySet[ArticlePage]:
    """The knowledge base, by title."""
    return in_language(ArticlePage.objects.all(), language).order_by("title", "pk")


def programme_page(language: str) -> ProgrammePage | None:
    """What the programme is, in words."""
    found: ProgrammePage | None = in_language(ProgrammePage.objects.all(), language).order_by("path").first()
    return found


def lead_form(slug: str, language: str) -> LeadFormPage | None:
    """The public form at an address, in the visitor's language where it is translated."""
    at_address = LeadFormPage.objects.live().filter(slug=slug).values("translation_key")
    found: LeadFormPage | None = (
        in_language(LeadFormPage.objects.select_related("source"), language)
        .filter(translation_key__in=at_address)
        .order_by("path")
        .first()
    )
    return found


def news_index(language: str) -> NewsIndexPage | None:
    """Where all news stands."""
    found: NewsIndexPage | None = in_language(NewsIndexPage.objects.all(), language).order_by("path").first()
    return found


def knowledge_index(language: str) -> KnowledgeIndexPage | None:
    """Where the knowledge base begins."""
    found: KnowledgeIndexPage | None = in_language(KnowledgeIndexPage.objects.all(), language).order_by("path").first()
    return found


def with_unread(rows: QuerySet[NewsPage], *, actor: Actor, now: datetime) -> QuerySet[NewsPage]:
    """News with ``is_unread``: published lately, and not opened by the reader in any language."""
    read = NewsRead.objects.filter(user_id=actor.user_id or 0, news_key=OuterRef("translation_key"))
    is_new = Q(published_on__gte=(now - NEWS_STAYS_NEW).date()) & ~Exists(read)
    mark = Case(When(is_new, then=Value(1)), default=Value(0), output_field=IntegerField())
    marked: QuerySet[NewsPage] = rows.annotate(is_unread=mark)
    return marked


def latest_news(*, actor: Actor, language: str, now: datetime, most: int) -> tuple[list[NewsPage], int]:
    """The latest news, each with ``is_unread``, and how much of all news is new to the reader; one statement."""
    marked = with_unread(news(language), actor=actor, now=now)
    rows: list[Any] = list(marked.annotate(unread_of_all=Window(Sum("is_unread")))[:most])
    return rows, rows[0].unread_of_all if rows else 0


def recent_drafts(limit: int = 6) -> list[Page]:
    """Pages with changes that are not published, the last touched at the top."""
    return list(
        Page.objects.filter(Q(live=False) | Q(has_unpublished_changes=True), depth__gt=1)
        .select_related("locale")
        .order_by(F("latest_revision_created_at").desc(nulls_last=True), "-pk")[:limit]
    )


def plain_text(html: str) -> str:
    """Rich text without its markup."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def find_pages(text: str, *, language: str, limit: int) -> list[tuple[Page, str]]:
    """News, articles and programme pages that hold all the words, each with an excerpt; titles first."""
    words = text.replace("\x00", " ").split()[:8]
    if not words:
        return []
    found: list[tuple[int, Page, str]] = []
    for model, fields in ((NewsPage, ("title", "summary", "body")), (ArticlePage, ("title", "summary", "body")),
                          (ProgrammePage, ("title", "body"))):  # fmt: skip
        rows = in_language(model.objects.all(), language)
        for word in words:
            rows = rows.filter(_any_of(fields, word))
        for page in rows.order_by("-pk")[:_CANDIDATES]:
            texts = [plain_text(getattr(page, field)) for field in fields]
            whole = " ".join(texts).casefold()
            if all(word.casefold() in whole for word in words):
                in_title = all(word.casefold() in page.title.casefold() for word in words)
                found.append((0 if in_title else 1, page, _excerpt(" ".join(texts[1:]), words[0])))
    found.sort(key=lambda entry: entry[0])
    return [(page, excerpt) for _rank, page, excerpt in found[:limit]]


def _any_of(fields: tuple[str, ...], word: str) -> Q:
    condition = Q()
    for field in fields:
        condition |= Q(**{f"{field}__icontains": word})
    return condition


def _excerpt(text: str, word: str, *, before: int = 60, length: int = 180) -> str:
    place = text.casefold().find(word.casefold())
    begin = max(place - before, 0)
    return ("…" if begin else "") + text[begin : begin + length].strip()


def find_by_path(request: HttpRequest, path: str, language: str) -> tuple[Page, tuple[Any, ...], dict[str, Any]] | None:
    """The live page at an address, in the reader's language where it is translated.

    Addresses carry no language: the way is looked up in the language's own tree first, then in the others', and what is
    found there gives way to its translation.
    """
    site = Site.find_for_request(request)
    if site is None:
        return None
    steps = [step for step in path.split("/") if step]
    homes = {home.locale.language_code: home for home in _homes(site.root_page)}
    for code in sorted(homes, key=lambda one: one != language):
        try:
            page, args, kwargs = homes[code].specific.route(request, steps)
        except Http404:
            continue
        if code != language and not args:
            page = _translated(page, language) or page
        return page, tuple(args), kwargs
    return None


def _homes(root: Page) -> QuerySet[Page]:
    homes: QuerySet[Page] = Page.objects.filter(translation_key=root.translation_key, live=True)
    return homes.select_related("locale")


def _translated(page: Page, language: str) -> Page | None:
    locale = Locale.objects.filter(language_code=language).first()
    if locale is None:
        return None
    twin = page.get_translation_or_none(locale)
    return twin.specific if twin is not None and twin.live else None
