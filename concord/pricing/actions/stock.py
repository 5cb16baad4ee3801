"""Writing stock levels, in sets; and keeping what was asked for and could not be had."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.imports import Counts, ImportContext, Intake, Stage, execute, fetch
from concord.portal.locking import Space, lock
from concord.portal.tabular import RowError
from concord.portal.work import action
from concord.pricing.enums import DemandSource
from concord.pricing.queries.availability import Unmet
from concord.pricing.rules.catalogue import can_keep_catalogue

#: clocks of other systems may be ahead that much; a count of the future would outlive every true one
CLOCK_TOLERANCE = timedelta(minutes=10)

# Written anew rather than updated: a million updated rows would be a million dead ones beside them.
_NAME = """
CREATE TEMP TABLE stock_named ON COMMIT DROP AS
SELECT s.*, w.id AS warehouse_id, p.id AS product_id
FROM stock_stage s
LEFT JOIN (
    SELECT DISTINCT ON (word) word, id FROM (
        SELECT lower(code) AS word, id, 1 AS place FROM pricing_warehouse
        UNION ALL SELECT lower(name), id, 2 FROM pricing_warehouse
    ) named ORDER BY word, place, id
) w ON w.word = lower(s.warehouse)
LEFT JOIN pricing_product p ON upper(p.sku) = upper(s.sku);
DROP TABLE stock_stage;
ALTER TABLE stock_named RENAME TO stock_stage;
ANALYZE stock_stage;
"""
_NAME_WAREHOUSES = """
UPDATE stock_stage s SET warehouse_id = w.id FROM pricing_warehouse w
WHERE s.warehouse_id IS NULL AND (lower(w.code) = lower(s.warehouse) OR lower(w.name) = lower(s.warehouse))
"""
_NEW_WAREHOUSES = """
INSERT INTO pricing_warehouse (uuid, created_at, updated_at, code, name, country)
SELECT gen_random_uuid(), clock_timestamp(), clock_timestamp(), left(upper(min(warehouse)), 32), min(warehouse), ''
FROM stock_stage WHERE warehouse_id IS NULL GROUP BY lower(warehouse) ORDER BY 5
"""
_NO_WAREHOUSE = "SELECT row, warehouse FROM stock_stage WHERE warehouse_id IS NULL ORDER BY row"
_NO_PRODUCT = "SELECT row, sku FROM stock_stage WHERE product_id IS NULL ORDER BY row"
_OF_THE_FUTURE = """
SELECT row, to_char(as_of, 'YYYY-MM-DD HH24:MI TZ') FROM stock_stage WHERE as_of > %(latest)s ORDER BY row
"""
_ANY_TWICE = """
SELECT EXISTS (
    SELECT FROM stock_stage WHERE product_id IS NOT NULL
    GROUP BY warehouse_id, CASE WHEN warehouse_id IS NULL THEN lower(warehouse) END, product_id HAVING count(*) > 1
)
"""
_REPEATED = """
SELECT row, first FROM (
    SELECT row, min(row) OVER (PARTITION BY COALESCE(warehouse_id::text, lower(warehouse)), product_id) AS first
    FROM stock_stage WHERE product_id IS NOT NULL
) numbered WHERE row <> first ORDER BY row
"""
# What is on its way is compared as a whole; NULL means that the feed says nothing of it.
_JUDGE = """
CREATE TEMP TABLE stock_judged ON COMMIT DROP AS
SELECT s.*, l.id AS level_id, CASE
    WHEN l.id IS NULL THEN 'created'
    WHEN s.as_of < l.as_of THEN 'older'
    WHEN (s.on_hand, s.reserved) IS DISTINCT FROM (l.on_hand, l.reserved)
      OR (s.days IS NOT NULL AND (s.days, s.quantities)
          IS DISTINCT FROM (COALESCE(i.days, '{}'), COALESCE(i.quantities, '{}'))) THEN 'updated'
    ELSE 'unchanged' END AS outcome
FROM stock_stage s
LEFT JOIN pricing_stocklevel l ON l.warehouse_id = s.warehouse_id AND l.product_id = s.product_id
LEFT JOIN (
    SELECT level_id, array_agg(expected_on ORDER BY expected_on) AS days,
           array_agg(quantity ORDER BY expected_on) AS quantities
    FROM pricing_incomingstock GROUP BY level_id
) i ON i.level_id = l.id;
DROP TABLE stock_stage;
ALTER TABLE stock_judged RENAME TO stock_stage;
ANALYZE stock_stage;
"""
_COUNT = "SELECT outcome, count(*) FROM stock_stage GROUP BY outcome"
_CREATE = """
INSERT INTO pricing_stocklevel (warehouse_id, product_id, on_hand, reserved, as_of)
SELECT warehouse_id, product_id, on_hand, reserved, as_of FROM stock_stage WHERE outcome = 'created' ORDER BY row
"""
# An unchanged count is a count all the same: it was true at that later moment too.
_CHANGE = """
UPDATE pricing_stocklevel l SET on_hand = s.on_hand, reserved = s.reserved, as_of = s.as_of FROM stock_stage s
WHERE l.id = s.level_id AND s.outcome IN ('updated', 'unchanged')
  AND (l.on_hand, l.reserved, l.as_of) IS DISTINCT FROM (s.on_hand, s.reserved, s.as_of)
"""
_FORGET_INCOMING = """
DELETE FROM pricing_incomingstock i USING stock_stage s
WHERE i.level_id = s.level_id AND s.outcome = 'updated' AND s.days IS NOT NULL
"""
_ADD_INCOMING = """
INSERT INTO pricing_incomingstock (level_id, quantity, expected_on)
SELECT l.id, a.quantity, a.day
FROM stock_stage s
JOIN pricing_stocklevel l ON l.warehouse_id = s.warehouse_id AND l.product_id = s.product_id
CROSS JOIN LATERAL unnest(s.days, s.quantities) AS a(day, quantity)
WHERE s.outcome IN ('created', 'updated') ORDER BY s.row, a.day
"""


class StockRow(NamedTuple):
    """One count: ``incoming`` is what is on its way by day, ``None`` where the feed says nothing of it."""

    row: int
    warehouse: str
    sku: str
    on_hand: int
    reserved: int
    as_of: datetime
    incoming: Mapping[date, int] | None = None


@dataclass(frozen=True, slots=True)
class StockStored:
    """What became of a feed: ``outcomes`` by row are created, updated, unchanged or older."""

    counts: Counts
    outcomes: dict[int, str]
    reasons: Mapping[int, Sequence[RowError]]
    #: how many rows were older than what is stored; they count as unchanged
    older: int = 0


def store_stock(
    *, loading: Intake, rows: Iterable[StockRow], new_warehouses: bool = False, tell_rows: bool = False
) -> StockStored:
    """Take over counts that are not older than what is stored.

    Locks the stock against another feed. Rejects unknown warehouses (unless ``new_warehouses``), unknown SKUs,
    repeated rows and counts of the future. An older count changes nothing. A later count with the same figures counts
    as unchanged and moves the as-of time on.
    """
    lock(Space.STOCK, [0])
    stage = Stage(
        "stock_stage",
        {
            "warehouse": "text",
            "sku": "text",
            "on_hand": "integer",
            "reserved": "integer",
            "as_of": "timestamptz",
            "days": "date[]",
            "quantities": "integer[]",
        },
    )
    stage.fill(_staged(row) for row in rows)
    _reject(loading, new_warehouses=new_warehouses)
    execute(_JUDGE)
    found = dict(fetch(_COUNT))
    outcomes = dict(fetch("SELECT row, outcome FROM stock_stage")) if tell_rows else {}
    counts = Counts(
        created=found.get("created", 0),
        updated=found.get("updated", 0),
        unchanged=found.get("unchanged", 0) + found.get("older", 0),
        note=note_of_older(found.get("older", 0)),
    )
    if loading.may_write:
        if new_warehouses:
            execute(_NEW_WAREHOUSES)
            execute(_NAME_WAREHOUSES)
        for statement in (_CREATE, _CHANGE, _FORGET_INCOMING, _ADD_INCOMING):
            execute(statement)
    return StockStored(counts, outcomes, loading.reasons, found.get("older", 0))


def _staged(row: StockRow) -> tuple[Any, ...]:
    days = None if row.incoming is None else sorted(row.incoming)
    quantities = None if row.incoming is None or days is None else [row.incoming[day] for day in days]
    return (row.row, row.warehouse, row.sku, row.on_hand, row.reserved, row.as_of, days, quantities)


def _reject(loading: Intake, *, new_warehouses: bool) -> None:
    execute(_NAME)
    if not new_warehouses:
        loading.reject_found(
            fetch(_NO_WAREHOUSE),
            "warehouse",
            "unknown_warehouse",
            gettext_lazy("There is no warehouse “%(value)s”."),
        )
    loading.reject_found(
        fetch(_NO_PRODUCT), "sku", "unknown_sku", gettext_lazy("There is no product “%(value)s” in the catalogue.")
    )
    loading.reject_found(
        fetch(_OF_THE_FUTURE, {"latest": loading.context.now + CLOCK_TOLERANCE}),
        "as_of",
        "of_the_future",
        gettext_lazy("%(value)s is still to come; a count is made at a moment that has passed."),
    )
    loading.reject_found(
        fetch(_REPEATED) if fetch(_ANY_TWICE)[0][0] else [],
        "sku",
        "repeated",
        gettext_lazy("This repeats row %(value)s of the same file."),
    )
    if loading.rejected:
        execute("DELETE FROM stock_stage WHERE row = ANY(%(rows)s)", {"rows": loading.rejected_rows})


def note_of_older(older: int) -> str:
    """The sentence for counts that were left alone; none where there are none."""
    return _("Counts older than what is stored, left alone: %(count)s.") % {"count": older} if older else ""


@action
def put_stock(*, actor: Actor, rows: Sequence[StockRow], now: datetime) -> StockStored:
    """Take over the counts of another system; good rows go in although others are wrong, ``reasons`` says which.

    Checks that the actor keeps stock; for the rest see ``store_stock``. Records ``stock.fed`` when something changed.
    Raises ``NotAllowed``.
    """
    can_keep_catalogue(actor=actor).enforce()
    intake = Intake(ImportContext(actor=actor, now=now), accept_good_rows=True)
    stored = store_stock(loading=intake, rows=rows, tell_rows=True)
    if stored.counts.created or stored.counts.updated:
        record(
            "stock.fed",
            actor=actor,
            subject=Subject("feed", uuid.uuid4()),
            payload={
                "rows": len(rows),
                "created": stored.counts.created,
                "updated": stored.counts.updated,
                "rejected": intake.rejected,
            },
            visibility=Visibility.INTERNAL,
        )
    return stored


@action
def record_unmet_demand(
    *,
    actor: Actor,
    partner_id: int,
    asked: Iterable[Unmet],
    asked_on: date,
    source: DemandSource = DemandSource.ASKED,
) -> int:
    """Keep what a partner asked for or quoted and could not get; the same day counts once, at its largest.

    Writes one row per product and day and records no event: it is a statistic, not a change. How many rows it wrote.
    """
    del actor  # whoever asks, it is the partner's demand
    return keep_unmet_demand(partner_id=partner_id, asked=asked, asked_on=asked_on, source=source)


def keep_unmet_demand(*, partner_id: int, asked: Iterable[Unmet], asked_on: date, source: DemandSource) -> int:
    """The same as a part of another action: one statement, none where nothing is missing."""
    largest: dict[int, Unmet] = {}
    for one in asked:
        known = largest.get(one.product_id)
        if one.missing > 0 and (known is None or one.quantity > known.quantity):
            largest[one.product_id] = one
    if not largest:
        return 0
    rows = [largest[key] for key in sorted(largest)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pricing_unmetdemand AS d (uuid, created_at, updated_at, partner_id, product_id, asked_on,"
            " source, country, quantity, missing)"
            " SELECT gen_random_uuid(), clock_timestamp(), clock_timestamp(), p.id, a.product, %(day)s,"
            " %(source)s, p.country, a.quantity, a.missing"
            " FROM unnest(%(products)s::bigint[], %(quantities)s::bigint[], %(missing)s::bigint[])"
            " AS a(product, quantity, missing) CROSS JOIN partners_partner p WHERE p.id = %(partner)s"
            " ON CONFLICT (partner_id, product_id, asked_on, source) DO UPDATE"
            " SET quantity = excluded.quantity, missing = excluded.missing, updated_at = clock_timestamp()"
            " WHERE d.quantity < excluded.quantity",
            {
                "day": asked_on,
                "source": str(source),
                "partner": partner_id,
                "products": [row.product_id for row in rows],
                "quantities": [row.quantity for row in rows],
                "missing": [row.missing for row in rows],
            },
        )
        return int(cursor.rowcount)
