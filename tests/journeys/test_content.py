"""The editor's day: news in the desk, read on the extranet; a document that only some partners may have."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import look_at
from tests.journeys.cast import Cast

TITLE = "Our hall at the autumn fair"


def test_1_the_editor_writes_news_and_publishes_it(cast: Cast) -> None:
    desk = cast.person("editor")
    ((parent,),) = cast.rows(
        "SELECT p.id FROM wagtailcore_page p JOIN wagtailcore_locale l ON l.id = p.locale_id"
        " WHERE p.slug = 'news' AND l.language_code = 'en'"
    )
    desk.goto(f"/desk/pages/add/cms/newspage/{parent}/")
    desk.locator("input[name=title]").fill(TITLE)
    desk.locator("input[name=summary], textarea[name=summary]").first.fill("Hall 3, stand 12: bring your customers.")
    published = desk.locator("input[name=published_on]")
    if not published.input_value():
        published.fill("2026-11-24")
    desk.get_by_role("button", name="More actions").first.click()
    desk.locator("button[name=action-publish]").click()
    expect(desk.get_by_text(re.compile("published", re.IGNORECASE)).first).to_be_visible()


def test_2_partners_read_it_and_find_it(cast: Cast) -> None:
    seller = cast.person("seller_a")
    seller.goto("/news/")
    seller.get_by_role("link", name=TITLE).first.click()
    expect(seller.get_by_text("Hall 3, stand 12").first).to_be_visible()
    look_at(seller, "journey-news-desk-light-en")
    seller.goto("/search/?q=autumn+fair")
    expect(seller.get_by_role("link", name=TITLE).first).to_be_visible()


def test_3_editors_do_not_decide_about_deals_or_prices(cast: Cast) -> None:
    desk = cast.person("editor")
    for path in (
        "/desk/registrations/",
        "/desk/protections/",
        "/desk/special-prices/",
        "/desk/price_lists/",
        "/deals/",
    ):
        answer = desk.request.get(path, max_redirects=0)
        assert answer.status in {302, 403, 404}, f"{path}: {answer.status}"
    desk.goto("/desk/")
    assert desk.get_by_role("link", name="Registrations", exact=True).count() == 0
