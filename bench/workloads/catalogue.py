"""A catalogue with a price list of many prices in force, which several workloads ask, and the people who ask."""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from psycopg import Connection

from bench.data.customers import PROJECT
from bench.server import Server

BREAKS = (1, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 10_000)
WAREHOUSES = 10
_MADE_FROM = (PROJECT / "bench/workloads/catalogue.py", PROJECT / "data/products.csv")
_PRODUCTS = """
COPY pricing_product (id, uuid, created_at, updated_at, sku, manufacturer_part_number, manufacturer, name, name_zh,
    family_id, unit, pack_size, minimum_order_quantity, order_multiple, description, status, search_key, sku_key,
    part_key) FROM STDIN
"""
_PRICES = """
COPY pricing_price (price_list_id, version_id, product_id, minimum_quantity, unit_price, validity) FROM STDIN
"""
#: always on: a tier discount, a registration discount, a bonus and a floor, so that both legs have all their steps
_RULES = """
INSERT INTO pricing_tierdiscount (uuid, created_at, updated_at, tier_id, family_id, percent, period)
SELECT gen_random_uuid(), now(), now(), t.id, f.id, 12.5, '[2020-01-01, 2099-01-01)'
FROM partners_tier t, partners_productfamily f;
INSERT INTO pricing_programmebonus (uuid, created_at, updated_at, name, tier_id, percent, period)
SELECT gen_random_uuid(), now(), now(), 'Bonus', id, 2, '[2020-01-01, 2099-01-01)' FROM partners_tier;
INSERT INTO pricing_pricefloor (uuid, created_at, updated_at, family_id, percent, period)
SELECT gen_random_uuid(), now(), now(), id, 30, '[2020-01-01, 2099-01-01)' FROM partners_productfamily;
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A basket to price: SKUs with quantities."""

    lines: tuple[tuple[str, int], ...]


def prices_wanted() -> int:
    """How many prices are in force: a million, unless the environment (or a quick run) says otherwise."""
    return int(os.environ.get("BENCH_PRICES", "1000000"))


def ladder(number: int, seed: int) -> Iterator[tuple[int, str]]:
    """Falling prices of a product from quantity to quantity, to four decimals."""
    base = random.Random(f"{seed} {number}").randint(1_000, 9_000_000)  # noqa: S311 - made data
    for place, quantity in enumerate(BREAKS):
        yield quantity, f"{base * (100 - 5 * place) / 1_000_000:.4f}"


def sku_of(number: int) -> str:
    """The SKU of the product of that number."""
    return f"P-{number:07d}"


def names() -> list[str]:
    """The names of the real products."""
    with (PROJECT / "data/products.csv").open(encoding="utf-8", newline="") as file:
        return [row["name"] for row in csv.DictReader(file)]


def catalogue_loaded(server: Server, prices: int, seed: int, *, in_force: bool) -> None:
    """Have the products of that many prices, a partner, its rules, and, ``in_force``, the prices themselves."""
    facts = {"prices": prices, "seed": seed, "in_force": in_force}
    # Under one name with the other catalogue of the benchmarks: either replaces the other's products.
    from concord.partners.models import ProductFamily, Tier

    # Loading deals replaces partners, tiers, and with them what a tier's prices are made of.
    if server.is_loaded("products", *_MADE_FROM, **facts) and Tier.objects.filter(code="bench").exists():
        return
    Tier.objects.get_or_create(code="bench", defaults={"name": "Bench", "rank": 99})
    ProductFamily.objects.get_or_create(code="bench", defaults={"name": "Bench"})
    with server.connect() as connection:
        _load(connection, prices // len(BREAKS), seed, in_force=in_force)
    server.loaded("products", *_MADE_FROM, **facts)


def _load(connection: Connection[Any], products: int, seed: int, *, in_force: bool) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE pricing_product, pricing_pricelist, pricing_warehouse, pricing_tierdiscount,"
            " pricing_programmebonus, pricing_pricefloor RESTART IDENTITY CASCADE"
        )
        cursor.execute("SELECT id FROM partners_productfamily WHERE code = 'bench'")
        (family,) = cursor.fetchone() or (0,)
        cursor.execute(_RULES)
        with cursor.copy(_PRODUCTS) as copy:
            for number, name in enumerate(islice(cycle(names()), products), start=1):
                sku, identity = sku_of(number), f"00000000-0000-7000-9000-{number:012d}"
                plain = sku.lower().replace("-", "")
                copy.write_row(
                    (
                        number,
                        identity,
                        "2026-01-01",
                        "2026-01-01",
                        sku,
                        sku,
                        "",
                        name,
                        "",
                        family,
                        "pcs",
                        1,
                        1,
                        1,
                        "",
                        "active",
                        f"{plain} {name.lower()}",
                        plain,
                        plain,
                    )
                )
        cursor.execute("SELECT setval('pricing_product_id_seq', %s)", [products])
        cursor.execute(
            "INSERT INTO pricing_pricelist"
            " (uuid, created_at, updated_at, code, name, currency, markets, priority, kind)"
            " VALUES (gen_random_uuid(), now(), now(), 'bench', 'Bench', 'USD', '{}', 1, 'customer')"
        )
        if in_force:
            _hold(cursor, products, seed)


def _hold(cursor: Any, products: int, seed: int) -> None:
    cursor.execute(
        "INSERT INTO pricing_pricelistversion"
        " (uuid, created_at, updated_at, price_list_id, number, status, valid_from, note)"
        " SELECT gen_random_uuid(), now(), now(), id, 1, 'in_force', '2020-01-01', ''"
        " FROM pricing_pricelist RETURNING id"
    )
    (version,) = cursor.fetchone()
    cursor.execute("SELECT id FROM pricing_pricelist")
    (price_list,) = cursor.fetchone()
    with cursor.copy(_PRICES) as copy:
        for number in range(1, products + 1):
            for quantity, amount in ladder(number, seed):
                copy.write_row((price_list, version, number, quantity, amount, "[2020-01-01,)"))


def baskets(prices: int, lines: int, seed: int, count: int) -> list[Asked]:
    """Baskets of that many different products."""
    choose = random.Random(f"{seed} {lines}")  # noqa: S311 - made data
    products = prices // len(BREAKS)
    return [
        Asked(
            tuple(
                (sku_of(number), choose.choice((1, 7, 12, 60, 300, 2_500)))
                for number in choose.sample(range(1, products + 1), min(lines, products))
            )
        )
        for _ in range(count)
    ]


def partner_of_bench() -> int:
    """A partner of the benchmark's tier."""
    from concord.partners.enums import PartnerStatus
    from concord.partners.models import Partner, Tier

    partners = Partner.objects.unscoped("the benchmark's own partner")
    found, _made = partners.get_or_create(
        code="BENCH",
        defaults={
            "name": "Bench",
            "status": PartnerStatus.ACTIVE,
            "tier": Tier.objects.get(code="bench"),
            "country": "DE",
            "currency": "USD",
        },
    )
    return found.pk
