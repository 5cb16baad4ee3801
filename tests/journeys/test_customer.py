"""The customer's question: I have two quotes, which one is reliable? Asked without signing in, on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.cast import Cast, both_widths_and_looks, issue, quote, register, sku_of

CUSTOMER = "Jungheinrich AG"
CONTACT = "roswitha.falk@jungheinrich-einkauf.example"


def _document(page: Page, uuid: str) -> bytes:
    page.goto(f"/quotes/{uuid}/")
    expect(page.locator("a[href$='/pdf/']").first).to_be_visible(timeout=60_000)
    answer = page.request.get(f"/quotes/{uuid}/pdf/")
    assert answer.status == 200
    return bytes(answer.body())


def test_1_a_seller_quotes_and_revises(cast: Cast) -> None:
    seller = cast.person("seller_a")
    sku = cast.notes["checked_sku"] = sku_of(cast, "RELAYS", above=8)
    deal = register(seller, CUSTOMER, sku, 20, None, city="Hamburg")
    first = quote(seller, deal, f"{sku}\t20", CUSTOMER)
    seller.get_by_role("link", name="Change").click()
    seller.locator("input[name=contact_email]").fill(CONTACT)
    seller.get_by_role("button", name="Price it and look").click()
    issue(seller)
    expect(seller.get_by_text("In force").first).to_be_visible()
    old = _document(seller, first)
    seller.goto(f"/quotes/{first}/")
    seller.get_by_role("button", name="Revise").click()
    seller.get_by_role("link", name="Change").click()
    seller.locator("textarea[name=lines]").fill(f"{sku}\t35")
    seller.get_by_role("button", name="Price it and look").click()
    issue(seller)
    expect(seller.get_by_text("In force").first).to_be_visible()
    second = seller.url.rstrip("/").rsplit("/", 1)[-1]
    assert second != first
    cast.notes["papers"] = (old, _document(seller, second))
    codes = cast.rows(
        "SELECT check_code FROM pricing_quote WHERE uuid = ANY(%s::uuid[]) ORDER BY revision", [first, second]
    )
    cast.notes["codes"] = [code for (code,) in codes]


def test_2_two_codes_say_which_one_binds(cast: Cast) -> None:
    page = cast.person("stranger", locale="en-GB")
    old, new = cast.notes["codes"]
    page.goto(f"/check/?code={old}&other={new}")
    expect(page.get_by_text(re.compile("superseded|replaced", re.IGNORECASE)).first).to_be_visible()
    expect(page.get_by_text(re.compile("in force", re.IGNORECASE)).first).to_be_visible()
    assert cast.notes["checked_sku"] not in page.content(), "no line before the customer has proved who it is"
    both_widths_and_looks(page, "check-two")


def test_3_two_dropped_documents_say_the_same_and_a_changed_one_is_found_out(cast: Cast) -> None:
    page = cast.person("stranger", locale="en-GB")
    old, new = cast.notes["papers"]
    page.goto("/check/")
    page.locator("input[name=papers]").set_input_files(
        [
            {"name": "old.pdf", "mimeType": "application/pdf", "buffer": old},
            {"name": "new.pdf", "mimeType": "application/pdf", "buffer": new},
        ]
    )
    page.get_by_role("button", name="Check the files").click()
    expect(page.get_by_text(re.compile("superseded|replaced", re.IGNORECASE)).first).to_be_visible()
    both_widths_and_looks(page, "check-papers", language_too=False)
    changed = bytearray(new)
    changed[len(changed) // 2] ^= 0x01
    page.goto("/check/")
    page.locator("input[name=papers]").set_input_files(
        [{"name": "changed.pdf", "mimeType": "application/pdf", "buffer": bytes(changed)}]
    )
    page.get_by_role("button", name="Check the files").click()
    expect(page.get_by_text(re.compile("changed|not ours|altered", re.IGNORECASE)).first).to_be_visible()


def test_4_lines_open_after_a_code_by_mail(cast: Cast) -> None:
    page = cast.person("stranger", locale="en-GB")
    _old, new = cast.notes["codes"]
    page.goto(f"/check/?code={new}")
    page.locator("input[name=mail]").fill(CONTACT)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.locator("input[name=one_time_code]")).to_be_visible()
    sent = cast.mail(CONTACT, "code")
    found = re.search(r"^\s*(\d[\d ]{5,9}\d)\s*$", sent, re.MULTILINE)
    assert found, sent
    page.locator("input[name=one_time_code]").fill(found[1])
    page.get_by_role("button", name="Show the lines").click()
    expect(page.get_by_text(cast.notes["checked_sku"]).first).to_be_visible()
    for secret in ("net", "margin"):
        assert not re.search(rf"\b{secret}\b", page.locator("main").inner_text(), re.IGNORECASE)
    both_widths_and_looks(page, "check-lines", language_too=False)


def test_5_the_owner_sees_that_somebody_checked(cast: Cast) -> None:
    seller = cast.person("seller_a")
    ((uuid,),) = cast.rows("SELECT uuid::text FROM pricing_quote WHERE check_code = %s", cast.notes["codes"][1])
    seller.goto(f"/quotes/{uuid}/")
    expect(seller.get_by_text(re.compile("checked", re.IGNORECASE)).first).to_be_visible()
