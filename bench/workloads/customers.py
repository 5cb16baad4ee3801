"""The register that several workloads ask, and what they ask it for."""

from __future__ import annotations

import random
from dataclasses import dataclass

from bench.data.customers import PROJECT, MadeCustomer, as_typed, load_customers, made_customers
from bench.server import Server

_MADE_FROM = (
    PROJECT / "bench/data/customers.py",
    PROJECT / "data/customers.csv",
    *sorted(
        path
        for path in (PROJECT / "concord/partners/matching").glob("*.py")
        if path.stem not in {"alignment", "evaluate", "names", "ranking", "reasons"}  # those make no keys
    ),
)


@dataclass(frozen=True, slots=True)
class Question:
    """A name as typed, and whom it means: the primary key is the row's number counted from one."""

    text: str
    customer: MadeCustomer
    pk: int


def customers_loaded(server: Server, size: int, seed: int) -> None:
    """Have exactly that register in the database."""
    facts = {"size": size, "seed": seed}
    if not server.is_loaded("customers", *_MADE_FROM, **facts):
        with server.connect() as connection:
            load_customers(connection, size, seed)
        server.loaded("customers", *_MADE_FROM, **facts)


def questions(size: int, seed: int, count: int) -> list[Question]:
    """Names of customers spread over the register, as somebody would type them."""
    choose = random.Random(seed)  # noqa: S311 - made data, not a secret
    asked = []
    for number in sorted(choose.sample(range(size), min(count, size))):
        customer = next(made_customers(number, number + 1, seed))
        asked.append(Question(as_typed(customer, choose), customer, number + 1))
    choose.shuffle(asked)
    return asked
