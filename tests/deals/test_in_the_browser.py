"""The pages about deals in a real browser: both languages, light and dark, desk and phone; and by keyboard."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from concord.deals.actions.activities import add_activity
from concord.deals.actions.decisions import decide_duplicate
from concord.deals.enums import ActivityKind
from concord.deals.models import Deal
from tests.browser import WIDTHS, look_at
from tests.deals import making
from tests.factories import make_product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

LOOKS = [("desk", "light", "en"), ("phone", "dark", "zh-hans")]
LIKE_IT = "Nordwind Antriebe Service GmbH"


def session_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


@pytest.fixture
def stories(cast):
    """A protected deal, its rival's duplicate, one that waits with a likely twin, and a draft."""
    products = [
        make_product(cast.family, "C-430-881", name="Circular connector M12, 5-pin", name_zh="M12 圆形连接器，5 芯")
    ]
    first = making.approved(cast, products=products)
    add_activity(
        actor=cast.actor(cast.seller_a),
        deal_uuid=first.uuid,
        kind=ActivityKind.VISIT,
        text="Walked the line with the plant manager.",
        next_step="Send samples",
        next_due_at=making.now(),
        now=making.now(),
    )
    second = making.submitted(cast, cast.seller_b, "Nordwind Antriebe G.m.b.H.", products=products)
    decide_duplicate(
        actor=cast.actor(cast.vendor_manager), deal_uuid=second.uuid, reason="already_protected", now=making.now()
    )
    third = making.submitted(cast, cast.seller_b, LIKE_IT, products=products)
    draft = making.draft(cast, name="Suedstern Pumpen AG", products=products)
    return {"first": first, "second": second, "third": third, "draft": draft}


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_the_sellers_pages(cast, stories, open_page, width, theme, language):
    session = session_of(cast.seller_a)
    first = stories["first"]
    paths = {
        "list": reverse("deals:list"),
        "new": reverse("deals:create"),
        "detail": reverse("deals:detail", args=[first.uuid]),
        "history": reverse("deals:history", args=[first.uuid]),
        "draft": reverse("deals:edit", args=[stories["draft"].uuid]),
    }
    for name, path in paths.items():
        page = open_page(path, width=WIDTHS[width], theme=theme, language=language, session=session)
        page.wait_for_load_state("networkidle")
        look_at(page, f"deals-{name}-{width}-{theme}-{language}")


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_what_the_loser_sees(cast, stories, open_page, width, theme, language):
    path = reverse("deals:detail", args=[stories["second"].uuid])
    page = open_page(path, width=WIDTHS[width], theme=theme, language=language, session=session_of(cast.seller_b))
    look_at(page, f"deals-duplicate-{width}-{theme}-{language}")


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh-hans")])
def test_the_desk(cast, stories, open_page, theme, language):
    cast.vendor_manager.language = language
    cast.vendor_manager.save()
    session = session_of(cast.vendor_manager)
    paths = {
        "home": reverse("wagtailadmin_home"),
        "queue": reverse("registrations:queue"),
        "all": reverse("registrations:all"),
        "bench": reverse("registrations:bench", args=[stories["third"].uuid]),
        "checks": reverse("registrations:checks"),
    }
    for name, path in paths.items():
        page = open_page(path, theme=theme, language=language, session=session)
        page.wait_for_load_state("networkidle")
        look_at(page, f"desk-deals-{name}-{theme}-{language}")


def test_registering_with_the_check_while_typing_and_a_product_by_part_of_its_number(cast, stories, open_page):
    page = open_page(reverse("deals:create"), session=session_of(cast.seller_b))
    page.fill("#id_customer_name", "Nordwind Antriebe GmbH")
    page.select_option("#id_customer_country", "DE")
    page.fill("#id_customer_city", "Hamburg")
    page.locator("#verdict", has_text="Protected for another partner").wait_for()
    page.fill("#id_customer_name", "Quite Another Company Ltd")
    page.locator("#verdict", has_text="You may register").wait_for()
    page.fill("#product-lookup", "430881")
    page.locator("[data-add-line='C-430-881']").click()
    page.locator("#lines-preview", has_text="Circular connector M12").wait_for()
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Submit registration").click()
    page.wait_for_url("**/deals/*-*/")
    deal = Deal.objects.unscoped("read").get(customer_name="Quite Another Company Ltd")
    assert deal.review_status == "submitted"


def test_a_manager_decides_by_keyboard_alone(cast, stories, open_page):
    third = stories["third"]
    page = open_page(reverse("registrations:bench", args=[third.uuid]), session=session_of(cast.vendor_manager))
    page.wait_for_load_state("networkidle")
    page.locator("body").press("r")
    page.locator("details[data-key=r][open]").wait_for()
    assert page.evaluate("document.activeElement.name") == "return-reason"
    page.keyboard.press("Escape")
    page.locator("body").press("x")
    page.locator("details[data-key=x] select").press("Enter")
    page.locator("details[data-key=x] textarea").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Decided: Reject").wait_for()
    third.refresh_from_db()
    assert third.review_status == "rejected"
