"""The pricing manager's days: a new version of a price list with its impact, going back, and a special price."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import Page, expect

from tests.browser import look_at
from tests.journeys.cast import Cast, both_widths_and_looks, decide, issue, quote, register, sku_of, uuid_in

CUSTOMER = "Rational AG"


def _import_prices(page: Page, text: str, *, dry_run: bool) -> None:
    page.goto("/desk/imports/new/")
    page.locator("select[name=kind]").select_option("prices")
    page.locator("select[name=price_list]").select_option("usd-international")
    page.locator("input[name=file]").set_input_files(
        {"name": "summer.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    publish = page.locator("input[name=publish]")
    if publish.is_checked():
        publish.uncheck()
    trial = page.locator("input[name=dry_run]")
    if trial.is_checked() != dry_run:
        trial.click()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text(re.compile("Rejected|rejected")).first).to_be_visible(timeout=60_000)


def _price_of(cast: Cast, sku: str) -> Decimal:
    rows = cast.rows(
        "SELECT price.unit_price FROM pricing_price price JOIN pricing_product p ON p.id = price.product_id"
        " JOIN pricing_pricelist l ON l.id = price.price_list_id"
        " WHERE p.sku = %s AND l.currency = 'USD' AND price.validity @> clock_timestamp() AND minimum_quantity = 1",
        sku,
    )
    return Decimal(rows[0][0])


def test_1_a_file_is_tried_first_and_says_what_is_wrong_with_it(cast: Cast) -> None:
    page = cast.person("pricing_manager")
    sku = cast.notes["repriced"] = sku_of(cast, "CABLES", above=2)
    cast.notes["price_before"] = _price_of(cast, sku)
    _import_prices(page, f"sku,minimum_quantity,unit_price\n{sku},1,abc\nNO-SUCH-PART,1,2.00\n", dry_run=True)
    assert _price_of(cast, sku) == cast.notes["price_before"]
    both_widths_and_looks(page, "price-import")


def test_2_the_impact_shows_before_publishing_and_sellers_are_told(cast: Cast) -> None:
    page = cast.person("pricing_manager")
    sku, before = cast.notes["repriced"], cast.notes["price_before"]
    raised = (before * Decimal("1.10")).quantize(Decimal("0.0001"))
    rows = cast.rows(
        "SELECT p.sku, price.minimum_quantity, price.unit_price FROM pricing_price price"
        " JOIN pricing_product p ON p.id = price.product_id JOIN pricing_pricelist l ON l.id = price.price_list_id"
        " WHERE l.code = 'usd-international' AND price.validity @> clock_timestamp()"
    )
    lines = [f"{one},{least},{raised if one == sku and least == 1 else price}" for one, least, price in rows]
    _import_prices(page, "sku,minimum_quantity,unit_price\n" + "\n".join(lines) + "\n", dry_run=False)
    page.get_by_role("link", name="See what publishing would change").click()
    uuid_in(page, "versions")
    both_widths_and_looks(page, "price-impact")
    assert _price_of(cast, sku) == before
    page.get_by_role("button", name="Publish").click()
    page.wait_for_load_state()
    assert _price_of(cast, sku) == raised
    seller = cast.person("seller_a")
    seller.goto("/")
    expect(seller.get_by_role("link", name="International (USD)").first).to_be_visible()


def test_3_going_back_is_a_new_version(cast: Cast) -> None:
    page = cast.person("pricing_manager")
    ended = cast.rows(
        "SELECT v.uuid::text FROM pricing_pricelistversion v JOIN pricing_pricelist l ON l.id = v.price_list_id"
        " WHERE l.code = 'usd-international' AND v.status = 'ended' ORDER BY v.id DESC"
    )
    page.goto(f"/desk/price_lists/versions/{ended[0][0]}/")
    page.get_by_role("button", name="Bring back as a new version").click()
    expect(page.get_by_role("button", name="Publish")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Publish").click()
    page.wait_for_load_state()
    assert _price_of(cast, cast.notes["repriced"]) == cast.notes["price_before"]


def test_4_a_seller_asks_for_a_special_price_and_sees_who_decides(cast: Cast) -> None:
    sku = cast.notes["repriced"]
    seller = cast.person("seller_a")
    deal = register(seller, CUSTOMER, sku, 40, None, city="Landsberg am Lech")
    decide(cast.person("vendor_manager"), deal, "approve")
    draft = quote(seller, deal, f"{sku}\t40", CUSTOMER)
    cast.notes["special_quote"] = draft
    seller.get_by_role("link", name="Ask for a special price").first.click()
    wanted = (cast.notes["price_before"] * Decimal("0.80")).quantize(Decimal("0.0001"))
    seller.locator("input[name=unit_price]").fill(str(wanted))
    seller.locator("input[name=quantity]").fill("40")
    seller.locator("input[name=competitor]").fill("Own stock of the former supplier")
    seller.locator("textarea[name=reason]").fill("The customer moves all sites to us at this price.")
    expect(seller.locator("#approval-chain").get_by_text(re.compile("manager", re.IGNORECASE)).first).to_be_visible()
    both_widths_and_looks(seller, "special-price", language_too=False)


def test_5_the_chain_approves_and_the_price_holds_for_the_customer(cast: Cast) -> None:
    seller = cast.person("seller_a")
    seller.goto(f"/quotes/{cast.notes['special_quote']}/")
    seller.get_by_role("link", name="Ask for a special price").first.click()
    wanted = (cast.notes["price_before"] * Decimal("0.80")).quantize(Decimal("0.0001"))
    seller.locator("input[name=unit_price]").fill(str(wanted))
    seller.locator("input[name=quantity]").fill("40")
    seller.locator("textarea[name=reason]").fill("The customer moves all sites to us at this price.")
    seller.get_by_role("button", name="Send the request").click()
    seller.wait_for_load_state()
    ((request,),) = cast.rows(
        "SELECT s.uuid::text FROM pricing_specialprice s JOIN pricing_product p ON p.id = s.product_id"
        " WHERE p.sku = %s AND s.status = 'requested'",
        cast.notes["repriced"],
    )
    for role in ("vendor_manager", "pricing_manager"):
        desk = cast.person(role)
        desk.goto(f"/desk/special-prices/{request}/")
        look_at(desk, f"journey-special-price-{role}-desk-light-en")
        approve = desk.get_by_role("button", name="Approve")
        if approve.count():
            approve.click()
            desk.wait_for_load_state()
    assert cast.rows("SELECT status FROM pricing_specialprice WHERE uuid = %s", request) == [("approved",)]
    seller.goto(f"/quotes/{cast.notes['special_quote']}/")
    seller.get_by_role("link", name="Change").click()
    seller.get_by_role("button", name="Price it and look").click()
    assert uuid_in(seller, "quotes") == cast.notes["special_quote"]
    issue(seller)
    expect(seller.get_by_text("In force").first).to_be_visible()
    lines = cast.rows(
        "SELECT l.customer_unit_price FROM pricing_quoteline l JOIN pricing_quote q ON q.id = l.quote_id"
        " WHERE q.uuid = %s",
        cast.notes["special_quote"],
    )
    assert lines == [(wanted,)]
