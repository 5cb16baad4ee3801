"""The deals that several workloads read."""

from __future__ import annotations

from bench.data.customers import PROJECT
from bench.data.deals import CUSTOMERS, load_deals
from bench.server import Server
from bench.workloads.customers import customers_loaded

_MADE_FROM = (PROJECT / "bench/data/deals.py", PROJECT / "bench/data/rows.py")


def deals_loaded(server: Server, size: int, seed: int) -> None:
    """Have exactly these deals in the database, also where another workload has replaced what they hang on."""
    facts = {"size": size, "seed": seed}
    with server.connect() as connection:
        register = connection.execute("SELECT count(*) FROM partners_endcustomer").fetchone()
        if register is None or register[0] < min(size, CUSTOMERS):
            customers_loaded(server, CUSTOMERS, seed)
        there = connection.execute("SELECT count(*) FROM deals_deal").fetchone()
        if there == (size,) and server.is_loaded("deals", *_MADE_FROM, **facts):
            return
        load_deals(connection, size, seed)
    server.loaded("deals", *_MADE_FROM, **facts)
