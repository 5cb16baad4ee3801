"""How many statements issuing takes: the same for one line and for a hundred."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from concord.pricing.actions.quotes import issue_quote
from tests.factories import make_product, set_price

MOST = 17


def statements(shop, count):
    lines = []
    for number in range(count):
        product = make_product(shop.cast.family, f"N{count}-{number}")
        set_price(shop.price_list, product, "3.10")
        lines.append((product, 2))
    quote = shop.quote(*lines)
    actor = shop.actor()
    with CaptureQueriesContext(connection) as queries:
        issue_quote(actor=actor, quote_uuid=quote.uuid)
    return len([one for one in queries.captured_queries if "SAVEPOINT" not in one["sql"]])


def test_issuing_a_hundred_lines_takes_the_statements_of_one(shop):
    statements(shop, 2)  # settings are made when they are first read
    one = statements(shop, 1)
    assert statements(shop, 100) == one <= MOST
