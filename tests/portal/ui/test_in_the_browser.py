"""The kit in a real browser: every component in both themes and widths, and what the scripts do."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import expect

from concord.portal.models import User
from tests.browser import WIDTHS, look_at

pytestmark = pytest.mark.journey


@pytest.fixture
def gallery_addresses(settings):
    settings.ROOT_URLCONF = "tests.portal.ui.gallery"


@pytest.mark.parametrize(("device", "theme"), list(itertools.product(WIDTHS, ["light", "dark"])))
def test_every_component_is_accessible_and_fits(gallery_addresses, open_page, device, theme):
    language = "zh-hans" if theme == "dark" else "en"
    page = open_page("/gallery/?wrong=1", width=WIDTHS[device], theme=theme, language=language)
    expect(page.locator("canvas").first).to_be_visible()
    look_at(page, f"kit-{device}-{theme}-{language}")
    page.get_by_role("button", name="Withdraw").first.click()
    expect(page.locator("dialog#ask")).to_be_visible()
    look_at(page, f"kit-dialog-{device}-{theme}-{language}")


@pytest.mark.parametrize(("device", "theme"), [("desk", "light"), ("phone", "dark")])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_sign_in_looks_right_everywhere(open_page, device, theme, language):
    page = open_page("/accounts/login/", width=WIDTHS[device], theme=theme, language=language)
    look_at(page, f"sign-in-{device}-{theme}-{language}")


def test_one_signs_in_and_out_and_the_account_pages_hold(open_page):
    from allauth.account.models import EmailAddress

    user = User.objects.create_user("lin@example.com", "a long enough password", name="Lin Wei")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    page = open_page("/accounts/login/?next=/accounts/2fa/", width=390)
    page.locator("input[name=login]").fill(user.email)
    page.locator("input[name=password]").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("input[name=login]")).to_have_value(user.email)
    page.locator("input[name=password]").fill("a long enough password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Two-Factor")
    look_at(page, "account-two-step-phone")
    page.goto("/accounts/sessions/")
    look_at(page, "account-sessions-phone")
    page.locator("summary.co-user").click()
    page.get_by_role("button", name="Sign out", exact=True).last.click()
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_keys_menus_and_theme(gallery_addresses, open_page):
    page = open_page("/gallery/")
    page.keyboard.press("/")
    expect(page.locator("#site-search")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.locator("#site-search")).to_have_value("a/b")

    appearance = page.get_by_label("Appearance")
    appearance.click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Dark")).to_be_hidden()
    expect(appearance).to_be_focused()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_navigation_opens_on_a_phone(gallery_addresses, open_page):
    page = open_page("/gallery/", width=390)
    deals = page.get_by_role("navigation", name="Main navigation").get_by_role("link", name="Deals")
    expect(deals).to_be_hidden()
    page.get_by_role("button", name="Navigation").click()
    expect(deals).to_be_visible()
    expect(page.get_by_role("button", name="Navigation")).to_have_attribute("aria-expanded", "true")


def test_a_form_is_sent_once_and_a_pasted_list_is_counted(gallery_addresses, open_page):
    page = open_page("/gallery/", width=1280)
    page.locator("#id_lines").fill("A\t1\n\nB\t2\nC\t3\n")
    expect(page.locator("#id_lines_count")).to_have_text("3")
    sent = []
    page.route("**/gallery/", lambda route: sent.append(route.request.method))  # never answered: a slow server
    page.evaluate(
        """() => {
            const form = document.querySelector("main form[data-guard][data-unsaved]");
            form.noValidate = true;
            form.requestSubmit();
            form.requestSubmit();
        }"""
    )
    page.wait_for_timeout(300)
    assert sent == ["POST"]


def test_a_field_that_is_corrected_is_not_called_wrong_any_more(gallery_addresses, open_page):
    page = open_page("/gallery/?wrong=1")
    field = page.locator("input[type=text].is-invalid").first
    name = field.get_attribute("id")
    expect(page.locator(f"#{name}_error")).to_be_visible()
    field.press_sequentially("x")
    expect(page.locator(f"#{name}_error")).to_have_count(0)
    expect(page.locator(f"#{name}")).not_to_have_attribute("aria-invalid", "true")
    assert f"{name}_error" not in (page.locator(f"#{name}").get_attribute("aria-describedby") or "")


def test_filters_submit_themselves_stay_in_the_address_and_keep_the_cursor(gallery_addresses, open_page):
    page = open_page("/gallery/")
    words = page.get_by_label("Words")
    words.press_sequentially("servo", delay=20)
    expect(page).to_have_url(re.compile(r"/gallery/\?q=servo$"))
    expect(words).to_be_focused()
    words.press_sequentially("s")
    expect(page).to_have_url(re.compile(r"/gallery/\?q=servos$"))
    page.get_by_label("State").select_option("won")
    expect(page).to_have_url(re.compile(r"/gallery/\?q=servos&state=won$"))


def test_copying_says_so(gallery_addresses, open_page):
    page = open_page("/gallery/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the link").click()
    expect(page.locator("#announcements")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "text"


def test_a_chart_takes_its_colours_from_the_page_and_follows_the_theme(gallery_addresses, open_page):
    page = open_page("/gallery/")
    script = """() => {
        const probe = document.body.appendChild(document.createElement("i"));
        probe.style.color = "var(--co-ok)";
        const chart = Chart.getChart(document.querySelector("canvas"));
        return [getComputedStyle(probe).color, chart.data.datasets[0].backgroundColor];
    }"""
    token, light = page.evaluate(script)
    assert token == light
    page.get_by_label("Appearance").click()
    page.get_by_role("button", name="Dark").click()
    token, dark = page.evaluate(script)
    assert token == dark
    assert light != dark
