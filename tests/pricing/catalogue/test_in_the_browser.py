"""The pages of prices, lists, products and stock in a real browser: accessible and within the width."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from concord.pricing.actions.price_lists import publish_price_list_version
from concord.pricing.enums import Lifecycle, VersionStatus
from concord.pricing.models import Price, PriceListVersion, Product, ProductSubstitute
from tests.browser import WIDTHS, look_at
from tests.pricing.catalogue.test_api import stock_of
from tests.pricing.quotes.conftest import Shop, make_shop

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LOOKS = [("desk", "light", "en"), ("desk", "dark", "zh-hans"), ("phone", "light", "zh-hans"), ("phone", "dark", "en")]


@pytest.fixture
def stage(cast) -> Shop:
    """Relays of which some are there by an old count, switches instead, sensors that ended, new prices next week."""
    shop, now = make_shop(cast), timezone.now()
    stock_of(shop.relay, 40, as_of=now - timedelta(days=9))
    stock_of(shop.switch, 700)
    ProductSubstitute.objects.create(product=shop.relay, substitute=shop.switch, note="Other base", note_zh="底座不同")
    version = PriceListVersion.objects.create(price_list=shop.price_list, number=9, status=VersionStatus.DRAFT)
    Price.objects.create(
        price_list=shop.price_list,
        version=version,
        product=shop.relay,
        unit_price="11.50",
        gross_unit_price="13.69",
        validity=DateTimeTZRange(empty=True),
    )
    publish_price_list_version(
        actor=cast.actor(cast.pricing_manager), version_uuid=version.uuid, at=now + timedelta(days=40), now=now
    )
    return shop


@pytest.mark.parametrize(("device", "theme", "language"), LOOKS)
def test_they_look_right(stage, open_page, device, theme, language):
    client = Client()
    client.force_login(stage.cast.seller_a)
    more = {
        "width": WIDTHS[device],
        "theme": theme,
        "language": language,
        "session": client.cookies["sessionid"].value,
    }
    name = f"{device}-{theme}-{language}"
    draft = stage.quote((stage.relay, 59), (stage.sensor, 1))
    Product.objects.filter(pk=stage.sensor.pk).update(status=Lifecycle.ENDED, successor=stage.switch)
    pages = {
        "prices": reverse("pricing:check") + "?list=RELAY-1%2059%0ASENSOR-3%202%0ANOSUCH%201&currency=USD",
        "price-lists": reverse("pricing:price-lists"),
        "price-list": reverse("pricing:price-list", args=[stage.price_list.uuid]),
        "product": reverse("pricing:product", args=[stage.relay.uuid]),
        "product-ended": reverse("pricing:product", args=[stage.sensor.uuid]),
        "quote-short": reverse("pricing:quote-detail", args=[draft.uuid]),
        "special-price-new": reverse("pricing:special-price-new", args=[draft.uuid]) + "?sku=RELAY-1",
    }
    for page, address in pages.items():
        look_at(open_page(address, **more), f"{page}-{name}")
