"""The desk works under its content security policy: nothing that its pages do is refused by the browser."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from tests.cms.pages import add_news, make_tree
from tests.documents.samples import make_collateral

pytestmark = pytest.mark.journey


def session_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def test_the_editor_writes_chooses_and_previews(cast, open_page):
    news = add_news(make_tree(), "Price round", slug="price-round", on=timezone.localdate(), body="<p>Text.</p>")
    make_collateral("Cable gland data sheet")
    session = session_of(cast.editor)
    page = open_page(f"/desk/pages/{news.pk}/edit/", session=session)
    editor = page.locator(".public-DraftEditor-content").first
    editor.click()
    page.keyboard.type("More. ")
    expect(editor).to_contain_text("More.")
    page.get_by_role("button", name="Preview").first.click()
    expect(page.frame_locator("#w-preview-iframe").locator("body")).to_contain_text("Price round")
    for path in ("/desk/", "/desk/images/add/", "/desk/documents/", "/desk/documents/multiple/add/"):
        expect(open_page(path, session=session).locator("main")).to_be_visible()


def test_the_managers_pages_work(cast, open_page):
    session = session_of(cast.vendor_manager)
    for path in ("/desk/registrations/", "/desk/partners/", "/desk/customers/", "/desk/reports/site-history/"):
        expect(open_page(path, session=session).locator("main")).to_be_visible()
