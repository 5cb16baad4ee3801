"""Issuing a quote: prices, promises, frozen lines, event; at few and at very many live promises of others."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bench.data.commitments import CUSTOMERS, FIRST_CUSTOMER, load_commitments
from bench.data.customers import PROJECT
from bench.frame import Case
from bench.server import Server
from bench.workloads.catalogue import BREAKS, catalogue_loaded, partner_of_bench, prices_wanted, sku_of
from bench.workloads.price_check import waterfall

if TYPE_CHECKING:
    from concord.portal.actor import Actor
    from concord.pricing.models import Quote

#: more commitments take minutes to load
_QUICK = 10_000
_MADE_FROM = (PROJECT / "bench/data/commitments.py",)
# What any implementation must pay: the lock, every promise under the constraint, the lines, the quote, the event.
_PROMISE = """
INSERT INTO pricing_pricecommitment (end_customer_id, product_id, quantity, validity, unit_price, currency, quote_id)
SELECT %(customer)s, l.product_id, '[1,10)', tstzrange(%(at)s, %(until)s, '[)'), u.price, 'USD', %(quote)s
FROM unnest(%(skus)s::text[], %(prices)s::numeric[]) u(sku, price)
JOIN pricing_quoteline l ON l.quote_id = %(quote)s AND l.sku = u.sku
ORDER BY l.product_id
"""
_LINES = """
UPDATE pricing_quoteline l SET customer_unit_price = u.price, customer_amount = u.price * l.quantity,
    partner_unit_net = u.net, partner_amount = u.net * l.quantity, receipt = '{}'
FROM unnest(%(skus)s::text[], %(prices)s::numeric[], %(nets)s::numeric[]) u(sku, price, net)
WHERE l.quote_id = %(quote)s AND l.sku = u.sku
"""
_QUOTE = """
UPDATE pricing_quote SET status = 'issued', issued_at = %(at)s, updated_at = %(at)s, check_code = %(code)s
WHERE id = %(quote)s AND status = 'draft'
"""
_EVENT = """
INSERT INTO portal_event (verb, subject_type, subject_uuid, actor_name, actor_client, door, visibility, payload)
SELECT 'quote.issued', 'quote', uuid, '', '', 'import', 'partner', '{}' FROM pricing_quote WHERE id = %(quote)s
"""


class QuoteIssue:
    """Issuing at so many live commitments, spread over customers; the size is the number of lines."""

    sizes: Sequence[int] = (1, 10, 100)

    def __init__(self, live: int) -> None:
        self.live = live
        self.quick: Sequence[int] = self.sizes if live <= _QUICK else ()
        self.name = f"quote-issue-{live // 1_000}k"
        self.title = f"Issuing a quote at {live:,} live commitments, by lines"

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Load catalogue and commitments, and write drafts; every call issues one and is rolled back."""
        from concord.pricing.actions.quotes import issue_quote

        commitments_loaded(server, self.live, seed)
        actor = seller()
        drafts = [draft(actor, place, size, seed) for place in range(CUSTOMERS)]

        def product(number: int) -> object:
            uuid = drafts[number % len(drafts)].uuid
            return rolled_back(lambda: issue_quote(actor=actor, quote_uuid=uuid))

        def floor(number: int) -> object:
            return rolled_back(lambda: issue_bare(drafts[number % len(drafts)]))

        return Case(product, floor, calls=max(10, min(50, 1_000 // size)), figures={"live": self.live})


def commitments_loaded(server: Server, size: int, seed: int) -> None:
    """Have that many live commitments in a catalogue with prices in force, and a company that knows the customers."""
    prices = prices_wanted()
    catalogue_loaded(server, prices, seed, in_force=True)
    partner = partner_of_bench()
    facts = {"size": size, "prices": prices, "seed": seed, "partner": partner}
    with server.connect() as connection:
        # Other workloads replace products, partners or customers, and these with them.
        row = connection.execute("SELECT count(*) FROM pricing_pricecommitment").fetchone()
        if server.is_loaded("commitments", *_MADE_FROM, **facts) and row == (size,):
            connection.execute(
                "DELETE FROM pricing_quoteline WHERE quote_id IN (SELECT id FROM pricing_quote WHERE status = 'draft')"
            )
            connection.execute("DELETE FROM pricing_quote WHERE status = 'draft'")
            return
        load_commitments(connection, size, prices // len(BREAKS), partner)
        connection.execute(
            "INSERT INTO partners_customerrelation (partner_id, end_customer_id, since)"
            " SELECT %s, id, now() FROM partners_endcustomer WHERE id >= %s ON CONFLICT DO NOTHING",
            [partner, FIRST_CUSTOMER],
        )
    server.loaded("commitments", *_MADE_FROM, **facts)


def seller() -> Actor:
    """Who quotes: the company of the benchmark."""
    from concord.portal.actor import Actor
    from concord.portal.enums import Door, Role

    return Actor(
        Door.EXTRANET, roles=frozenset({Role.PARTNER_ADMINISTRATOR}), partner_id=partner_of_bench(), name="Bench"
    )


def draft(actor: Actor, place: int, lines: int, seed: int) -> Quote:
    """A draft for the customer at that place; its products are promised to nobody yet."""
    from concord.pricing.actions.quotes import QuoteLineInput, draft_quote

    products = prices_wanted() // len(BREAKS)
    choose = random.Random(f"{seed} {place} {lines}")  # noqa: S311 - made data
    assert actor.partner_id is not None
    return draft_quote(
        actor=actor,
        partner_id=actor.partner_id,
        seller_id=None,
        end_customer_id=FIRST_CUSTOMER + place,
        customer_name="Bench",
        currency="USD",
        valid_until=(datetime.now(UTC) + timedelta(days=30)).date(),
        lines=[
            QuoteLineInput(sku_of(number), choose.randint(1, 9))
            for number in choose.sample(range(products // 2 + 1, products + 1), lines)
        ],
    )


def issue_bare(quote: Quote) -> None:
    """The same in bare SQL: prices as in one statement, no receipts, no look at anything."""
    from django.db import connection

    at = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sku, quantity FROM pricing_quoteline WHERE quote_id = %s ORDER BY position", [quote.pk])
        lines = cursor.fetchall()
        priced = waterfall(lines, quote.partner.tier_id, at)
        cursor.execute("SELECT concord_lock(1, %s)", [quote.end_customer_id])
        prices: list[Decimal] = [customer for _sku, customer, _net, _floor in priced]
        values: dict[str, Any] = {
            "quote": quote.pk,
            "customer": quote.end_customer_id,
            "at": at,
            "until": quote.expires_at,
            "skus": [sku for sku, _customer, _net, _floor in priced],
            "prices": prices,
            "nets": [net for _sku, _customer, net, _floor in priced],
            "code": f"bare-{quote.pk}",
        }
        for statement in (_PROMISE, _LINES, _QUOTE, _EVENT):
            cursor.execute(statement, values)


def rolled_back(work: Callable[[], Any]) -> Any:
    """Do it, check what waits for the end, and take it back."""
    from django.db import connection, transaction

    with transaction.atomic():
        done = work()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    return done
