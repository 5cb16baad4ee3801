"""From a stranger's enquiry to a deal: the public form, the desk, the pool, the seller who claims."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import look_at
from tests.journeys.cast import Cast, both_widths_and_looks, uuid_in

CUSTOMER = "Sternwarte Optik Drebkau GmbH"
CONTACT = "Hedda Quandt"
MAIL = "hedda.quandt@drebkau-optik.example"


def test_1_a_customer_asks_for_somebody_without_signing_in(cast: Cast) -> None:
    page = cast.person("stranger", locale="en-GB")
    page.goto("/enquire/contact/")
    both_widths_and_looks(page, "enquiry")
    page.locator("input[name=customer_name]").fill(CUSTOMER)
    page.locator("select[name=customer_country]").select_option("DE")
    page.locator("input[name=customer_city]").fill("Drebkau")
    page.locator("input[name=contact_name]").fill(CONTACT)
    page.locator("input[name=contact_email]").fill(MAIL)
    page.get_by_label("Relays").check()
    page.locator("textarea[name=details]").fill("We need relays for the dome's drive, two hundred a year.")
    page.get_by_role("button", name=re.compile("send", re.IGNORECASE)).click()
    # without consent nothing is sent
    expect(page).to_have_url(re.compile(r"/enquire/contact/$"))
    assert cast.rows("SELECT count(*) FROM deals_lead WHERE customer_name = %s", CUSTOMER) == [(0,)]
    page.locator("input[name=consent]").check()
    page.get_by_role("button", name=re.compile("send", re.IGNORECASE)).click()
    # without consent nothing is sent
    expect(page).to_have_url(re.compile(r"/enquire/contact/thanks/"))
    look_at(page, "journey-enquiry-thanks-desk-light-en")


def test_2_the_manager_finds_it_and_puts_it_into_the_pool(cast: Cast) -> None:
    desk = cast.person("vendor_manager")
    desk.goto("/desk/leads/?q=Drebkau")
    desk.get_by_role("link", name=CUSTOMER).click()
    cast.notes["lead"] = uuid_in(desk, "desk/leads")
    expect(desk.get_by_text(CONTACT).first).to_be_visible()
    look_at(desk, "journey-lead-desk-light-en")
    free = desk.locator("form[action$='/do/free/']")
    if free.count():
        free.get_by_role("button").click()
    states = cast.rows("SELECT state FROM deals_lead WHERE uuid = %s", cast.notes["lead"])
    assert states == [("pool",)]


def test_3_who_it_is_shows_only_to_the_seller_who_claims_it(cast: Cast) -> None:
    lead = cast.notes["lead"]
    seller, rival = cast.person("seller_b"), cast.person("seller_a")
    for page in (seller, rival):
        page.goto(f"/pool/{lead}/")
        for secret in (CUSTOMER, CONTACT, MAIL):
            assert secret not in page.content()
    look_at(rival, "journey-lead-unclaimed-desk-light-en")
    seller.get_by_role("button", name="Claim").click()
    expect(seller.get_by_text(CUSTOMER).first).to_be_visible()
    expect(seller.get_by_role("link", name=MAIL)).to_be_visible()
    both_widths_and_looks(seller, "lead-claimed")
    assert rival.request.get(f"/pool/{lead}/").status == 404


def test_4_the_contact_is_noted_and_the_lead_becomes_a_deal(cast: Cast) -> None:
    lead = cast.notes["lead"]
    seller = cast.person("seller_b")
    seller.goto(f"/pool/{lead}/")
    seller.locator("textarea[name=text]").fill("Called; she wants samples of two types.")
    seller.get_by_role("button", name="Note the contact").click()
    expect(seller.get_by_text("she wants samples").first).to_be_visible()
    seller.get_by_role("button", name="Register as a deal").click()
    deal = uuid_in(seller, "deals")
    assert CUSTOMER in seller.content()
    assert cast.rows("SELECT state FROM deals_lead WHERE uuid = %s", lead) == [("converted",)]
    seller.goto(f"/deals/{deal}/")
    expect(seller.get_by_text(CONTACT).first).to_be_visible()


def test_5_marketing_sees_what_became_of_the_form(cast: Cast) -> None:
    desk = cast.person("vendor_manager")
    desk.goto("/desk/leads/report/")
    row = desk.get_by_role("row", name=re.compile("Public form"))
    expect(row).to_be_visible()
    both_widths_and_looks(desk, "lead-report")
