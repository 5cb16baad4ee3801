"""How many statements the life of a quote takes: the same for one line and for a hundred, savepoints counted too."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from concord.portal.models import BrandSettings
from concord.pricing.actions.quotes import accept_quote, decline_quote, issue_quote, revise_quote, withdraw_quote
from concord.pricing.models import Quote, StockLevel, StockReservation, StockSettings, Warehouse
from tests.factories import make_product, set_price

MOST = 12


@pytest.fixture
def settings_are_made(db) -> StockSettings:
    """Settings are made when they are first read."""
    BrandSettings.load()
    return StockSettings.load()


def drafted(shop, count, *, in_stock=0) -> Quote:
    lines = []
    known = Quote.objects.unscoped("test").count()
    for number in range(count):
        product = make_product(shop.cast.family, f"N{known}-{number}")
        set_price(shop.price_list, product, "3.10")
        lines.append((product, 2))
        if in_stock:
            place, _made = Warehouse.objects.get_or_create(code="main", defaults={"name": "Main"})
            StockLevel.objects.create(warehouse=place, product=product, on_hand=in_stock, as_of=datetime.now(UTC))
    return shop.quote(*lines)


def counted(call):
    """What the call gave, and its statements. The savepoint that is its transaction in a test is none of them."""
    with CaptureQueriesContext(connection) as queries:
        done = call()
    return done, len(queries.captured_queries) - 2


def test_a_hundred_lines_take_the_statements_of_one(shop, settings_are_made):
    actor = shop.actor()

    def life(count):
        draft = drafted(shop, count)
        first, issuing = counted(lambda: issue_quote(actor=actor, quote_uuid=draft.uuid))
        revision, revising = counted(lambda: revise_quote(actor=actor, quote_uuid=first.uuid))
        second, superseding = counted(lambda: issue_quote(actor=actor, quote_uuid=revision.uuid))
        _accepted, accepting = counted(lambda: accept_quote(actor=actor, quote_uuid=second.uuid))
        third, fourth = (issue_quote(actor=actor, quote_uuid=drafted(shop, count).uuid) for _ in range(2))
        _withdrawn, withdrawing = counted(lambda: withdraw_quote(actor=actor, quote_uuid=third.uuid))
        _declined, declining = counted(lambda: decline_quote(actor=actor, quote_uuid=fourth.uuid))
        return [issuing, revising, superseding, accepting, withdrawing, declining]

    assert life(1) == life(100) == [9, 10, 10, 6, 4, 4]


@pytest.mark.parametrize("count", [1, 100])
def test_keeping_stock_takes_few_more_however_many_lines(shop, settings_are_made, count):
    settings_are_made.reserves_for_quotes = True
    settings_are_made.save()
    actor = shop.actor()
    kept, ended = drafted(shop, count, in_stock=1), drafted(shop, count, in_stock=5)
    # One more each: the lock, the demand that cannot be met, what is kept.
    quote, issuing = counted(lambda: issue_quote(actor=actor, quote_uuid=kept.uuid))
    assert issuing == MOST
    assert StockReservation.objects.unscoped("test").filter(quote=quote).count() == count
    _accepted, accepting = counted(lambda: accept_quote(actor=actor, quote_uuid=quote.uuid))
    assert accepting <= MOST
    quote = issue_quote(actor=actor, quote_uuid=ended.uuid)
    _withdrawn, withdrawing = counted(lambda: withdraw_quote(actor=actor, quote_uuid=quote.uuid))
    assert withdrawing == 4
    assert not StockReservation.objects.unscoped("test").filter(quote=quote, ended_at=None).exists()
