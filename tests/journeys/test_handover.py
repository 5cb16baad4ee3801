"""The seller who knew everything leaves: an administrator hands the work over, and the successor reads the brief."""

from __future__ import annotations

import re

import pypdfium2
from playwright.sync_api import Page, expect

from tests.journeys.cast import Cast, Person, both_widths_and_looks, register, sku_of

LEAVES = ("Gesine Abendroth", "gesine.abendroth@quellstein.example")
STAYS = ("Ottokar Lindqvist", "ottokar.lindqvist@quellstein.example")
PASSWORD = "plover-sextant-brickwork-91"
CUSTOMER = "Aurubis AG"


def invite(cast: Cast, name: str, mail: str) -> None:
    page = cast.person("partner_administrator_a")
    page.goto("/company/people/invite/")
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=email]").fill(mail)
    page.locator("select[name=role]").select_option("seller")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text(mail).first).to_be_visible()


def accept(cast: Cast, mail: str) -> Page:
    """Follow the invitation's link, choose a password, sign in."""
    link = re.search(r"https?://\S+/accounts/password/reset/key/\S+", cast.mail(mail, "/accounts/password/reset/key/"))
    assert link
    context = cast.browser.new_context(base_url=cast.stack.address, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    cast.contexts.append(context)
    page = context.new_page()
    cast.people[mail] = Person(page)
    page.goto(link[0])
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state()
    page.goto("/accounts/login/")
    if page.locator("input[name=login]").count():
        page.locator("input[name=login]").fill(mail)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").first.click()
        expect(page).not_to_have_url(re.compile("/accounts/login/"))
    return page


def test_1_two_colleagues_are_invited_and_choose_their_passwords(cast: Cast) -> None:
    for name, mail in (LEAVES, STAYS):
        invite(cast, name, mail)
        page = accept(cast, mail)
        page.goto("/")
        expect(page.get_by_text(re.compile(name)).first).to_be_visible()


def test_2_one_of_them_works_on_a_customer(cast: Cast) -> None:
    page = cast.people[LEAVES[1]].page
    deal = register(page, CUSTOMER, sku_of(cast, "RELAYS", above=3), 10, None, city="Hamburg")
    cast.notes["left_deal"] = deal
    page.goto(f"/deals/{deal}/story/contacts/")
    page.locator("input[name=name]").fill("Friederike Mohn")
    page.locator("select[name=role]").select_option(index=1)
    page.locator("input[name=email]").fill("friederike.mohn@aurubis-works.example")
    page.locator("main form button[type=submit]").last.click()
    page.goto(f"/deals/{deal}/story/promises/")
    page.locator("textarea[name=text]").fill("Samples before the works holidays.")
    page.locator("main form button[type=submit]").last.click()
    page.goto(f"/deals/{deal}/")
    form = page.locator("form[action$='/activities/']")
    details = page.locator("details", has=form).first
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    form.locator("select[name=kind]").select_option("visit")
    form.locator("textarea[name=text]").fill("Walked the cast house with her; the crane's control is next.")
    form.locator("input[name=next_step]").fill("Send the drawing of the cabinet")
    form.locator("input[name=next_due_at]").fill("2031-03-03T10:00")
    form.get_by_role("button").last.click()
    expect(page.get_by_text("Walked the cast house").first).to_be_visible()


def test_3_access_is_taken_away_only_after_the_work_is_handed_over(cast: Cast) -> None:
    page = cast.person("partner_administrator_a")
    page.goto("/company/")
    row = page.get_by_role("row", name=re.compile(LEAVES[0]))
    row.get_by_role("button", name="Take access away").click()
    page.locator("dialog[open]").get_by_role("button").last.click()
    expect(page).to_have_url(re.compile(r"/handover/[0-9a-f-]{36}/"))
    assert cast.rows("SELECT is_active FROM portal_user WHERE email = %s", LEAVES[1]) == [(True,)]
    both_widths_and_looks(page, "handover")
    options = page.locator("select[name=successor] option")
    value = next(one.get_attribute("value") for one in options.all() if STAYS[0] in (one.text_content() or ""))
    page.locator("select[name=successor]").select_option(value)
    page.locator("textarea[name=note]").fill("She prefers to be called before noon.")
    page.locator("input[name=then_deactivate]").check()
    page.locator("main form button[type=submit]").last.click()
    expect(page).to_have_url(re.compile(r"/company/"))
    assert cast.rows("SELECT is_active FROM portal_user WHERE email = %s", LEAVES[1]) == [(False,)]
    gone = cast.people[LEAVES[1]].page
    gone.goto("/deals/")
    expect(gone).to_have_url(re.compile("/accounts/login/"))


def test_4_the_successor_is_ready_in_a_minute(cast: Cast) -> None:
    deal = cast.notes["left_deal"]
    page = cast.people[STAYS[1]].page
    page.goto("/deals/")
    page.get_by_role("link", name=CUSTOMER).first.click()
    page.get_by_role("link", name="Brief").click()
    expect(page).to_have_url(re.compile(rf"/deals/{deal}/brief/"))
    for known in ("Friederike Mohn", "Samples before the works holidays.", "Send the drawing of the cabinet"):
        expect(page.get_by_text(known).first).to_be_visible()
    both_widths_and_looks(page, "brief")
    answer = page.request.get(f"/deals/{deal}/brief.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    text = "\n".join(one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(answer.body()))
    assert "Friederike Mohn" in text
    assert LEAVES[0] in cast.mail(STAYS[1], LEAVES[0])
    stranger = cast.person("seller_b")
    assert stranger.request.get(f"/deals/{deal}/brief/").status == 404


def test_5_the_calendar_has_moved_with_the_work(cast: Cast) -> None:
    page = cast.people[STAYS[1]].page
    page.goto("/calendar/")
    page.get_by_role("button", name="Make an address").click()
    found = re.search(r"/calendar/[^/\s]+\.ics", page.locator(".co-code").first.inner_text())
    assert found
    answer = page.request.get(found[0])
    assert answer.status == 200
    assert "Send the drawing of the cabinet" in answer.text().replace("\r\n ", "")
    page.get_by_role("button", name="Revoke the address").click()
    assert page.request.get(found[0]).status == 404
