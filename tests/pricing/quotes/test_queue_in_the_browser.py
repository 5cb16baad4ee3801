"""The queue of conflicts, the comparison of revisions and the special prices in a real browser."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from concord.portal.models import BrandSettings
from concord.pricing.actions.commitments import PriceConflict
from concord.pricing.actions.quotes import edit_draft, issue_quote, revise_quote
from concord.pricing.actions.special_prices import request_special_price
from concord.pricing.models import ApprovalLevel, PriceException, SpecialPrice
from tests.browser import WIDTHS, look_at
from tests.pricing.quotes.conftest import Shop, make_shop

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LOOKS = [("desk", "light", "en"), ("phone", "dark", "zh-hans")]


def session_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


@pytest.fixture
def stage(cast) -> Shop:
    """A revised quote, a refused attempt, and a request that is late."""
    BrandSettings.objects.create(brand_name="Helvara", vendor_name="Helvara Components AG")
    shop = make_shop(cast)
    first = shop.issue((shop.relay, 5), (shop.switch, 2))
    draft = revise_quote(actor=shop.actor(), quote_uuid=first.uuid)
    lines = [shop.line(shop.relay, 12), shop.line(shop.sensor, 1)]
    edit_draft(actor=shop.actor(), quote_uuid=draft.uuid, lines=lines, valid_until=shop.day(40))
    shop.revised = issue_quote(actor=shop.actor(), quote_uuid=draft.uuid)
    attempt = shop.quote((shop.relay, 12, "8.00"))
    with pytest.raises(PriceConflict):
        issue_quote(actor=shop.actor(), quote_uuid=attempt.uuid)
    asked = request_special_price(
        actor=shop.actor(),
        partner_id=shop.cast.partner_a.pk,
        end_customer_id=shop.customer.pk,
        sku="RELAY-1",
        currency="USD",
        unit_price=Decimal("8.00"),
        quantity=12,
        valid_until=shop.day(30),
        reason="Competition",
    )
    SpecialPrice.objects.filter(pk=asked.pk).update(decide_by=timezone.now() - timedelta(hours=2))
    return shop


@pytest.mark.parametrize(("device", "theme", "language"), LOOKS)
def test_the_partners_pages_look_right(stage, open_page, device, theme, language):
    more = {"width": WIDTHS[device], "theme": theme, "language": language, "session": session_of(stage.cast.seller_a)}
    name = f"{device}-{theme}-{language}"
    look_at(open_page(reverse("pricing:quote-list"), **more), f"quotes-filtered-{name}")
    look_at(open_page(reverse("pricing:special-price-list"), **more), f"special-prices-{name}")
    look_at(open_page(reverse("pricing:quote-compare", args=[stage.revised.uuid]), **more), f"compare-{name}")


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_the_queue_at_the_desk_looks_right(stage, open_page, device):
    more = {"width": WIDTHS[device], "session": session_of(stage.cast.pricing_manager)}
    page = open_page(reverse("price_exceptions:queue"), **more)
    expect(page.locator("table.listing tbody tr")).to_have_count(2)
    page.screenshot(path=f"test-artefacts/queue-{device}.png", full_page=True)
    entry = PriceException.objects.unscoped("test").get(kind="refused_price")
    page = open_page(reverse("price_exceptions:entry", args=[entry.uuid]), **more)
    page.screenshot(path=f"test-artefacts/entry-{device}.png", full_page=True)
    page = open_page(reverse("special_prices:queue"), **more)
    expect(page.locator(".cp-late")).to_be_visible()
    page.screenshot(path=f"test-artefacts/special-{device}.png", full_page=True)


def test_the_chain_follows_what_is_typed(stage, open_page):
    ApprovalLevel.objects.create(down_to_percent=15, by_channel_manager=True, by_pricing_manager=False)
    quote = stage.quote((stage.switch, 2))
    url = reverse("pricing:special-price-new", args=[quote.uuid]) + "?sku=SWITCH-2"
    page = open_page(url, session=session_of(stage.cast.seller_a))
    expect(page.locator("#approval-chain li")).to_have_count(1)
    page.locator("#id_unit_price").press_sequentially("0")
    page.locator("#id_unit_price").fill("0.01")
    expect(page.locator("#approval-chain li")).to_have_count(2)
