"""The main job from end to end, in a real browser and over the API, on the data that the demo carries.

Nine steps, each leaning on those before it: the desk, prices, a registration, a rival's registration, the decisions,
quotes, collateral, the other systems, the history. Every page is looked at by axe, and a picture of it is kept.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import psycopg
import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.browser import look_at
from tests.journeys.cast import Cast, both_widths_and_looks, decide, issue, quote, register

CUSTOMER = "KION GROUP AG"
SPELLED_BY_RIVAL = "Kion Group Aktiengesellschaft"


@pytest.fixture(scope="module", autouse=True)
def product(cast: Cast) -> None:
    """What is registered and quoted in all steps."""
    sku, family, quantity = _a_product(cast)
    cast.notes.update(sku=sku, family=family, quantity=quantity)


def _a_product(cast: Cast) -> tuple[str, str, int]:
    """A product that both partners may sell, with quantity breaks and stock."""
    rows = cast.rows(
        """
        SELECT p.sku, f.code, max(price.minimum_quantity)
        FROM pricing_product p
        JOIN partners_productfamily f ON f.id = p.family_id
        JOIN pricing_price price ON price.product_id = p.id AND price.validity @> now()
        JOIN pricing_pricelist list ON list.id = price.price_list_id AND list.currency = 'USD'
        JOIN pricing_stocklevel level ON level.product_id = p.id AND level.on_hand > 500
        WHERE f.code = 'RELAYS' AND p.status = 'active' AND p.order_multiple = 1 AND p.minimum_order_quantity = 1
        GROUP BY p.sku, f.code HAVING count(DISTINCT price.unit_price) >= 3 AND max(price.minimum_quantity) < 1000
        ORDER BY p.sku LIMIT 1
        """
    )
    assert rows, "the demo's data hold no such product"
    sku, family, quantity = rows[0]
    return sku, family, quantity


def test_1_the_manager_sees_the_queue_and_the_data_are_there(cast: Cast) -> None:
    page = cast.person("vendor_manager")
    page.goto("/desk/")
    expect(page.get_by_text("Registrations to answer")).to_be_visible()
    page.get_by_role("link", name="Registrations", exact=True).click()
    expect(page).to_have_url(re.compile(r"/desk/.*registrations"))
    loaded = cast.stack.log("load_demo").read_text()
    assert re.search(r"Products\s+[\d,]+ rows", loaded), loaded
    counted = dict(cast.rows(
        "SELECT 'products', count(*) FROM pricing_product UNION ALL SELECT 'prices', count(*) FROM pricing_price"
        " UNION ALL SELECT 'stock', count(*) FROM pricing_stocklevel"
        " UNION ALL SELECT 'customers', count(*) FROM partners_endcustomer"
    ))  # fmt: skip
    assert counted["products"] > 5_000
    assert counted["prices"] > 20_000
    assert counted["stock"] > 5_000
    assert counted["customers"] > 1_000


def test_2_a_seller_sees_prices_breaks_receipts_and_stock(cast: Cast) -> None:
    page = cast.person("seller_a")
    sku, quantity = cast.notes["sku"], cast.notes["quantity"]
    page.goto("/prices/")
    page.locator("input[type=search][name=q]").fill(sku[:-1])
    expect(page.get_by_text(sku).first).to_be_visible()
    page.locator("textarea").first.fill(f"{sku}\t{quantity}\n{sku} 1\nNO-SUCH-PART\t5\n{sku}\t-1\n{sku}\t1000000000000")
    page.get_by_role("button", name="Show prices").click()
    results = page.locator("#price-results")
    expect(results.get_by_text("NO-SUCH-PART").first).to_be_visible()
    expect(results.get_by_text("Line 3:")).to_be_visible()
    expect(results.get_by_text("Line 4:")).to_be_visible()
    expect(results.get_by_text("Line 5:")).to_be_visible()
    expect(results.get_by_text("Total, own net")).to_be_visible()
    results.get_by_role("link", name=re.compile("Why this price")).first.click()
    expect(page.locator("#receipt-1").get_by_text("List price").first).to_be_visible()
    look_at(page, "journey-prices-desk-light-en")
    page.set_viewport_size({"width": 390, "height": 844})
    look_at(page, "journey-prices-phone-light-en")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_3_a_seller_registers_a_deal_and_the_precheck_answers_while_typing(cast: Cast) -> None:
    page = cast.person("seller_a")
    cast.notes["deal_a"] = register(page, CUSTOMER, cast.notes["sku"], cast.notes["quantity"], "Free")
    expect(page.get_by_text("Waiting for an answer").first).to_be_visible()
    both_widths_and_looks(page, "deal")


def test_4_a_rival_registers_the_same_customer_and_learns_nothing(cast: Cast) -> None:
    page = cast.person("seller_b")
    cast.notes["deal_b"] = register(page, SPELLED_BY_RIVAL, cast.notes["sku"], 10, None)
    text = page.content()
    for secret in ("Quellstein", "Ebersbach", cast.notes["deal_a"]):
        assert secret not in text
    answer = page.request.get(f"/deals/{cast.notes['deal_a']}/")
    assert answer.status == 404
    desk = cast.person("vendor_manager")
    desk.goto("/desk/")
    desk.get_by_role("link", name="Registrations", exact=True).click()
    desk.get_by_role("link", name=re.compile(SPELLED_BY_RIVAL)).first.click()
    expect(desk.get_by_text("Zevenpolder").first).to_be_visible()
    expect(desk.get_by_text("Quellstein").first).to_be_visible()
    expect(desk.get_by_text(CUSTOMER).first).to_be_visible()
    desk.screenshot(path="test-artefacts/pages/journey-workbench-desk.png", full_page=True)


def test_5_the_manager_approves_one_and_decides_the_other_a_duplicate(cast: Cast) -> None:
    desk = cast.person("vendor_manager")
    decide(desk, cast.notes["deal_a"], "approve")
    decide(desk, cast.notes["deal_b"], "duplicate")
    both = [cast.notes["deal_a"], cast.notes["deal_b"]]
    states = dict(cast.rows("SELECT uuid::text, review_status FROM deals_deal WHERE uuid = ANY(%s::uuid[])", both))
    assert states == {cast.notes["deal_a"]: "approved", cast.notes["deal_b"]: "duplicate"}
    with pytest.raises(psycopg.errors.ExclusionViolation), psycopg.connect(cast.stack.database_url) as connection:
        connection.execute(
            "INSERT INTO deals_protection"
            " (uuid, created_at, updated_at, deal_id, partner_id, end_customer_id, family_id, period)"
            " SELECT gen_random_uuid(), now(), now(), b.id, b.partner_id, p.end_customer_id, p.family_id, p.period"
            " FROM deals_protection p, deals_deal b WHERE b.uuid = %s",
            [cast.notes["deal_b"]],
        )
    loser = cast.person("seller_b")
    loser.goto(f"/deals/{cast.notes['deal_b']}/")
    expect(loser.get_by_text(re.compile("Protected until about", re.IGNORECASE)).first).to_be_visible()
    for secret in ("Quellstein", "Ebersbach"):
        assert secret not in loser.content()
    look_at(loser, "journey-duplicate-desk-light-en")


def test_6_quotes_promise_one_price_and_anyone_can_check_them(cast: Cast) -> None:
    sku, quantity = cast.notes["sku"], cast.notes["quantity"]
    seller = cast.person("seller_a")
    cast.notes["quote_a"] = quote(seller, cast.notes["deal_a"], f"{sku}\t{quantity}", CUSTOMER)
    issue(seller)
    expect(seller.get_by_text("In force").first).to_be_visible()
    expect(seller.locator("a[href$='/pdf/']").first).to_be_visible(timeout=60_000)
    _check_document(cast, seller)
    both_widths_and_looks(seller, "quote")

    rival = cast.person("seller_b")
    cast.notes["quote_b"] = quote(rival, cast.notes["deal_b"], f"{sku}\t{quantity}", CUSTOMER)
    issue(rival)
    expect(rival.get_by_text("In force").first).to_be_visible()
    prices = cast.rows(
        "SELECT q.uuid::text, l.customer_unit_price, l.partner_unit_net FROM pricing_quoteline l"
        " JOIN pricing_quote q ON q.id = l.quote_id"
    )
    by_quote = {uuid: (customer, net) for uuid, customer, net in prices}
    mine, theirs = by_quote[cast.notes["quote_a"]], by_quote[cast.notes["quote_b"]]
    assert mine[0] == theirs[0], "the customer price is the same through every partner"
    assert mine[1] < theirs[1], "the registration's benefit shows in the net of its holder alone"

    other = quote(rival, cast.notes["deal_b"], f"{sku}\t{quantity}\t{mine[0] / 2:.4f}", CUSTOMER)
    issue(rival)
    expect(rival.get_by_text(re.compile("another price", re.IGNORECASE)).first).to_be_visible()
    for secret in ("Quellstein", "Ebersbach", cast.notes["quote_a"]):
        assert secret not in rival.content()
    assert cast.rows("SELECT status FROM pricing_quote WHERE uuid = %s", other) == [("draft",)]
    look_at(rival, "journey-price-conflict-desk-light-en")

    customer = cast.person("stranger", locale="en-GB")
    customer.goto(f"/check/{cast.notes['code']}/")
    expect(customer.get_by_text(re.compile("genuine", re.IGNORECASE)).first).to_be_visible()
    expect(customer.get_by_text(re.compile("in force", re.IGNORECASE)).first).to_be_visible()
    assert str(mine[1].normalize()) not in customer.content()
    both_widths_and_looks(customer, "check")


def _check_document(cast: Cast, seller: Page) -> None:
    """The document says what was frozen: totals right, code, Chinese font embedded in the Chinese one."""
    code, total, number = cast.rows(
        "SELECT check_code, customer_total, number FROM pricing_quote WHERE uuid = %s", cast.notes["quote_a"]
    )[0]
    cast.notes["code"] = code
    answer = seller.request.get(f"/quotes/{cast.notes['quote_a']}/pdf/")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert "no-store" in answer.headers["cache-control"]
    text = "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.body()))
    assert number in text
    assert cast.notes["sku"] in text
    assert f"{total:,.2f}" in text
    plain = re.sub(r"[^0-9A-Z]", "", code.upper())
    assert plain in re.sub(r"[^0-9A-Z]", "", text.upper())
    rival = cast.person("seller_b")
    assert rival.request.get(f"/quotes/{cast.notes['quote_a']}/pdf/").status == 404


def test_7_collateral_only_for_who_is_entitled(cast: Cast) -> None:
    seller, rival = cast.person("seller_a"), cast.person("seller_b")
    seller.goto("/library/")
    rival.goto("/library/")

    def offered(page: Page) -> set[str]:
        links = page.locator("a[href*='/download/']").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
        return set(links)

    only_a = offered(seller) - offered(rival)
    assert only_a, "the demo's library has something that only A may see"
    address = min(only_a)
    ((counted,),) = cast.rows("SELECT count(*) FROM documents_download")
    answer = seller.request.get(address)
    assert answer.status == 200
    assert answer.body()[:5] == b"%PDF-"
    assert rival.request.get(address).status == 404
    assert cast.rows("SELECT count(*) FROM documents_download") == [(counted + 1,)]
    look_at(seller, "journey-library-desk-light-en")


def test_8_other_systems_feed_stock_ask_prices_and_are_refused_a_conflictingquote(cast: Cast) -> None:
    sku, quantity = cast.notes["sku"], cast.notes["quantity"]
    counted_at = datetime.now(UTC).replace(microsecond=0).isoformat()
    feed = [{"warehouse": "Rotterdam", "sku": sku, "on_hand": 4321, "as_of": counted_at}]
    status, _headers, body = cast.api("PUT", "/api/v1/stock/", feed)
    assert status == 200, body
    assert body["results"][0]["outcome"] in {"updated", "unchanged"}
    before = cast.api("GET", f"/api/v1/stock/?sku={sku}")[2]["results"][0]
    older = [{"warehouse": "Rotterdam", "sku": sku, "on_hand": 1, "as_of": "2020-01-01T00:00:00Z"}]
    status, _headers, body = cast.api("PUT", "/api/v1/stock/", older)
    assert status == 200, body
    assert body["results"][0]["outcome"] != "updated"
    assert cast.api("GET", f"/api/v1/stock/?sku={sku}")[2]["results"][0] == before

    asked = {"currency": "USD", "lines": [{"sku": sku, "quantity": quantity}, {"sku": "NO-SUCH-PART", "quantity": 1}]}
    status, _headers, body = cast.api("POST", "/api/v1/price-checks/", asked)
    assert status == 200, body
    assert body["lines"][0]["customer_unit_price"]["currency"] == "USD"
    assert body["lines"][1]["error"]["code"] == "unknown_sku"

    status, _headers, body = cast.api("GET", f"/api/v1/deals/{cast.notes['deal_a']}/history/")
    assert status == 200, body
    verbs = [entry["verb"] for entry in body["results"]]
    assert verbs.index("deal.submitted") < verbs.index("deal.approved") < verbs.index("quote.issued")

    (customer,) = cast.rows(
        "SELECT c.uuid::text FROM deals_deal d JOIN partners_endcustomer c ON c.id = d.end_customer_id"
        " WHERE d.uuid = %s",
        cast.notes["deal_a"],
    )[0]
    conflicting = {
        "partner": "ZEVENPOLDER",
        "customer": customer,
        "currency": "USD",
        "valid_until": (datetime.now(UTC) + timedelta(days=20)).date().isoformat(),
        "lines": [{"sku": sku, "quantity": quantity, "unit_price": {"amount": "0.0001", "currency": "USD"}}],
        "issue": True,
    }
    status, headers, body = cast.api("POST", "/api/v1/quotes/", conflicting, **{"Idempotency-Key": "journey-1"})
    assert status == 409, body
    assert {name.lower(): text for name, text in headers.items()}["content-type"].startswith("application/problem+json")
    assert body["code"] == "price_conflict"
    assert body["conflicts"][0]["sku"] == sku
    assert body["conflicts"][0]["ways_out"]

    status, _headers, body = cast.api("GET", f"/api/v1/deals/{cast.notes['deal_b']}/", client="api_client_partner_a")
    assert status == 404


def test_9_the_history_tells_all_of_it_and_its_chain_holds(cast: Cast) -> None:
    page = cast.person("seller_a")
    page.goto(f"/deals/{cast.notes['deal_a']}/history/")
    expect(page.get_by_text(re.compile("verif|holds|intact", re.IGNORECASE)).first).to_be_visible()
    both_widths_and_looks(page, "history")
    rows = cast.rows(
        "SELECT verb FROM portal_event WHERE subject_type = 'deal' AND subject_uuid = %s ORDER BY sequence",
        cast.notes["deal_a"],
    )
    verbs = [verb for (verb,) in rows]
    expected = ["deal.submitted", "deal.approved", "quote.drafted", "quote.issued", "quote.document_ready"]
    assert [verb for verb in verbs if verb in expected] == expected
    status, _headers, body = cast.api("GET", f"/api/v1/deals/{cast.notes['deal_a']}/history/")
    assert status == 200
    assert all(entry["verified"] for entry in body["results"])


def test_everybody_finds_the_way_home(cast: Cast) -> None:
    for role, path in (
        ("seller_a", "/"),
        ("seller_a", "/company/"),
        ("seller_a", "/programme/"),
        ("seller_a", "/news/"),
    ):
        page = cast.person(role)
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok, f"{role} {path}: {answer.status}"
        both_widths_and_looks(page, path.strip("/") or "home")
