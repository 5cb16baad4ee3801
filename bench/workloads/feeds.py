"""Large feeds of prices and stock, for the first time and once more, beside COPY to a staging table and one upsert.

Every call ends in a rollback, after the checks that wait for the end of a transaction; so each finds the same tables.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.frame import Case
from bench.server import STATE, Server
from bench.workloads.catalogue import BREAKS, WAREHOUSES, catalogue_loaded, ladder, sku_of

_PRICE_STAGE = "CREATE TEMP TABLE bare_stage (sku text, minimum_quantity int, unit_price numeric(18,6)) ON COMMIT DROP"
# Into the very table, with its keys and constraints: whoever stores a price pays for them.
_PRICE_VERSION = """
INSERT INTO pricing_pricelistversion (uuid, created_at, updated_at, price_list_id, number, status, note)
SELECT gen_random_uuid(), now(), now(), id, 999, 'draft', '' FROM pricing_pricelist RETURNING id, price_list_id
"""
_PRICE_UPSERT = """
INSERT INTO pricing_price AS o (price_list_id, version_id, product_id, minimum_quantity, unit_price, validity)
SELECT %(list)s, %(version)s, p.id, s.minimum_quantity, s.unit_price, 'empty'
FROM bare_stage s JOIN pricing_product p ON p.sku = s.sku
ON CONFLICT (version_id, product_id, minimum_quantity) DO UPDATE SET unit_price = excluded.unit_price
WHERE o.unit_price <> excluded.unit_price
"""
_STOCK_STAGE = """
CREATE TEMP TABLE bare_stage (warehouse text, sku text, on_hand int, as_of timestamptz) ON COMMIT DROP
"""
_STOCK_UPSERT = """
INSERT INTO pricing_stocklevel AS o (warehouse_id, product_id, on_hand, reserved, as_of)
SELECT w.id, p.id, s.on_hand, 0, s.as_of
FROM bare_stage s JOIN pricing_product p ON p.sku = s.sku JOIN pricing_warehouse w ON w.code = s.warehouse
ON CONFLICT (warehouse_id, product_id) DO UPDATE SET on_hand = excluded.on_hand, as_of = excluded.as_of
WHERE o.as_of < excluded.as_of OR o.on_hand <> excluded.on_hand
"""


class _Feed:
    """What the four workloads share: a file of ``size`` rows, imported by the product, copied by the floor."""

    name = ""
    title = ""
    kind = ""
    options: dict[str, Any] = {}
    header = ""
    again = False
    sizes: Sequence[int] = (10_000, 100_000, 1_000_000)
    quick: Sequence[int] = (20_000,)

    def rows(self, size: int, seed: int) -> Iterator[str]:
        """The lines of the file."""
        raise NotImplementedError

    def bare(self, cursor: Any, file: Path) -> None:
        """The least that storing (or comparing) the file takes."""
        raise NotImplementedError

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Write the file, load the products, and, for the second time, the file's rows."""
        catalogue_loaded(server, size, seed, in_force=False)
        STATE.mkdir(exist_ok=True)
        file = STATE / f"{self.kind}-{size}-{seed}.csv"
        with file.open("w", encoding="utf-8") as target:
            target.write(f"{self.header}\n")
            target.writelines(f"{row}\n" for row in self.rows(size, seed))
        self._empty(server)
        if self.again:
            self._import(file)

        def product(_number: int) -> object:
            return _rolled_back(lambda: self._import(file))

        def floor(_number: int) -> object:
            return _rolled_back(lambda: self._floor(file))

        return Case(product, floor, calls=1)

    def _empty(self, server: Server) -> None:
        with server.connect() as connection:
            connection.execute("TRUNCATE pricing_pricelistversion, pricing_stocklevel RESTART IDENTITY CASCADE")
            for number in range(WAREHOUSES):
                connection.execute(
                    "INSERT INTO pricing_warehouse (uuid, created_at, updated_at, code, name, country)"
                    " VALUES (gen_random_uuid(), now(), now(), %s, %s, '') ON CONFLICT DO NOTHING",
                    [f"W{number}", f"W{number}"],
                )
            connection.execute("VACUUM ANALYZE")

    def _import(self, file: Path) -> Any:
        from concord.portal.actor import portal_actor
        from concord.portal.enums import Door
        from concord.portal.imports import kind_of, run_import

        actor, kind = portal_actor(Door.IMPORT), kind_of(self.kind)
        with file.open("rb") as content:
            outcome = run_import(
                kind,
                content,
                actor=actor,
                now=datetime.now(UTC),
                options=kind.clean_options(actor, self.options),
            )
        if outcome.all_errors or (bool(outcome.counts.unchanged) != self.again and outcome.counts.created == 0):
            raise RuntimeError(f"{outcome.rejected_rows} rows were rejected")
        return outcome

    def _floor(self, file: Path) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            self.bare(cursor, file)


def _rolled_back(work: Callable[[], object]) -> object:
    from django.db import connection, transaction

    with transaction.atomic():
        done = work()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    return done


def _copied(cursor: Any, stage: str, file: Path) -> None:
    cursor.execute(stage)
    with (
        file.open("rb") as content,
        cursor.copy("COPY bare_stage FROM STDIN (FORMAT csv, HEADER true)") as copy,
    ):
        while chunk := content.read(io.DEFAULT_BUFFER_SIZE * 16):
            copy.write(chunk)
    cursor.execute("ANALYZE bare_stage")


class PriceImport(_Feed):
    """A price list for the first time: validated, compared, stored as a draft."""

    name = "price-import"
    title = "Import of prices, first time"
    kind = "prices"
    options = {"list": "bench"}
    header = "sku,minimum_quantity,unit_price"

    def rows(self, size: int, seed: int) -> Iterator[str]:
        """Ten quantities a product."""
        for number in range(1, size // len(BREAKS) + 1):
            for quantity, amount in ladder(number, seed):
                yield f"{sku_of(number)},{quantity},{amount}"

    def bare(self, cursor: Any, file: Path) -> None:
        """COPY, join, insert."""
        _copied(cursor, _PRICE_STAGE, file)
        cursor.execute(_PRICE_VERSION)
        version, price_list = cursor.fetchone()
        cursor.execute(_PRICE_UPSERT, {"version": version, "list": price_list})


class PriceImportAgain(PriceImport):
    """The same file once more: nothing differs, nothing is written."""

    name = "price-import-again"
    title = "Import of the same prices again"
    again = True

    def bare(self, cursor: Any, file: Path) -> None:
        """COPY, join, and an upsert that finds nothing to do."""
        _copied(cursor, _PRICE_STAGE, file)
        cursor.execute("SELECT max(id), max(price_list_id) FROM pricing_pricelistversion")
        version, price_list = cursor.fetchone()
        cursor.execute(_PRICE_UPSERT, {"version": version, "list": price_list})


class StockImport(_Feed):
    """A count of every warehouse for the first time."""

    name = "stock-import"
    title = "Import of stock, first time"
    kind = "stock"
    header = "warehouse,sku,on_hand,as_of"

    def rows(self, size: int, seed: int) -> Iterator[str]:
        """Ten warehouses a product."""
        choose = random.Random(seed)  # noqa: S311 - made data
        for number in range(1, size // WAREHOUSES + 1):
            for place in range(WAREHOUSES):
                yield f"W{place},{sku_of(number)},{choose.randint(0, 5_000)},2026-01-01T06:00:00Z"

    def bare(self, cursor: Any, file: Path) -> None:
        """COPY, join, insert; the second time an upsert that finds nothing to do."""
        _copied(cursor, _STOCK_STAGE, file)
        cursor.execute(_STOCK_UPSERT)


class StockImportAgain(StockImport):
    """The same count once more."""

    name = "stock-import-again"
    title = "Import of the same stock again"
    again = True
