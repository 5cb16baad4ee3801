"""Advisory locks, in one order, from one place.

Order: end customer → deal → lead → price list → commitment → quote → stock → number. Take them early and sorted;
compute prices and render nothing while holding them. The triggers on commitments and protections take the end
customer's lock themselves, so that no path can forget it; actions take it first, because an UPDATE locks its row
before the trigger runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum

from django.db import connection


class Space(IntEnum):
    """What a lock's number counts, in lock order. The same numbers stand in the SQL of the migrations."""

    END_CUSTOMER = 1
    DEAL = 2
    LEAD = 3
    PRICE_LIST = 4
    QUOTE = 6
    STOCK = 7
    NUMBER = 8
    SEALER = 100
    PUBLISHING = 101
    IMPORT = 102
    CATALOGUE = 103
    CUSTOMER_GROUP = 104
    CHECK = 104
    PRICE_RULE = 105
    WANTED_PRICE = 106


class NotInTransaction(RuntimeError):
    """A transaction lock was asked for outside a transaction, where it would be gone at once."""


def lock(space: Space, keys: Iterable[int]) -> None:
    """Lock rows of one space until the transaction ends; waits, sorted, at most the lock time-out."""
    wanted = sorted(set(keys))
    if not wanted:
        return
    if not connection.in_atomic_block:
        raise NotInTransaction
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT concord_lock(%s, key)"
            " FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted(key, place) ORDER BY place",
            [int(space), wanted],
        )


def lock_end_customers(keys: Iterable[int]) -> None:
    """Lock end customers, the first lock of every change to a price promise or a protection."""
    lock(Space.END_CUSTOMER, keys)


def lock_end_customer_at(key: int) -> datetime:
    """Lock one end customer and read the database's clock after it, in one statement."""
    if not connection.in_atomic_block:
        raise NotInTransaction
    with connection.cursor() as cursor:
        # The clock is read for a row that is there only once the lock is held.
        cursor.execute(
            "WITH locked AS MATERIALIZED (SELECT concord_lock(%s, %s)) SELECT clock_timestamp() FROM locked",
            [int(Space.END_CUSTOMER), key],
        )
        moment: datetime = cursor.fetchone()[0]
    return moment


def try_lock(space: Space, key: int) -> bool:
    """Take a lock only if it is free now; held until the transaction ends."""
    if not connection.in_atomic_block:
        raise NotInTransaction
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(concord_lock_key(%s, %s))", [int(space), key])
        return bool(cursor.fetchone()[0])


def database_clock() -> datetime:
    """The database's clock now, not the transaction's start: read it after the lock, end validities with it. UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
