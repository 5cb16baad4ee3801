"""The library, home, search and pages in a real browser."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser import WIDTHS, look_at
from tests.cms.pages import add_article, add_news, add_programme, make_tree
from tests.documents.samples import make_collateral

pytestmark = pytest.mark.journey


def session_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


@pytest.fixture
def furnished(cast):
    tree = make_tree()
    today = timezone.localdate()
    news = add_news(
        tree, "Price round", slug="price-round", on=today, chinese="价格调整", body="<h2>What</h2><p>Text.</p>"
    )
    add_article(tree, "How to register", slug="how", body="<p>Step by step.</p>")
    add_programme(tree, "<h2>Tiers</h2><ul><li>Gold</li></ul>")
    make_collateral("Cable gland data sheet", description="Sealed against dust", families=[cast.family], version="3")
    make_collateral("防尘手册", language="zh-hans", families=[cast.other_family])
    return news


@pytest.mark.parametrize(
    ("device", "theme", "language"), [("desk", "light", "en"), ("phone", "dark", "zh-hans"), ("phone", "light", "en")]
)
def test_pages_are_accessible_and_fit(cast, furnished, open_page, device, theme, language):
    session = session_of(cast.seller_a)
    for name, path in (
        ("home", "/"),
        ("library", "/library/"),
        ("library-nothing", "/library/?q=nothing-like-this"),
        ("search", "/search/?q=register"),
        ("news", "/news/"),
        ("news-item", "/news/price-round/"),
        ("knowledge", "/knowledge/"),
        ("programme", "/programme/"),
    ):
        page = open_page(path, width=WIDTHS[device], theme=theme, language=language, session=session)
        look_at(page, f"cms-{name}-{device}-{theme}-{language}")


def test_the_header_suggests_while_one_types_and_the_download_arrives(cast, furnished, open_page):
    page = open_page("/", session=session_of(cast.seller_a))
    page.keyboard.press("/")
    page.keyboard.type("gland", delay=30)
    hit = page.locator("#site-search-hits a", has_text="Cable gland data sheet")
    expect(hit).to_be_visible()
    look_at(page, "cms-suggestions")
    hit.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cable gland data sheet")
    look_at(page, "library-document")
    with page.expect_download() as arriving:
        page.get_by_role("link", name="Download").first.click()
    assert arriving.value.suggested_filename == "Cable gland data sheet 3.txt"
