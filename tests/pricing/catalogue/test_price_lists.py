"""Publishing prices: what it changes down to quotes and margins, going back, telling partners, and as of any day."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from concord.partners.actions.customers import relate
from concord.portal.actor import portal_actor
from concord.portal.models import Event
from concord.portal.periods import period
from concord.portal.refusals import Conflict, NotAllowed, WrongState
from concord.pricing.actions.price_list_versions import (
    announce_price_list_version,
    discard_price_list_draft,
    restore_price_list_version,
)
from concord.pricing.actions.price_lists import publish_price_list_version, turn_versions
from concord.pricing.actions.quotes import QuoteLineInput, draft_quote, issue_quote
from concord.pricing.enums import VersionStatus
from concord.pricing.models import Price, PriceListVersion, TierDiscount
from concord.pricing.queries.impact import changed_products, impact_of, price_changes, touched_quotes
from concord.pricing.queries.price_lists import news_of_lists, prices_as_of
from tests.factories import FAR_AHEAD, LONG_AGO, make_customer, make_price_list, make_product, set_price
from tests.pricing.catalogue.test_api import api, work_off_events  # noqa: F401 - a fixture
from tests.pricing.catalogue.test_desk import at_desk  # noqa: F401 - a fixture
from tests.pricing.catalogue.test_price_page import signed_in  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

HEADER = "sku,minimum_quantity,unit_price,gross_unit_price\n"


@pytest.fixture
def usd(cast):
    """Six products, whose next version is dearer, cheaper, both, gone, the same, and new."""
    price_list = make_price_list("USD", code="usd", name="US dollars", markets=["DE", "US"])
    for sku, ladder in {
        "UP-1": {1: "10", 10: "9"},
        "DOWN-1": {1: "5"},
        "MIXED-1": {1: "4", 10: "3"},
        "GONE-1": {1: "7"},
        "SAME-1": {1: "1"},
    }.items():
        set_price(price_list, make_product(cast.family, sku), ladder)
    make_product(cast.family, "NEW-1")
    return price_list


def next_version(feed) -> PriceListVersion:
    rows = "UP-1,1,12,14.28\nUP-1,10,9,\nDOWN-1,1,4,\nMIXED-1,1,5,\nMIXED-1,10,2,\nSAME-1,1,1,\nNEW-1,1,3,\n"
    feed("prices", HEADER + rows, list="usd")
    return PriceListVersion.objects.select_related("price_list").get(status=VersionStatus.DRAFT)


def quoted(cast, *lines, by=None):
    """A live quote of partner A (or of the one that ``by`` belongs to)."""
    user = by or cast.seller_a
    actor = cast.actor(user)
    customer = make_customer()
    relate(partner_id=actor.partner_id, end_customer_id=customer.pk, now=timezone.now())
    quote = draft_quote(
        actor=actor,
        partner_id=actor.partner_id,
        seller_id=user.pk,
        end_customer_id=customer.pk,
        customer_name="Kunde AG",
        currency="USD",
        valid_until=datetime.now(UTC).date() + timedelta(days=20),
        lines=[QuoteLineInput(*line) for line in lines],
    )
    return issue_quote(actor=actor, quote_uuid=quote.uuid)


def publish(cast, version, at=None):
    now = timezone.now()
    return publish_price_list_version(
        actor=cast.actor(cast.pricing_manager), version_uuid=version.uuid, at=at or now, now=now
    )


def test_the_impact_counts_products_and_names_each_behind_the_count(cast, usd, feed, django_assert_num_queries):
    version, now = next_version(feed), timezone.now()
    with django_assert_num_queries(3):
        impact = impact_of(version, at=now)
    assert {name: getattr(impact, name) for name in ("up", "down", "mixed", "new", "gone", "same")} == dict.fromkeys(
        ("up", "down", "mixed", "new", "gone", "same"), 1
    )
    for verdict in ("up", "down", "mixed", "new", "gone", "same"):
        (product,) = changed_products(version, at=now, verdicts=[verdict])
        assert product.sku == f"{verdict.upper()}-1"
        (change,) = price_changes(version, [product], at=now)
        assert change.verdict == verdict
    (up,) = [one for one in impact.largest if one.verdict == "up"]
    assert [(one.minimum_quantity, one.was, one.becomes) for one in up.breaks] == [(1, 10, 12), (10, 9, 9)]
    assert up.percent == Decimal("20.0")
    assert [one.sku for one in changed_products(version, at=now, search="mixed")] == ["MIXED-1"]


def test_live_quotes_touched_and_the_margin_that_moves_are_told(cast, usd, feed):
    TierDiscount.objects.create(
        tier=cast.tier, family=cast.family, percent=Decimal(25), period=period(LONG_AGO, FAR_AHEAD)
    )
    touched = quoted(cast, ("UP-1", 3), ("SAME-1", 100), ("GONE-1", 1))
    quoted(cast, ("SAME-1", 5))
    version, now = next_version(feed), timezone.now()
    impact = impact_of(version, at=now)
    assert (impact.live_quotes, impact.partners) == (1, 1)
    # What is gone is on neither side; a quarter of the amount is the partner's.
    assert (impact.value_was, impact.value_becomes, impact.value_moved) == (30, 36, 6)
    assert (impact.margin_was, impact.margin_becomes, impact.margin_moved) == (Decimal("7.5"), 9, Decimal("1.5"))
    assert list(touched_quotes(version, at=now)) == [touched]
    publish(cast, version)
    touched.refresh_from_db()
    assert touched.customer_total == 137, "a live quote keeps its prices"


def test_quotes_in_markets_that_another_list_serves_are_not_touched(cast, usd, feed):
    set_price(
        make_price_list("USD", markets=["NL"]),
        usd.versions.get().prices.get(product__sku="UP-1", minimum_quantity=1).product,
        "8",
    )
    quoted(cast, ("UP-1", 3), by=cast.seller_b)
    impact = impact_of(next_version(feed), at=timezone.now())
    assert (impact.live_quotes, impact.value_moved, impact.margin_moved) == (0, None, None)


def test_the_desk_shows_it_drills_down_and_hands_it_out(cast, usd, feed, at_desk):  # noqa: F811
    touched = quoted(cast, ("UP-1", 3))
    version = next_version(feed)
    desk = at_desk("pricing_manager")
    page = desk.get(reverse("price_list_records:version", args=[version.uuid])).content.decode()
    changes = reverse("price_list_records:changes", args=[version.uuid])
    assert f"{changes}?change=up" in page
    assert touched.number in page
    listed = desk.get(changes, {"change": "mixed"}).content.decode()
    assert "MIXED-1" in listed
    assert "UP-1" not in listed
    file = b"".join(desk.get(changes, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file)))
    assert [row[0] for row in rows[1:]] == ["DOWN-1", "GONE-1", "MIXED-1", "MIXED-1", "NEW-1", "UP-1", "UP-1"]
    assert rows[-2][3:] == ["1", "10.000000", "12.000000", "20.0"]
    book = b"".join(desk.get(changes, {"export": "xlsx", "change": "new"}).streaming_content)
    assert [row[0].value for row in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows()][1:] == ["NEW-1"]
    assert at_desk("editor").get(changes, {"export": "csv"}).status_code in {302, 403}


def test_other_systems_see_the_same_page_by_page(cast, usd, feed, api):  # noqa: F811
    touched = quoted(cast, ("UP-1", 3))
    version = next_version(feed)
    where = f"/api/v1/price-lists/usd/versions/{version.number}/impact/"
    impact = api("pricing_manager").get(where).json()
    assert impact["value_moved"] == {"amount": "6.00", "currency": "USD"}
    first = api("pricing_manager").get(f"{where}products/?limit=2").json()
    second = api("pricing_manager").get(first["next"]).json()
    assert [one["sku"] for one in first["results"] + second["results"]] == ["DOWN-1", "GONE-1", "MIXED-1", "NEW-1"]
    (up,) = api("pricing_manager").get(f"{where}products/?change=up").json()["results"]
    assert up["breaks"][0] == {
        "minimum_quantity": 1,
        "was": {"amount": "10.00", "currency": "USD"},
        "becomes": {"amount": "12.00", "currency": "USD"},
        "percent": "20.0",
    }
    (quote,) = api("pricing_manager").get(f"{where}quotes/").json()["results"]
    assert (quote["id"], quote["partner_code"]) == (str(touched.uuid), cast.partner_a.code)
    assert api("pricing_manager").get(f"{where}products/?change=sideways").status_code == 422
    for part in ("", "products/", "quotes/"):
        assert api("seller_a").get(where + part).status_code == 403


def test_a_version_of_later_comes_into_force_by_itself_and_is_made_up_for(cast, usd, feed):
    version, now = next_version(feed), timezone.now()
    publish(cast, version, at=now + timedelta(days=7))
    version.refresh_from_db()
    assert version.status == VersionStatus.SCHEDULED
    late = now + timedelta(days=30)
    assert turn_versions(actor=portal_actor(), now=late) == 2
    assert turn_versions(actor=portal_actor(), now=late) == 0
    version.refresh_from_db()
    assert version.status == VersionStatus.IN_FORCE
    assert usd.versions.get(number=1).status == VersionStatus.ENDED


@pytest.mark.django_db(transaction=True)
def test_a_large_version_is_published_in_the_background(cast, usd, feed, api, at_desk, monkeypatch):  # noqa: F811
    monkeypatch.setattr("concord.pricing.actions.price_list_versions.LARGE", 2)
    version = next_version(feed)
    where = f"/api/v1/price-lists/usd/versions/{version.number}/"
    tag = api("pricing_manager").get(where)["ETag"]
    asked = api("pricing_manager").post(f"{where}publish/", {}, format="json", HTTP_IF_MATCH=tag)
    assert (asked.status_code, asked.json()["status"]) == (202, "draft")
    page = reverse("price_list_records:version", args=[version.uuid])
    assert "is being published" in at_desk("pricing_manager").get(page).content.decode()
    work_off_events()
    version.refresh_from_db()
    assert version.status == VersionStatus.IN_FORCE
    work_off_events()
    told = Event.objects.unscoped("test").filter(subject_uuid=usd.uuid).order_by("sequence")
    assert [one.verb for one in told][-4:] == [
        "price_list.drafted",
        "price_list.publication_asked",
        "price_list.published",
        "price_list.announced",
    ]


def test_going_back_is_a_new_version_with_the_old_prices(cast, usd, feed):
    version = publish(cast, next_version(feed))
    manager = cast.actor(cast.pricing_manager)
    old = usd.versions.get(number=1)
    before = set(old.prices.values_list("product__sku", "minimum_quantity", "unit_price"))
    restored = restore_price_list_version(actor=manager, version_uuid=old.uuid)
    assert (restored.number, restored.status) == (3, VersionStatus.DRAFT)
    assert impact_of(restored, at=timezone.now()).up == 1  # what had become cheaper
    with pytest.raises(Conflict, match="3"):
        restore_price_list_version(actor=manager, version_uuid=old.uuid)
    publish(cast, restored)
    held = prices_as_of(usd, timezone.now() + timedelta(seconds=1))
    assert {(one.product.sku, one.minimum_quantity, one.unit_price) for one in held} == before
    version.refresh_from_db()
    assert version.status == VersionStatus.ENDED
    told = Event.objects.unscoped("test").filter(subject_uuid=usd.uuid, verb="price_list.restored").get()
    assert json.loads(told.payload)["restores"] == 1


def test_a_draft_is_put_away_and_nothing_that_was_published(cast, usd, feed):
    draft, manager = next_version(feed), cast.actor(cast.pricing_manager)
    with pytest.raises(WrongState):
        restore_price_list_version(actor=manager, version_uuid=draft.uuid)
    with pytest.raises(NotAllowed):
        discard_price_list_draft(actor=cast.actor(cast.vendor_manager), version_uuid=draft.uuid)
    discard_price_list_draft(actor=manager, version_uuid=draft.uuid)
    assert not Price.objects.filter(version_id=draft.pk).exists()
    with pytest.raises(WrongState):
        discard_price_list_draft(actor=manager, version_uuid=usd.versions.get().uuid)


def test_restoring_and_discarding_have_their_doors(cast, usd, feed, api, at_desk):  # noqa: F811
    publish(cast, next_version(feed))
    client, where = api("pricing_manager"), "/api/v1/price-lists/usd/versions/"
    made = client.post(f"{where}1/restore/", {}, format="json", HTTP_IDEMPOTENCY_KEY="once")
    again = client.post(f"{where}1/restore/", {}, format="json", HTTP_IDEMPOTENCY_KEY="once")
    assert (made.status_code, made.json()["version"], again.json()) == (201, 3, made.json())
    assert client.post(f"{where}1/restore/", {}, format="json").status_code == 409
    assert client.delete(f"{where}3/").status_code == 428
    assert client.delete(f"{where}3/", HTTP_IF_MATCH=made["ETag"]).status_code == 204
    assert client.get(f"{where}3/").status_code == 404
    assert api("seller_a").post(f"{where}1/restore/", {}, format="json").status_code == 403
    desk, old = at_desk("pricing_manager"), usd.versions.get(number=1)
    assert "Bring back" in desk.get(reverse("price_list_records:version", args=[old.uuid])).content.decode()
    answer = desk.post(reverse("price_list_records:restore", args=[old.uuid]))
    draft = usd.versions.get(status=VersionStatus.DRAFT)
    assert answer["Location"] == reverse("price_list_records:version", args=[draft.uuid])
    assert at_desk("vendor_manager").post(reverse("price_list_records:discard", args=[draft.uuid])).status_code != 200
    assert desk.post(reverse("price_list_records:discard", args=[draft.uuid])).status_code == 302
    assert not usd.versions.filter(status=VersionStatus.DRAFT).exists()


@pytest.mark.django_db(transaction=True)
def test_a_publication_is_announced_to_the_partners_that_buy_by_the_list_and_to_nobody_else(
    cast,
    usd,
    feed,
    signed_in,  # noqa: F811
):
    version = publish(cast, next_version(feed))
    work_off_events()
    told = Event.objects.unscoped("test").filter(verb="price_list.announced")
    assert [one.partner_id for one in told] == [cast.partner_a.pk], "partner B buys in another market"
    assert announce_price_list_version(actor=portal_actor(), version_uuid=version.uuid) == 0
    assert "12" not in json.dumps({**json.loads(told.get().payload), "from": "", "id": ""}), (
        "an announcement has no price"
    )
    now = timezone.now()
    (news,) = news_of_lists(cast.actor(cast.seller_a), now=now)
    assert (news.version, news.is_in_force) == (version, True)
    assert news_of_lists(cast.actor(cast.seller_b), now=now) == []
    assert news_of_lists(cast.actor(cast.seller_a), now=now + timedelta(days=31)) == []
    assert usd.name in signed_in("seller_a").get("/").content.decode()
    assert usd.name not in signed_in("seller_b").get("/").content.decode()


def test_a_partner_reads_its_lists_as_of_any_day_but_the_future(cast, usd, feed, signed_in, api):  # noqa: F811
    version = next_version(feed)
    publish(cast, version)
    client, where = signed_in("seller_a"), reverse("pricing:price-list", args=[usd.uuid])
    page = client.get(where).content.decode()
    assert "14.28" in page, "the price with tax stands beside the other"
    assert "GONE-1" not in page
    yesterday = (timezone.now() - timedelta(days=1)).date().isoformat()
    assert "GONE-1" in client.get(where, {"as_of": yesterday}).content.decode()
    tomorrow = (timezone.now() + timedelta(days=2)).date().isoformat()
    assert client.get(where, {"as_of": tomorrow}).status_code == 422
    assert signed_in("pricing_manager").get(where, {"as_of": tomorrow}).status_code == 200
    assert signed_in("seller_b").get(where).status_code == 404
    file = b"".join(client.get(where, {"_export": "csv", "q": "up-1"}).streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file)))
    assert [row[2:6] for row in rows[1:]] == [
        ["1", "12.000000", "14.280000", "10.000000"],
        ["10", "9.000000", "", "9.000000"],
    ]
    prices = "/api/v1/price-lists/usd/prices/"
    (first, *_rest) = api("seller_a").get(f"{prices}?search=up-1").json()["results"]
    assert first["unit_price"] == {"amount": "12.00", "currency": "USD"}
    assert first["gross_unit_price"] == {"amount": "14.28", "currency": "USD"}
    assert (first["price_kind"], first["version"]) == ("customer", 2)
    before = api("seller_a").get(f"{prices}?as_of=2024-01-01T00:00:00Z&limit=3").json()
    assert [one["sku"] for one in before["results"]] == ["DOWN-1", "GONE-1", "MIXED-1"]
    assert [one["sku"] for one in api("seller_a").get(before["next"]).json()["results"]] == [
        "MIXED-1",
        "SAME-1",
        "UP-1",
    ]
    assert api("seller_a").get(f"{prices}?as_of=2099-01-01T00:00:00Z").status_code == 422
    assert api("seller_a").get(f"{prices}?as_of=today").status_code == 422
    assert api("seller_b").get(prices).status_code == 404
