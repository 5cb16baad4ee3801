"""Catalogue, price lists, rules, stock and imports at the desk."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from concord.portal.imports.runs import carry_out
from concord.portal.models import Event, ImportRun
from concord.portal.periods import period
from concord.portal.refusals import Conflict
from concord.pricing.actions.rules import save_price_rule
from concord.pricing.enums import VersionStatus
from concord.pricing.models import PriceList, Product, TierDiscount
from tests.factories import FAR_AHEAD, LONG_AGO, make_price_list, make_product, set_price
from tests.pricing.catalogue.test_api import stock_of

pytestmark = pytest.mark.django_db

LISTS = [
    "product_records:index",
    "stock:index",
    "warehouses:index",
    "imports:index",
    "price_list_records:index",
    "promotions:index",
    "tier_discounts:index",
    "registration_discounts:index",
    "programme_bonuses:index",
    "price_floors:index",
]
ADDS = [
    "product_records:add",
    "warehouses:add",
    "imports:upload",
    "price_list_records:add",
    "promotions:add",
    "tier_discounts:add",
    "registration_discounts:add",
    "programme_bonuses:add",
    "price_floors:add",
]


@pytest.fixture
def at_desk(cast):
    def client(user) -> Client:
        found = Client()
        found.force_login(getattr(cast, user))
        return found

    return client


@pytest.fixture
def relay(cast):
    product = make_product(cast.family, "RELAY-1", name_zh="继电器")
    set_price(make_price_list(markets=[]), product, "10")
    return product


def draft(price_list, feed, text="sku,unit_price\nRELAY-1,11\n"):
    feed("prices", text, list=price_list.code)
    return price_list.versions.get(status=VersionStatus.DRAFT)


@pytest.mark.parametrize("name", LISTS)
def test_managers_read_every_list_and_partners_none(at_desk, relay, name):
    assert at_desk("pricing_manager").get(reverse(name)).status_code == 200
    assert at_desk("vendor_manager").get(reverse(name)).status_code == 200
    for user in ("editor", "seller_a", "stranger"):
        assert at_desk(user).get(reverse(name)).status_code in {302, 403}, user


@pytest.mark.parametrize("name", ADDS)
def test_pricing_managers_alone_write(at_desk, relay, name):
    assert at_desk("pricing_manager").get(reverse(name)).status_code == 200
    if name != "imports:upload":  # channel managers hand in partners and customers
        assert at_desk("vendor_manager").get(reverse(name)).status_code in {302, 403}
    assert at_desk("editor").get(reverse(name)).status_code in {302, 403}


def test_products_are_searched_as_everywhere_and_saved_with_their_keys(at_desk, relay, cast):
    make_product(cast.family, "OTHER-9")
    desk = at_desk("pricing_manager")
    for typed in ("elay1", "继电"):
        text = desk.get(reverse("product_records:index"), {"q": typed}).content.decode()
        assert "RELAY-1" in text
        assert "OTHER-9" not in text
    facts = {
        "sku": "NEW-77",
        "name": "New one",
        "family": cast.family.pk,
        "unit": "pcs",
        "pack_size": 1,
        "minimum_order_quantity": 1,
        "order_multiple": 1,
        "status": "active",
    }
    assert desk.post(reverse("product_records:add"), facts).status_code == 302
    assert Product.objects.get(sku="NEW-77").sku_key == "new77"
    again = desk.post(reverse("product_records:add"), {**facts, "sku": "new-77"})
    assert again.status_code == 200
    assert again.context["form"].errors


def test_two_rules_that_could_tie_are_refused_with_both_named(at_desk, cast):
    TierDiscount.objects.create(
        tier=cast.tier, family=cast.family, percent=Decimal(10), period=period(LONG_AGO, FAR_AHEAD)
    )
    begins = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    body = {"tier": cast.tier.pk, "family": cast.family.pk, "percent": "12", "valid_from": begins}
    answer = at_desk("pricing_manager").post(reverse("tier_discounts:add"), body)
    assert answer.status_code == 200
    (message,) = answer.context["form"].errors["valid_from"]
    assert "Gold · Connectors · 12 %" in message
    assert "Gold · Connectors · 10 %" in message
    assert TierDiscount.objects.count() == 1
    other = at_desk("pricing_manager").post(reverse("tier_discounts:add"), {**body, "family": cast.other_family.pk})
    assert other.status_code == 302
    assert Event.objects.unscoped("checking").filter(verb="price_rule.saved").count() == 1


def test_a_rule_that_has_begun_is_ended_not_changed(cast):
    actor, now = cast.actor(cast.pricing_manager), timezone.now()
    rule = TierDiscount.objects.create(
        tier=cast.tier, family=cast.family, percent=Decimal(10), period=period(LONG_AGO, None)
    )
    rule.percent = Decimal(11)
    with pytest.raises(Conflict, match="has begun"):
        save_price_rule(actor=actor, rule=rule, now=now)
    rule.refresh_from_db()
    rule.period = period(LONG_AGO, now)
    save_price_rule(actor=actor, rule=rule, now=now)
    following = TierDiscount(tier=cast.tier, family=cast.family, percent=Decimal(11), period=period(now, None))
    save_price_rule(actor=actor, rule=following, now=now)
    assert TierDiscount.objects.count() == 2


def test_a_second_list_of_the_same_priority_is_refused_naming_the_first(at_desk, relay):
    first = PriceList.objects.get()
    body = {"code": "second", "name": "Second", "currency": "usd", "priority": first.priority, "kind": "customer"}
    answer = at_desk("pricing_manager").post(reverse("price_list_records:add"), body)
    assert first.name in answer.context["form"].errors["priority"][0]
    body["priority"] = first.priority + 1
    assert at_desk("pricing_manager").post(reverse("price_list_records:add"), body).status_code == 302


def test_a_draft_is_looked_at_and_published(at_desk, relay, feed):
    price_list = PriceList.objects.get()
    version = draft(price_list, feed)
    desk = at_desk("pricing_manager")
    listed = desk.get(reverse("price_list_records:inspect", args=[price_list.pk])).content.decode()
    assert reverse("price_list_records:version", args=[version.uuid]) in listed
    page = desk.get(reverse("price_list_records:version", args=[version.uuid]))
    assert page.context["impact"].up == 1
    publish = reverse("price_list_records:publish", args=[version.uuid])
    stale = desk.post(publish, {"version": "2020-01-01T00:00:00"})
    assert stale.status_code == 422
    assert at_desk("vendor_manager").post(publish, {}).status_code in {302, 403}
    read = page.context["form"].initial["version"]
    assert desk.post(publish, {"version": read}).status_code == 302
    version.refresh_from_db()
    assert version.status == VersionStatus.IN_FORCE


def test_who_may_import_finds_the_way_to_it_and_nobody_else(at_desk, relay):
    page = at_desk("pricing_manager").get(reverse("imports:index")).content.decode()
    assert f'href="{reverse("imports:upload")}"' in page
    assert "old count" not in at_desk("pricing_manager").get(reverse("stock:index")).content.decode()
    stock_of(relay, 5, as_of=timezone.now() - timedelta(days=30))
    assert "old count" in at_desk("pricing_manager").get(reverse("stock:index")).content.decode()
    lists = at_desk("pricing_manager").get(reverse("price_list_records:inspect", args=[PriceList.objects.get().pk]))
    assert "everywhere" in lists.content.decode()


def test_a_file_is_uploaded_watched_and_its_rejected_rows_fetched(at_desk, cast):
    desk = at_desk("pricing_manager")
    file = io.BytesIO(f"sku,name,family\nU-1,One,{cast.family.code}\nU-2,,{cast.family.code}\n".encode())
    file.name = "products.csv"
    handed = desk.post(reverse("imports:upload"), {"kind": "products", "file": file})
    assert handed.status_code == 302
    run = ImportRun.objects.unscoped("checking").get()
    waiting = desk.get(handed.url).content.decode()
    assert "data-look-again" in waiting
    carry_out(run.pk, now=timezone.now())
    done = desk.get(handed.url).content.decode()
    assert "data-look-again" not in done
    assert "Nothing was stored, because 1 row is wrong" in done
    assert re.search(r'<td class="co-num">3</td><td class="pd-nowrap">name</td><td>[^<]+</td>', done)
    rejected = desk.get(reverse("imports:rejected", args=[run.uuid]))
    assert "3,name," in b"".join(rejected.streaming_content).decode("utf-8-sig")
    assert Product.objects.count() == 0
    wrong = desk.post(reverse("imports:upload"), {"kind": "prices", "file": io.BytesIO(b"sku,unit_price\nA,1\n")})
    assert wrong.status_code == 422


def test_the_menu_shows_imports_to_those_alone_who_may_open_them(at_desk):
    assert reverse("imports:index") in at_desk("pricing_manager").get("/desk/").content.decode()
    assert reverse("imports:index") not in at_desk("editor").get("/desk/").content.decode()
