"""Who takes part in the journeys, each with a browser of his or her own, and what they do again and again."""

from __future__ import annotations

import base64
import email
import email.policy
import json
import re
import time
import urllib.request
from dataclasses import dataclass, field
from typing import Any

import psycopg
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser import look_at
from tests.journeys.stack import Stack, sent

#: what a refusal that a journey provokes looks like in the console
PROVOKED = re.compile(r"status of (403|404|409|422)")
#: buttons change their colour over a moment, in which nobody reads them
COLOURS_SETTLE = 400
#: the worker sends a mail within seconds; a busy machine takes longer
MAIL_WITHIN = 60

expect.set_options(timeout=20_000)


@dataclass
class Person:
    """Somebody with a browser of his or her own."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@dataclass
class Cast:
    """Everybody, and what the steps hand on to each other."""

    stack: Stack
    browser: Browser
    people: dict[str, Person] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    contexts: list[BrowserContext] = field(default_factory=list)

    def person(self, role: str, **options: Any) -> Page:
        """The page of somebody who is signed in (``stranger`` never is)."""
        if role in self.people:
            return self.people[role].page
        context = self.browser.new_context(
            base_url=self.stack.address, viewport={"width": 1280, "height": 900}, reduced_motion="reduce", **options
        )
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        person = Person(context.new_page())

        def heard(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"} and not PROVOKED.search(message.text):
                person.complaints.append(message.text)

        person.page.on("console", heard)
        person.page.on("pageerror", lambda error: person.complaints.append(str(error)))
        self.people[role] = person
        if role != "stranger":
            self._sign_in(person.page, role)
        return person.page

    def _sign_in(self, page: Page, role: str) -> None:
        known = self.stack.sign_ins[role]
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(known["email"])
        page.locator("input[name=password]").fill(known["password"])
        page.locator("main button[type=submit]").first.click()
        expect(page).not_to_have_url(re.compile("/accounts/login/"))

    def api(
        self, method: str, path: str, body: Any = None, *, client: str = "api_client_vendor", **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        """Call the API as one of the clients."""
        token = self.notes.get(client) or self._token(client)
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.stack.address + path,
            data=data,
            method=method,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers},
        )
        status, answered, content = sent(request)
        return status, answered, json.loads(content) if content else None

    def _token(self, client: str) -> str:
        known = self.stack.sign_ins[client]
        basic = base64.b64encode(f"{known['client_id']}:{known['client_secret']}".encode()).decode()
        request = urllib.request.Request(
            f"{self.stack.address}/api/oauth/token",
            data=b"grant_type=client_credentials",
            headers={"Authorization": f"Basic {basic}"},
        )
        status, _headers, content = sent(request)
        assert status == 200, content
        self.notes[client] = json.loads(content)["access_token"]
        return str(self.notes[client])

    def mail(self, address: str, words: str) -> str:
        """The text of the newest mail to ``address`` that contains ``words``, once the worker has sent it."""
        deadline = time.monotonic() + MAIL_WITHIN
        while time.monotonic() < deadline:
            for raw in reversed(self.stack.mails()):
                message = email.message_from_string(raw, policy=email.policy.default)
                body = message.get_body(("plain",))
                text = body.get_content() if body else ""
                if address in str(message["to"]) and words in f"{message['subject']}\n{text}":
                    return str(text)
            time.sleep(0.3)
        raise AssertionError(f"no mail to {address} with {words!r} within {MAIL_WITHIN} s")

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What stands in the database."""
        with psycopg.connect(self.stack.database_url) as connection:
            return connection.execute(query, parameters).fetchall()


def both_widths_and_looks(page: Page, name: str, *, language_too: bool = True) -> None:
    """Look at a page as on a desk and on a phone, light and dark, in English and in Chinese."""
    look_at(page, f"journey-{name}-desk-light-en")
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(COLOURS_SETTLE)
    look_at(page, f"journey-{name}-phone-dark-en")
    if language_too:
        here = page.url
        origin = str(page.evaluate("location.origin"))
        page.context.add_cookies([{"name": "django_language", "value": "zh-hans", "url": origin}])
        page.goto(here)
        expect(page.locator("html")).to_have_attribute("lang", re.compile("zh", re.IGNORECASE))
        look_at(page, f"journey-{name}-phone-dark-zh")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")
        page.wait_for_timeout(COLOURS_SETTLE)
        look_at(page, f"journey-{name}-desk-light-zh")
        page.context.add_cookies([{"name": "django_language", "value": "en", "url": origin}])
        page.goto(here)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


def sku_of(cast: Cast, family: str, *, above: int = 0) -> str:
    """A product of the family with one price for any quantity, in stock."""
    rows = cast.rows(
        "SELECT p.sku FROM pricing_product p JOIN partners_productfamily f ON f.id = p.family_id"
        " JOIN pricing_price price ON price.product_id = p.id AND price.validity @> now()"
        " JOIN pricing_pricelist list ON list.id = price.price_list_id AND list.currency = 'USD'"
        " WHERE f.code = %s AND p.status = 'active' AND p.order_multiple = 1 AND p.minimum_order_quantity = 1"
        " GROUP BY p.sku HAVING max(price.unit_price) > 0.5 ORDER BY p.sku OFFSET %s LIMIT 1",
        family,
        above,
    )
    assert rows, f"the demo's data hold no such product of {family}"
    return str(rows[0][0])


def uuid_in(page: Page, place: str) -> str:
    """The object that the page's address names."""
    expect(page).to_have_url(re.compile(rf"/{place}/[0-9a-f-]{{36}}/"))
    found = re.search(rf"/{place}/([0-9a-f-]{{36}})/", page.url)
    assert found
    return found[1]


def register(
    page: Page, customer: str, sku: str, quantity: int, verdict: str | None, *, country: str = "DE", city: str = ""
) -> str:
    """Register a deal; the pre-check's words while typing must contain ``verdict``."""
    page.goto("/deals/new/")
    page.locator("input[name=customer_name]").fill(customer)
    page.locator("select[name=customer_country]").select_option(country)
    page.locator("input[name=customer_city]").fill(city or "Frankfurt am Main")
    page.locator("textarea[name=lines]").fill(f"{sku}\t{quantity}")
    if verdict:
        expect(page.locator("#verdict")).to_contain_text(verdict)
    page.locator("button[name=submit]").click()
    return uuid_in(page, "deals")


def decide(desk: Page, deal: str, name: str) -> None:
    """Decide on the workbench, with the first reason that is offered."""
    desk.goto(f"/desk/registrations/{deal}/")
    form = desk.locator(f"form[action$='/{name}/']").first
    details = desk.locator("details", has=form).first
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    reason = form.locator("select[name*=reason]")
    if reason.count():
        reason.first.select_option(index=1)
    form.get_by_role("button").last.click()
    desk.wait_for_load_state()


def quote(page: Page, deal: str, lines: str, customer: str) -> str:
    """Draft a quote for the deal."""
    page.goto(f"/deals/{deal}/")
    page.get_by_role("link", name="New quote").click()
    page.locator("textarea[name=lines]").fill(lines)
    name = page.locator("input[name=customer_name]")
    if not name.input_value():
        name.fill(customer)
    page.get_by_role("button", name="Price it and look").click()
    expect(page).to_have_url(re.compile(r"/quotes/[0-9a-f-]{36}/$"))
    return uuid_in(page, "quotes")


def issue(page: Page) -> None:
    """Issue the draft that the page shows."""
    page.locator("[data-dialog-open=issue-quote]").click()
    page.locator("#issue-quote").get_by_role("button").last.click()
    page.wait_for_load_state()
