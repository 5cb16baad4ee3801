"""Finding a product: part of a number, words of a name, Chinese text, a typing error."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence

from bench.data.products import CARRIED, sku_of
from bench.frame import Case
from bench.server import Server
from bench.workloads.products import products_loaded

ASKED = 400


def questions(seed: int, size: int) -> list[str]:
    """What people type, a fifth of each kind: a whole number, part of one, words, Chinese, a typing error."""
    chance = random.Random(seed)  # noqa: S311 - data, not a secret
    carried = list(csv.DictReader(CARRIED.open(encoding="utf-8")))
    chinese = [row["name_zh"] for row in carried if row["name_zh"]]
    turns = max(size // len(carried), 1)
    found = []
    for number in range(ASKED):
        row = chance.choice(carried[: min(size, len(carried))])
        sku = sku_of(row["sku"], chance.randrange(turns))
        words = row["name"].split()
        kinds = (
            sku,
            (row["manufacturer_part_number"] or sku)[:7],
            " ".join(words[:2]),
            chance.choice(chinese)[:4] if chinese else sku,
            _mistyped(words[0], chance) if len(words[0]) > 5 else sku[:-1],
        )
        found.append(kinds[number % len(kinds)])
    return found


def _mistyped(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1 :]


class ProductSearch:
    """The catalogue's search beside the same statement sent bare, without turning rows into products."""

    name = "product-search"
    title = "Product search"
    sizes: Sequence[int] = (10_000, 100_000, 1_000_000)
    quick: Sequence[int] = (10_000,)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Load the catalogue, and find out how often anything is found."""
        from django.db import connection

        from concord.pricing.queries.catalogue import search_products, search_statement

        products_loaded(server, size, seed)
        asked = questions(seed, size)

        def product(number: int) -> object:
            return search_products(asked[number % len(asked)], limit=20)

        def floor(number: int) -> object:
            statement, values = search_statement(asked[number % len(asked)], limit=20)
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall()

        found = [bool(search_products(text, limit=20)) for text in asked[:200]]
        return Case(product, floor, calls=40, figures={"found_anything": round(sum(found) / len(found), 4)})
