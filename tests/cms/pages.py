"""A small tree of pages in two languages, as an editor would write it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from wagtail.models import Locale, Page, Site

from concord.cms.models import ArticlePage, HomePage, KnowledgeIndexPage, NewsIndexPage, NewsPage, ProgrammePage

FIRST, SECOND = "en", "zh-hans"


@dataclass
class Tree:
    home: HomePage
    home_zh: HomePage
    news: NewsIndexPage
    news_zh: NewsIndexPage
    knowledge: KnowledgeIndexPage


def add(parent: Page, kind: type[Page], title: str, slug: str, **facts: Any) -> Any:
    page = kind(title=title, slug=slug, locale=parent.locale, **facts)
    parent.refresh_from_db()
    parent.add_child(instance=page)
    return page


def make_tree() -> Tree:
    english, chinese = (Locale.objects.get_or_create(language_code=code)[0] for code in (FIRST, SECOND))
    root = Page.get_first_root_node()
    home = HomePage(title="Start", slug="start", locale=english, introduction="<p>Welcome to the extranet.</p>")
    root.add_child(instance=home)
    home_zh = HomePage(title="首页", slug="start-zh", locale=chinese, translation_key=home.translation_key)
    root.refresh_from_db()
    root.add_child(instance=home_zh)
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    news = add(home, NewsIndexPage, "News", "news")
    news_zh = add(home_zh, NewsIndexPage, "新闻", "news", translation_key=news.translation_key)
    knowledge = add(home, KnowledgeIndexPage, "Knowledge", "knowledge")
    return Tree(home, home_zh, news, news_zh, knowledge)


def add_news(tree: Tree, title: str, *, slug: str, on: date, chinese: str = "", **facts: Any) -> NewsPage:
    facts = {"summary": f"Summary of {title}", "published_on": on, **facts}
    item = add(tree.news, NewsPage, title, slug, **facts)
    if chinese:
        words = {**facts, "summary": f"{chinese}的摘要"}
        add(tree.news_zh, NewsPage, chinese, slug, translation_key=item.translation_key, **words)
    return item


def add_article(tree: Tree, title: str, *, slug: str, body: str) -> ArticlePage:
    return add(tree.knowledge, ArticlePage, title, slug, body=body)


def add_programme(tree: Tree, body: str) -> ProgrammePage:
    return add(tree.home, ProgrammePage, "Our programme", "programme", body=body)
