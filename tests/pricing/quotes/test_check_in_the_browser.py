"""The check page on a phone, in Chinese: two PDFs are dropped, and the code from the mail opens their lines."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, expect

from concord.portal.events.outbox import work_off
from concord.portal.events.sealing import seal
from concord.portal.models import BrandSettings
from concord.pricing.actions.quotes import issue_quote, revise_quote
from concord.pricing.models import Quote
from tests.browser import WIDTHS, look_at
from tests.pricing.quotes import forgeries
from tests.pricing.quotes.conftest import Shop, make_shop

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MAIL = "einkauf@nordwerk.example"


@pytest.fixture
def stage(cast, signing) -> Shop:
    BrandSettings.objects.create(brand_name="Helvara", vendor_name="Helvara Components AG")
    return make_shop(cast)


def work() -> None:
    while seal():
        pass
    work_off(now=datetime.now(UTC) + timedelta(minutes=1))


def paper(quote: Quote) -> bytes:
    work()
    quote.refresh_from_db()
    with quote.pdf.open("rb") as opened:
        return opened.read()


def drop(page: Page, **files: bytes) -> None:
    """Drop files on the control, as a hand does."""
    carried = page.evaluate_handle(
        """files => {
            const carried = new DataTransfer();
            for (const [name, content] of files) {
                const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
                carried.items.add(new File([bytes], name + ".pdf", {type: "application/pdf"}));
            }
            return carried;
        }""",
        [[name, base64.b64encode(content).decode()] for name, content in files.items()],
    )
    control = page.locator("input[type=file]")
    control.evaluate("(control, carried) => { control.files = carried.files }", carried)


@pytest.mark.parametrize(("device", "theme", "language"), [("phone", "light", "zh-hans"), ("desk", "dark", "en")])
def test_two_dropped_pdfs_are_compared_and_the_code_opens_their_lines(stage, open_page, device, theme, language):
    old = stage.issue((stage.relay, 5), (stage.switch, 3), contact_email=MAIL, language=language)
    new = issue_quote(actor=stage.actor(), quote_uuid=revise_quote(actor=stage.actor(), quote_uuid=old.uuid).uuid)
    name = f"{device}-{theme}-{language}"
    chinese = language.startswith("zh")
    page = open_page(reverse("pricing:quote-check"), width=WIDTHS[device], theme=theme, language=language)
    look_at(page, f"check-empty-{name}")
    drop(page, first=paper(old), second=paper(new))
    page.get_by_role("button", name="核验文件" if chinese else "Check the files").click()
    expect(page.locator("body")).to_contain_text("第 2 版有约束力" if chinese else "revision 2 binds")
    expect(page.locator("body")).not_to_contain_text("RELAY-1")
    look_at(page, f"check-two-{name}")
    page.locator("input[type=email]").fill(MAIL)
    page.get_by_role("button", name="发送验证码" if chinese else "Send me a code").click()
    expect(page.locator("input[autocomplete=one-time-code]")).to_be_visible()
    look_at(page, f"check-code-{name}")
    work()
    code = re.search(r"^(\d{4} \d{4})$", mail.outbox[-1].body, re.MULTILINE).group(1)
    page.locator("input[autocomplete=one-time-code]").fill(code)
    page.get_by_role("button", name="显示明细" if chinese else "Show the lines").click()
    expect(page.locator("body")).to_contain_text("RELAY-1")
    look_at(page, f"check-lines-{name}")


def test_a_forged_pdf_is_called_so(stage, open_page):
    quote = stage.issue((stage.relay, 5))
    page = open_page(reverse("pricing:quote-check"), width=WIDTHS["phone"], language="zh-hans")
    drop(page, forged=forgeries.edited(paper(quote)), added=forgeries.edited_after(paper(quote)))
    page.get_by_role("button", name="核验文件").click()
    expect(page.locator("body")).to_contain_text("文字与我方签发的不同")
    expect(page.locator("body")).to_contain_text("签名后有人向文件添加了内容")
    look_at(page, "check-forged-phone-light-zh-hans")
