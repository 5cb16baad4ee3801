"""What is wrong with a feed is told by row, column and reason; nothing goes in half."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from concord.portal.models import Event
from concord.portal.periods import period
from concord.portal.refusals import InvalidInput, NotAllowed
from concord.pricing.models import Price, PriceListVersion, Product, StockLevel, Warehouse
from tests.factories import make_price_list, make_product, set_price
from tests.pricing.catalogue.conftest import NOW, problems

pytestmark = pytest.mark.django_db


@pytest.fixture
def usd(cast):
    price_list = make_price_list(code="usd", markets=[])
    set_price(price_list, make_product(cast.family, "A-1"), {1: "10", 10: "9"})
    set_price(price_list, make_product(cast.family, "B-2"), "5")
    return price_list


def stored():
    return [
        list(Product.objects.order_by("sku").values_list("sku", "name", "updated_at")),
        list(Price.objects.order_by("pk").values_list("product__sku", "minimum_quantity", "unit_price", "validity")),
        PriceListVersion.objects.count(),
        list(StockLevel.objects.values_list("product__sku", "on_hand", "as_of")),
        Warehouse.objects.count(),
        Event.objects.unscoped("comparing").count(),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("sku,unit_pirce\nA-1,1\n", [(1, "unit_pirce", "unknown_column"), (1, "unit_price", "missing_column")]),
        ("sku,sku,unit_price\nA-1,A-1,1\n", [(1, "sku", "duplicate_column")]),
        ("", [(None, "", "empty")]),
        (b"sku,unit_price\nA-1,1\nB\xff\xfe2,1\n", [(3, "", "encoding")]),
        ("sku,unit_price\nA-1,-1\n", [(2, "unit_price", "too_small")]),
        ("sku,unit_price\nA-1,0\n", [(2, "unit_price", "too_small")]),
        ("sku,unit_price\nA-1,ten\n", [(2, "unit_price", "not_a_number")]),
        ("sku,unit_price\nA-1,NaN\n", [(2, "unit_price", "not_a_number")]),
        ("sku,unit_price\nA-1,\n", [(2, "unit_price", "missing")]),
        ('sku,unit_price\nA-1,"1,000"\n', [(2, "unit_price", "ambiguous_number")]),
        ("sku,unit_price\nA-1,1.1234567\n", [(2, "unit_price", "too_many_decimals")]),
        ("sku,unit_price\nA-1,#VALUE!\n", [(2, "unit_price", "spreadsheet_error")]),
        ("sku,unit_price\nA-1,1\nNO-SUCH,1\n", [(3, "sku", "unknown_sku")]),
        ("sku,unit_price\n=A-1,1\n", [(2, "sku", "formula")]),
        ("sku,minimum_quantity,unit_price\nA-1,0,1\n", [(2, "minimum_quantity", "too_small")]),
        ("sku,minimum_quantity,unit_price\nA-1,1000000000000,1\n", [(2, "minimum_quantity", "too_large")]),
        ("sku,unit_price\nA-1,1\nB-2,1\nA-1,1\n", [(4, "sku", "repeated")]),
        ("sku,unit_price\nA-1,1\nB-2,1\na-1,2\n", [(2, "sku", "repeated"), (4, "sku", "repeated")]),
    ],
)
def test_a_wrong_price_file_names_row_column_and_reason_and_changes_nothing(feed, usd, content, expected):
    before = stored()
    outcome = feed("prices", content, list="usd")
    assert problems(outcome) == expected
    assert all(str(error.message) for error in outcome.all_errors)
    assert not outcome.stored
    assert stored() == before


def test_good_rows_go_in_only_when_that_was_chosen(feed, usd):
    text = "sku,unit_price\nB-2,6\nNO-SUCH,1\n"
    assert not feed("prices", text, list="usd").stored
    outcome = feed("prices", text, list="usd", accept=True)
    assert outcome.stored
    assert outcome.rejected_rows == 1
    assert list(PriceListVersion.objects.get(status="draft").prices.values_list("unit_price", flat=True)) == [6]


def test_half_a_ladder_never_goes_in(feed, usd):
    text = "sku,minimum_quantity,unit_price\nA-1,1,10\nA-1,10,nine\nB-2,1,6\n"
    outcome = feed("prices", text, list="usd", accept=True)
    assert sorted(problems(outcome)) == [(2, "sku", "incomplete_ladder"), (3, "unit_price", "not_a_number")]
    draft = PriceListVersion.objects.get(status="draft")
    assert list(draft.prices.values_list("product__sku", flat=True)) == ["B-2"]


def test_a_dry_run_counts_and_stores_nothing(feed, usd):
    before = stored()
    outcome = feed("prices", "sku,minimum_quantity,unit_price\nA-1,1,11\nA-1,10,9\nB-2,2,1\n", list="usd", dry=True)
    assert (outcome.counts.created, outcome.counts.updated, outcome.counts.unchanged) == (1, 1, 1)
    assert not outcome.stored
    assert stored() == before


def test_a_second_import_of_the_same_prices_changes_nothing(feed, usd):
    text = "sku,minimum_quantity,unit_price\nA-1,1,11\nA-1,10,9\nB-2,1,5\n"
    first = feed("prices", text, list="usd", publish_at="now")
    assert (first.counts.created, first.counts.updated, first.counts.unchanged) == (0, 1, 2)
    before = stored()
    again = feed("prices", text, list="usd", publish_at="now", now=NOW + timedelta(days=1))
    assert again.counts.unchanged == 3
    assert stored() == before


def test_a_partial_file_keeps_the_other_products_prices(feed, usd):
    feed("prices", "sku,unit_price\nB-2,6\n", list="usd", complete=False)
    draft = PriceListVersion.objects.get(status="draft")
    rows = draft.prices.order_by("product__sku", "minimum_quantity").values_list("product__sku", "unit_price")
    assert list(rows) == [("A-1", 10), ("A-1", 9), ("B-2", 6)]


def test_publishing_ends_the_prices_before_at_the_very_moment(feed, usd):
    feed("prices", "sku,unit_price\nA-1,11\nB-2,6\n", list="usd", publish_at="now")
    for moment, expected in ((NOW - timedelta(microseconds=1), Decimal(10)), (NOW, Decimal(11))):
        prices = Price.objects.filter(product__sku="A-1", minimum_quantity=1, validity__contains=moment)
        assert list(prices.values_list("unit_price", flat=True)) == [expected]
    first, second = usd.versions.order_by("number")
    assert (first.status, first.valid_until) == ("ended", NOW)
    assert (second.status, second.valid_from) == ("in_force", NOW)


def test_a_scheduled_version_holds_from_its_moment_and_one_between_ends_there(feed, usd):
    later = NOW + timedelta(days=30)
    feed("prices", "sku,unit_price\nA-1,12\nB-2,6\n", list="usd", publish_at=later.isoformat())
    between = NOW + timedelta(days=10)
    feed("prices", "sku,unit_price\nA-1,11\nB-2,6\n", list="usd", publish_at=between.isoformat())
    found = [
        Price.objects.get(product__sku="A-1", minimum_quantity=1, validity__contains=moment).unit_price
        for moment in (NOW, between, later - timedelta(microseconds=1), later)
    ]
    assert found == [10, 11, 11, 12]


def test_options_that_make_no_sense_are_refused_before_the_file_is_read(feed, usd):
    for options, pointer in (
        ({"list": "nope"}, "/options/list"),
        ({}, "/options/list"),
        ({"list": "usd", "publish_at": "tomorrow"}, "/options/publish_at"),
        ({"list": "usd", "publish_at": "2026-01-01T00:00:00"}, "/options/publish_at"),
        ({"list": "usd", "complete": "perhaps"}, "/options/complete"),
    ):
        with pytest.raises(InvalidInput) as refused:
            feed("prices", "sku,unit_price\nA-1,1\n", **options)
        assert refused.value.errors[0].pointer == pointer


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("sku,name,family\nX,One,nope\n", [(2, "family", "unknown_family")]),
        ("sku,name,family\nX,One,connectors\nx,Two,connectors\n", [(3, "sku", "repeated")]),
        ("sku,name,family\na-1,One,connectors\n", [(2, "sku", "differs_in_case")]),
        ("sku,name,family\nX,@SUM(A1),connectors\n", [(2, "name", "formula")]),
        ("sku,name,family,status\nX,One,connectors,sold\n", [(2, "status", "unknown_choice")]),
        ("sku,name,family,pack_size\nX,One,connectors,0\n", [(2, "pack_size", "too_small")]),
        ("sku,name,family\nX\n", [(2, "", "cell_count")]),
        (f"sku,name,family\n{'X' * 65},One,connectors\n", [(2, "sku", "too_long")]),
    ],
)
def test_a_wrong_product_file_names_row_column_and_reason(feed, usd, content, expected):
    before = stored()
    outcome = feed("products", content)
    assert problems(outcome) == expected
    assert stored() == before


def test_columns_that_a_product_feed_leaves_out_stay_and_stay_findable(feed, usd):
    feed("products", "sku,name,name_zh,manufacturer_part_number,family\nN-1,Relay,继电器,G5V-1,connectors\n")
    outcome = feed("products", "sku,name,family\nN-1,Signal relay,connectors\n")
    assert outcome.counts.updated == 1
    product = Product.objects.get(sku="N-1")
    assert (product.name, product.name_zh, product.part_key) == ("Signal relay", "继电器", "g5v1")
    for word in (" signal relay ", " 继 电 器 ", " g5v1 "):
        assert word in product.search_key
    assert feed("products", "sku,name,family\nN-1,Signal relay,connectors\n").counts.unchanged == 1


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("XXX,A-1,1,0,,,", [(2, "warehouse", "unknown_warehouse")]),
        ("RTM,NOPE,1,0,,,", [(2, "sku", "unknown_sku")]),
        ("RTM,A-1,-1,0,,,", [(2, "on_hand", "too_small")]),
        ("RTM,A-1,1.5,0,,,", [(2, "on_hand", "not_whole")]),
        ("RTM,A-1,1,0,5,,", [(2, "incoming_date", "half_arrival")]),
        ("RTM,A-1,1,0,,2026-07-01,", [(2, "incoming_quantity", "half_arrival")]),
        ("RTM,A-1,1,0,5,01.07.2026,", [(2, "incoming_date", "not_a_date")]),
        ("RTM,A-1,1,0,,,2026-05-01T10:00:00", [(2, "as_of", "not_a_moment")]),
        ("RTM,A-1,1,0,,,2027-01-01T00:00:00Z", [(2, "as_of", "of_the_future")]),
    ],
)
def test_a_wrong_stock_row_is_named(feed, usd, row, expected):
    Warehouse.objects.create(code="RTM", name="Rotterdam")
    header = "warehouse,sku,on_hand,reserved,incoming_quantity,incoming_date,as_of\n"
    before = stored()
    assert problems(feed("stock", f"{header}{row}\n")) == expected
    assert stored() == before


def test_new_warehouses_are_made_only_together_with_their_stock(feed, usd):
    text = "warehouse,sku,on_hand\nShenzhen,A-1,5\nShenzhen,NOPE,5\n"
    assert not feed("stock", text, new_warehouses=True).stored
    assert Warehouse.objects.count() == 0
    assert feed("stock", text, new_warehouses=True, accept=True).stored
    assert Warehouse.objects.get().name == "Shenzhen"
    assert StockLevel.objects.get().on_hand == 5


def test_an_older_count_changes_nothing_whatever_order_feeds_come_in(feed, usd):
    Warehouse.objects.create(code="RTM", name="Rotterdam")
    header = "warehouse,sku,on_hand,incoming_quantity,incoming_date,as_of\n"
    new, old = (f"{header}RTM,A-1,{n},3,2026-07-0{n},2026-05-0{n}T00:00:00Z\n" for n in (2, 1))
    feed("stock", new)
    outcome = feed("stock", old)
    assert outcome.counts.unchanged == 1
    assert "1" in outcome.counts.note
    level = StockLevel.objects.get()
    assert level.on_hand == 2
    assert str(level.incoming.get().expected_on) == "2026-07-02"


def test_partners_and_channel_managers_import_no_prices(feed, usd, cast):
    for user in (cast.seller_a, cast.admin_a, cast.vendor_manager, cast.editor, cast.stranger):
        with pytest.raises(NotAllowed):
            feed("prices", "sku,unit_price\nA-1,1\n", list="usd", actor=cast.actor(user))


def test_the_database_itself_refuses_two_prices_at_one_moment(usd):
    first = Price.objects.filter(minimum_quantity=1).first()
    version = PriceListVersion.objects.create(price_list=usd, number=2)
    facts = {"price_list": usd, "version": version, "product": first.product, "minimum_quantity": 1}
    with pytest.raises(IntegrityError, match="one_list_price"), transaction.atomic():
        Price.objects.create(unit_price=Decimal(1), validity=period(NOW, None), **facts)
    Price.objects.create(unit_price=Decimal(1), validity=DateTimeTZRange(empty=True), **facts)


def test_successors_are_named_by_sku_also_further_down_in_the_same_file(feed, cast):
    family = cast.family.code
    text = f"sku,name,family,successor,last_buy_on\nOLD-1,Old,{family},NEW-1,2026-12-31\nNEW-1,New,{family},,\n"
    assert feed("products", text).counts.created == 2
    old = Product.objects.get(sku="OLD-1")
    assert (old.successor.sku, old.last_buy_on) == ("NEW-1", date(2026, 12, 31))
    assert feed("products", text).counts.unchanged == 2
    assert feed("products", "sku,name,family,successor\n" + f"OLD-1,Old,{family},\n").counts.updated == 1
    old.refresh_from_db()
    assert (old.successor, old.last_buy_on) == (None, date(2026, 12, 31))  # what the file does not have stays


@pytest.mark.parametrize(("successor", "code"), [("OLD-1", "own_successor"), ("NO-SUCH", "unknown_sku")])
def test_a_successor_that_cannot_be_is_told_by_row(feed, cast, successor, code):
    outcome = feed("products", f"sku,name,family,successor\nOLD-1,Old,{cast.family.code},{successor}\n")
    assert problems(outcome) == [(2, "successor", code)]
    assert not Product.objects.filter(sku="OLD-1").exists()
