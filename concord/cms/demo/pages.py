"""The demo's pages in both languages: home, news, knowledge base and programme."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils import translation
from wagtail.models import Locale, Page, Site

from concord.cms.models import ArticlePage, HomePage, KnowledgeIndexPage, NewsIndexPage, NewsPage, ProgrammePage

LANGUAGES = ("en", "zh-hans")


def load_pages(content: dict[str, Any], *, today: date, address: str) -> int:
    """Write the pages that are missing, and the site that they hang on; how many there are now.

    Pages are recognised by their place and address; what an editor changed stays.
    """
    locales = {code: Locale.objects.get_or_create(language_code=code)[0] for code in LANGUAGES}
    root = Page.get_first_root_node()
    homes = {code: _home(root, locales[code], content["home"][code]) for code in LANGUAGES}
    translate_pages(homes)
    _site(homes["en"], address)
    for code, home in homes.items():
        home.refresh_from_db()
        _section(home, NewsIndexPage, content["news"], code)
        _section(home, KnowledgeIndexPage, content["knowledge"], code)
        publish_page(home, ProgrammePage, content["programme"]["slug"], code, content["programme"][code])
    for item in content["news"]["items"]:
        published = today - timedelta(days=item["days_ago"])
        for code, home in homes.items():
            index = home.get_children().type(NewsIndexPage).get().specific
            publish_page(index, NewsPage, item["slug"], code, {**item[code], "published_on": published})
    for item in content["knowledge"]["items"]:
        for code, home in homes.items():
            index = home.get_children().type(KnowledgeIndexPage).get().specific
            publish_page(index, ArticlePage, item["slug"], code, item[code])
    _translate_all(homes)
    return sum(home.get_descendants(inclusive=True).live().count() for home in homes.values())


def _home(root: Page, locale: Locale, facts: dict[str, str]) -> HomePage:
    found: HomePage | None = HomePage.objects.child_of(root).filter(locale=locale).first()
    if found is None:
        # Siblings below the root, so they are told apart by language; readers never see this part of the address.
        found = HomePage(slug=locale.language_code, locale=locale, **facts)
        _publish(root, found)
    return found


def _section(home: Page, kind: type[Page], content: dict[str, Any], code: str) -> Page:
    return publish_page(home, kind, content["slug"], code, content[code])


def publish_page(parent: Page, kind: type[Page], slug: str, code: str, facts: dict[str, Any]) -> Page:
    """The page at a place below its parent: the one that is there, or a new one, published."""
    found: Page | None = kind.objects.child_of(parent).filter(slug=slug).first()
    if found is None:
        found = kind(slug=slug, locale=parent.locale, show_in_menus=True, **facts)
        with translation.override(code):
            _publish(parent, found)
    return found


def _publish(parent: Page, page: Page) -> None:
    parent.refresh_from_db()
    parent.add_child(instance=page)
    page.save_revision().publish()


def _translate_all(homes: dict[str, HomePage]) -> None:
    """Tell Wagtail which page is the translation of which: those with the same way of addresses below home."""
    english = {_way(page, homes["en"]): page for page in homes["en"].get_descendants()}
    for page in homes["zh-hans"].get_descendants():
        twin = english.get(_way(page, homes["zh-hans"]))
        if twin is not None:
            translate_pages({"en": twin, "zh-hans": page})


def _way(page: Page, home: Page) -> str:
    return str(page.url_path).removeprefix(home.url_path)


def translate_pages(pages: dict[str, Page]) -> None:
    """Tell Wagtail that these pages, by language, are one page."""
    key = pages["en"].translation_key
    for page in pages.values():
        if page.translation_key != key:
            Page.objects.filter(pk=page.pk).update(translation_key=key)
            page.translation_key = key


def _site(home: Page, address: str) -> None:
    """One site, at the address where the demo is served; Wagtail's welcome page makes room."""
    parts = urlsplit(address)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    former = site.root_page if site.pk else None
    facts = {
        "hostname": parts.hostname or "localhost",
        "port": parts.port or (443 if parts.scheme == "https" else 80),
        "root_page": home,
        "site_name": "Concord",
    }
    if any(getattr(site, name, None) != value for name, value in facts.items()):
        for name, value in facts.items():
            setattr(site, name, value)
        site.save()
    if former is not None and former.pk != home.pk and former.specific_class is Page:
        former.delete()
