"""The pages of quotes in a real browser: accessible, within the width, and the document appears by itself."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from concord.portal.models import BrandSettings
from concord.pricing.actions.quotes import keep_document
from concord.pricing.models import Quote
from tests.browser import WIDTHS, look_at
from tests.pricing.quotes.conftest import Shop, make_shop

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LOOKS = [("desk", "light", "en"), ("phone", "dark", "zh-hans")]


@pytest.fixture
def stage(cast) -> Shop:
    BrandSettings.objects.create(brand_name="Helvara", vendor_name="Helvara Components AG")
    return make_shop(cast)


def session_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


@pytest.mark.parametrize(("device", "theme", "language"), LOOKS)
def test_list_form_and_quote_look_right(stage, open_page, device, theme, language):
    quote = stage.issue((stage.relay, 12), (stage.switch, 3), customer_name="深圳市示例科技有限公司")
    more = {"width": WIDTHS[device], "theme": theme, "language": language, "session": session_of(stage.cast.seller_a)}
    name = f"{device}-{theme}-{language}"
    look_at(open_page(reverse("pricing:quote-list"), **more), f"quotes-{name}")
    new = reverse("pricing:quote-new") + f"?customer={stage.customer.uuid}"
    look_at(open_page(new, **more), f"quote-new-{name}")
    page = open_page(reverse("pricing:quote-detail", args=[quote.uuid]), **more)
    look_at(page, f"quote-{name}")
    content = b"%PDF-1.7 stands for the document here"
    keep_document(quote_uuid=quote.uuid, content=content, digest=hashlib.sha256(content).hexdigest())
    expect(page.locator(f'a[href="{reverse("pricing:quote-pdf", args=[quote.uuid])}"]')).to_be_visible(timeout=15_000)


@pytest.mark.parametrize(("device", "theme", "language"), LOOKS)
def test_the_public_check_looks_right(stage, open_page, device, theme, language):
    quote = stage.issue((stage.relay, 1))
    url = reverse("pricing:quote-check-code", args=[quote.check_code])
    page = open_page(url, width=WIDTHS[device], theme=theme, language=language)
    expect(page.locator("body")).to_contain_text(quote.number)
    look_at(page, f"quote-check-{device}-{theme}-{language}")


def test_a_refused_price_is_solved_with_one_click(stage, open_page):
    draft = stage.quote((stage.relay, 5, "9.10"))
    page = open_page(reverse("pricing:quote-detail", args=[draft.uuid]), session=session_of(stage.cast.seller_a))
    page.get_by_role("button", name="Issue").first.click()
    page.locator("dialog[open]").get_by_role("button", name="Issue").click()
    expect(page.get_by_role("alert")).to_contain_text("One customer, one product, one price")
    look_at(page, "quote-conflict")
    page.get_by_role("button", name="Take the price in force").click()
    expect(page.locator("body")).to_contain_text("The draft has the prices in force.")
    page.get_by_role("button", name="Issue").first.click()
    page.locator("dialog[open]").get_by_role("button", name="Issue").click()
    expect(page.locator("body")).to_contain_text(re.compile("is issued"))
    assert Quote.objects.unscoped("test").get(pk=draft.pk).status == "issued"
