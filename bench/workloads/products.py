"""The catalogue that several workloads ask."""

from __future__ import annotations

from bench.data.customers import PROJECT
from bench.data.products import CARRIED, load_products
from bench.server import Server

_MADE_FROM = (PROJECT / "bench/data/products.py", PROJECT / "concord/pricing/search_text.py", CARRIED)


def products_loaded(server: Server, size: int, seed: int) -> None:
    """Have exactly that catalogue in the database, also where another workload replaced it; ids count from 1."""
    facts = {"size": size, "seed": seed}
    with server.connect() as connection:
        there = connection.execute("SELECT count(*) FROM pricing_product").fetchone()
    if there != (size,) or not server.is_loaded("products", *_MADE_FROM, **facts):
        with server.connect() as connection:
            load_products(connection, size=size, seed=seed)
        server.loaded("products", *_MADE_FROM, **facts)
