"""The desk's lists about prices and stock speak the reader's language down to their headings."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from concord.portal.periods import period
from concord.pricing.models import (
    ApprovalLevel,
    PriceFloor,
    ProductSubstitute,
    ProgrammeBonus,
    Promotion,
    RegistrationDiscount,
    TierDiscount,
)
from tests.factories import LONG_AGO, make_price_list, make_product, set_price
from tests.pricing.catalogue.test_api import stock_of
from tests.pricing.catalogue.test_desk import LISTS, at_desk  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

#: names that Chinese keeps
KEPT = {"SKU", "CSV", "XLSX", "API", "ID"}
MORE = ["stock_reservations:index", "substitutes:index", "product_documents:index", "approval_levels:index"]
QUEUES = ["special_prices:queue", "price_exceptions:queue", "unmet_demand"]
#: lists without a row here
EMPTY = {"imports:index", "stock_reservations:index", "product_documents:index", *QUEUES}


def headings(page: str) -> list[str]:
    lists = re.findall(r'<table class="listing.*?</thead>', page, re.DOTALL)
    found = [one for table in lists for one in re.findall(r"<th\b[^>]*>(.*?)</th>", table, re.DOTALL)]
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


@pytest.mark.parametrize("name", [*LISTS, *MORE, *QUEUES])
def test_no_heading_stays_english(at_desk, cast, name):  # noqa: F811
    product, other = (make_product(cast.family, sku, name_zh="继电器") for sku in ("RELAY-1", "RELAY-2"))
    price_list, always = make_price_list(markets=[]), {"percent": 5, "period": period(LONG_AGO, None)}
    set_price(price_list, product, "10")
    stock_of(product, 5)
    ProductSubstitute.objects.create(product=product, substitute=other)
    Promotion.objects.create(name="春", price_list=price_list, product=product, **always)
    TierDiscount.objects.create(tier=cast.tier, family=cast.family, **always)
    RegistrationDiscount.objects.create(family=cast.family, **always)
    ProgrammeBonus.objects.create(name="奖", tier=cast.tier, **always)
    PriceFloor.objects.create(family=cast.family, **always)
    ApprovalLevel.objects.create(down_to_percent=10)
    client = at_desk("pricing_manager")
    client.cookies["django_language"] = "zh-hans"
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert headings(page.content.decode()) or name in EMPTY
    english = [one for one in headings(page.content.decode()) if re.search("[A-Za-z]{2}", one) and one not in KEPT]
    assert english == []
