"""The life of a protection: extended and stopped, contested by the loser, judged by somebody neutral."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import look_at
from tests.journeys.cast import COLOURS_SETTLE, Cast, both_widths_and_looks, decide, register, sku_of
from tests.journeys.test_handover import accept

CUSTOMER = "Gerresheimer AG"
SPELLED_BY_RIVAL = "Gerresheimer Aktiengesellschaft"
JUDGE = ("Leopold Varga", "leopold.varga@kronberg-meridian.example")
PAPER = {
    "name": "letter.txt",
    "mimeType": "text/plain",
    "buffer": b"The works council has moved the tender by a month.\n",
}


def do(desk: Page, address: str, deed: str, **fields: str) -> None:
    """Fill in one of the deeds of a desk page and send it."""
    desk.goto(address)
    form = desk.locator(f"form[action$='/do/{deed}/']").first
    details = desk.locator("details", has=form).first
    if details.count() and details.get_attribute("open") is None:
        details.locator("summary").click()
    for select in form.locator("select").all():
        if not select.input_value():
            select.select_option(index=1)
    for name, value in fields.items():
        form.locator(f"[name$='{name}']").fill(value)
    form.get_by_role("button").last.click()
    desk.wait_for_load_state()


def state_of(cast: Cast, table: str, deal: str) -> str:
    rows = cast.rows(
        f"SELECT one.state FROM {table} one JOIN deals_deal d ON d.id = one.deal_id"
        " WHERE d.uuid = %s ORDER BY one.id DESC LIMIT 1",
        deal,
    )
    return str(rows[0][0])


def test_1_two_partners_claim_a_customer_and_one_is_protected(cast: Cast) -> None:
    sku = sku_of(cast, "RELAYS", above=12)
    holder, loser, desk = cast.person("seller_a"), cast.person("seller_b"), cast.person("vendor_manager")
    cast.notes["held"] = register(holder, CUSTOMER, sku, 30, None, city="Düsseldorf")
    cast.notes["lost"] = register(loser, SPELLED_BY_RIVAL, sku, 5, None, city="Düsseldorf")
    decide(desk, cast.notes["held"], "approve")
    decide(desk, cast.notes["lost"], "duplicate")
    assert cast.rows("SELECT review_status FROM deals_deal WHERE uuid = %s", cast.notes["lost"]) == [("duplicate",)]


def _ask_for_more_time(page: Page, deal: str) -> None:
    page.goto(f"/deals/{deal}/ask/extension/")
    page.locator("textarea[name=note]").fill("The customer decides a month later.")
    page.locator("input[name=file]").set_input_files(PAPER)
    page.get_by_role("button", name="Ask for it").click()
    page.wait_for_load_state()


def _note(page: Page, deal: str, text: str) -> None:
    page.goto(f"/deals/{deal}/")
    form = page.locator("form[action$='/activities/']")
    details = page.locator("details", has=form).first
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    form.locator("select[name=kind]").select_option("visit")
    form.locator("textarea[name=text]").fill(text)
    form.get_by_role("button").last.click()
    expect(page.get_by_text(text).first).to_be_visible()


def test_2_more_time_is_for_deals_that_a_colleague_could_take_over(cast: Cast) -> None:
    holder, colleague, deal = cast.person("seller_a"), cast.person("partner_administrator_a"), cast.notes["held"]
    holder.goto(f"/deals/{deal}/ask/extension/")
    both_widths_and_looks(holder, "ask-extension")
    _ask_for_more_time(holder, deal)
    assert cast.rows(
        "SELECT count(*) FROM deals_extensionrequest e JOIN deals_deal d ON d.id = e.deal_id WHERE d.uuid = %s", deal
    ) == [(0,)]
    expect(holder.get_by_role("alert").first).to_be_visible()
    holder.goto(f"/deals/{deal}/story/contacts/")
    holder.locator("input[name=name]").fill("Adelheid Kranz")
    holder.locator("select[name=role]").select_option(index=1)
    holder.locator("main form button[type=submit]").last.click()
    _note(holder, deal, "Showed the relays on the line.")
    _note(colleague, deal, "Came along to the second visit.")
    _ask_for_more_time(holder, deal)
    assert state_of(cast, "deals_extensionrequest", deal) == "pending"
    do(cast.person("vendor_manager"), f"/desk/protections/{deal}/", "grant-extension")
    assert state_of(cast, "deals_extensionrequest", deal) == "granted"


def test_3_the_manager_stops_the_clock(cast: Cast) -> None:
    desk, deal = cast.person("vendor_manager"), cast.notes["held"]
    holder = cast.person("seller_a")
    holder.goto(f"/deals/{deal}/ask/hold/")
    holder.locator("textarea[name=note]").fill("A tender runs until spring.")
    holder.locator("input[name=until]").fill(_in_weeks(cast, 3))
    holder.get_by_role("button", name="Ask for it").click()
    holder.wait_for_load_state()
    assert state_of(cast, "deals_protectionhold", deal) == "pending"
    do(desk, f"/desk/protections/{deal}/", "grant-hold")
    assert state_of(cast, "deals_protectionhold", deal) == "granted"
    desk.goto(f"/desk/protections/{deal}/")
    desk.wait_for_timeout(COLOURS_SETTLE)
    look_at(desk, "journey-protection-desk-light-en")
    holder.goto(f"/deals/{deal}/")
    expect(holder.get_by_text(re.compile("clock", re.IGNORECASE)).first).to_be_visible()


def _in_weeks(cast: Cast, weeks: int) -> str:
    return str(cast.rows("SELECT (now() + %s * interval '1 week')::date::text", weeks)[0][0])


def test_4_the_loser_appeals_with_something_new(cast: Cast) -> None:
    loser, deal = cast.person("seller_b"), cast.notes["lost"]
    loser.goto(f"/deals/{deal}/")
    expect(loser.get_by_text(re.compile("appeal", re.IGNORECASE)).first).to_be_visible()
    loser.goto(f"/deals/{deal}/ask/appeal/")
    both_widths_and_looks(loser, "ask-appeal")
    loser.locator("textarea").first.fill("We were with the head of the works in spring; the letter shows it.")
    loser.locator("input[type=file]").first.set_input_files(PAPER)
    loser.get_by_role("button").last.click()
    loser.wait_for_load_state()
    assert state_of(cast, "deals_appeal", deal) == "open"
    for secret in ("Quellstein", "Ebersbach", cast.notes["held"]):
        assert secret not in loser.content()


def test_5_somebody_neutral_judges_and_the_judgement_is_published_without_names(cast: Cast) -> None:
    deal = cast.notes["lost"]
    desk = cast.person("vendor_manager")
    desk.goto(f"/desk/protections/appeals/{deal}/")
    assert desk.locator("form[action$='/do/uphold/']").count() == 0, "who decided does not judge"
    desk.goto("/desk/people/new/")
    desk.locator("input[name=name]").fill(JUDGE[0])
    desk.locator("input[name=email]").fill(JUDGE[1])
    desk.locator("select[name=role]").select_option("channel_manager")
    desk.get_by_role("button", name="Create").click()
    judge = accept(cast, JUDGE[1])
    judge.goto(f"/desk/protections/appeals/{deal}/")
    for name in ("Quellstein", "Zevenpolder", "Ebersbach", "Hoogland", CUSTOMER):
        assert name not in judge.locator("main").inner_text()
    look_at(judge, "journey-appeal-desk-light-en")
    judgement = "Both were there; the first claim was complete."
    do(judge, f"/desk/protections/appeals/{deal}/", "uphold", judgement=judgement)
    assert state_of(cast, "deals_appeal", deal) == "upheld"
    loser = cast.person("seller_b")
    loser.goto(f"/deals/{deal}/")
    expect(loser.get_by_text(judgement).first).to_be_visible()
