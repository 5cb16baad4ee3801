"""A catalogue of any size: the carried products, again and again under other numbers, their words mixed by the seed."""

from __future__ import annotations

import csv
import random
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

CARRIED = Path(__file__).resolve().parents[2] / "data" / "products.csv"
COLUMNS = (
    "uuid", "created_at", "updated_at", "sku", "manufacturer_part_number", "manufacturer", "name", "name_zh",
    "family_id", "unit", "pack_size", "minimum_order_quantity", "order_multiple", "description", "status",
    "search_key", "sku_key", "part_key",
)  # fmt: skip


def load_products(connection: psycopg.Connection[Any], *, size: int, seed: int) -> None:
    """Replace the catalogue by that many products with their families; ids follow the order of the rows, from 1."""
    connection.execute("TRUNCATE pricing_product, partners_productfamily RESTART IDENTITY CASCADE")
    carried = list(csv.DictReader(CARRIED.open(encoding="utf-8")))
    families = {code: number for number, code in enumerate(sorted({row["family"] for row in carried}), start=1)}
    with connection.cursor() as cursor:
        for code in families:  # numbered from 1, as they come
            cursor.execute(
                "INSERT INTO partners_productfamily (uuid, created_at, updated_at, code, name, name_zh)"
                " VALUES (gen_random_uuid(), now(), now(), %s, %s, '')",
                [code, code.title()],
            )
        with cursor.copy(f"COPY pricing_product ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in _rows(carried, families, size, random.Random(seed)):  # noqa: S311 - data, not a secret
                copy.write_row(row)


def sku_of(carried_sku: str, turn: int) -> str:
    """The number under which a carried product appears in its nth turn."""
    return carried_sku if turn == 0 else f"{carried_sku}-{turn:03}"


def _rows(
    carried: list[dict[str, str]], families: dict[str, int], size: int, chance: random.Random
) -> Iterator[tuple[object, ...]]:
    from concord.pricing.search_text import product_keys

    words = [row["name"].split() for row in carried]
    for number in range(size):
        turn, place = divmod(number, len(carried))
        row = carried[place]
        sku, part, name = sku_of(row["sku"], turn), row["manufacturer_part_number"], row["name"]
        if turn:
            part = f"{part[:60]}{chance.choice('ABCDEFGHKLMNPRSTUVWX')}{turn:03}"
            name = " ".join([*words[place][:-1], *chance.choice(words)[-1:]])
        texts = {
            "manufacturer_part_number": part,
            "manufacturer": row["manufacturer"],
            "name": name[:300],
            "name_zh": row["name_zh"],
        }
        keys = product_keys(sku=sku, **texts)
        yield (
            uuid.UUID(int=chance.getrandbits(128), version=4), "2026-01-01", "2026-01-01", sku, part,
            row["manufacturer"], name[:300], row["name_zh"], families[row["family"]], "pcs", 1, 1, 1, "", "active",
            keys.search_key, keys.sku_key, keys.part_key,
        )  # fmt: skip
