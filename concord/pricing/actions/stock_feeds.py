"""Bringing a file of counts into stock; a large one that comes again and changed nothing is not read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from concord.portal.imports import Counts, Loading, fetch, known_answer, remember
from concord.portal.locking import Space, lock
from concord.pricing.actions.stock import StockRow, note_of_older, store_stock

_KIND: Final = "stock"
# All stock there is, by the names that a file uses. Any row that differs changes both sums; no row is there twice.
_STATE = """
WITH level AS (
    SELECT count(*) AS rows, bit_xor(hash_record_extended(r, 1)) AS one, bit_xor(hash_record_extended(r, 2)) AS other
    FROM pricing_stocklevel l JOIN pricing_product g ON g.id = l.product_id
    CROSS JOIN LATERAL (SELECT ROW(g.sku, l.id, l.warehouse_id, l.product_id, l.on_hand, l.reserved, l.as_of) AS r) row
), incoming AS (
    SELECT count(*) AS rows, bit_xor(hash_record_extended(r, 1)) AS one, bit_xor(hash_record_extended(r, 2)) AS other
    FROM pricing_incomingstock i
    CROSS JOIN LATERAL (SELECT ROW(i.level_id, i.expected_on, i.quantity) AS r) row
), warehouse AS (
    SELECT count(*) AS rows, bit_xor(hash_record_extended(ROW(id, code, name), 1)) AS one FROM pricing_warehouse
)
SELECT concat_ws(' ', level.*, incoming.*, warehouse.*) FROM level, incoming, warehouse
"""


def store_stock_file(
    *, loading: Loading, rows: Iterable[StockRow], is_dated: Callable[[], bool], new_warehouses: bool
) -> Counts:
    """Take over the counts of a file; for what is checked and written see ``store_stock``.

    Locks the stock against another feed. ``is_dated`` says, once all rows passed, whether each had its own as-of: only
    then does the same file say the same again.
    """
    lock(Space.STOCK, [0])
    told = known_answer(loading, kind=_KIND, subject="", state=_state)
    if told is not None:
        return Counts(unchanged=told["unchanged"], note=note_of_older(told["older"]))
    stored = store_stock(loading=loading, rows=rows, new_warehouses=new_warehouses)
    if is_dated():
        again = {"unchanged": loading.seen, "older": stored.older}
        remember(loading, kind=_KIND, subject="", state=_state, told=again)
    return stored.counts


def _state() -> str:
    return str(fetch(_STATE)[0][0])
