"""Filling the keys that matching looks up anew, after the way in which it makes them has changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from concord.partners.actions.customers import fill_keys
from concord.partners.matching.candidates import KEY_VERSION, exact_keys
from concord.partners.models import EndCustomer, MatchingKeys
from concord.partners.queries.matching_keys import is_migrated
from concord.partners.queries.twins import profile_of
from concord.portal.imports.loading import Stage, execute, fetch
from concord.portal.work import Busy, action

#: customers looked at in one transaction
BATCH = 1_000
#: rounds for customers that somebody wrote to between reading and writing
_ROUNDS = 5

_KEYS = ("exact_keys", "block_keys", "search_key", "sort_key")
_STAGED = {
    "id": "bigint",
    "seen": "bigint",
    "exact_keys": "varchar[]",
    "block_keys": "varchar[]",
    "search_key": "text",
    "sort_key": "varchar",
}
_WRITE = """
UPDATE partners_endcustomer AS customer SET exact_keys = fresh.exact_keys, block_keys = fresh.block_keys,
    search_key = fresh.search_key, sort_key = fresh.sort_key
FROM pg_temp.fresh_keys AS fresh WHERE customer.id = fresh.id AND customer.xmin::text::bigint = fresh.seen
RETURNING customer.id
"""
_SURVIVORS = """
WITH RECURSIVE above AS (
    SELECT merged_into_id AS id FROM partners_endcustomer WHERE id = ANY (%(ids)s) AND merged_into_id IS NOT NULL
    UNION
    SELECT customer.merged_into_id FROM above JOIN partners_endcustomer AS customer USING (id)
    WHERE customer.merged_into_id IS NOT NULL
) SELECT id FROM above
"""
_MERGED = """
WITH RECURSIVE below AS (
    SELECT merged_into_id AS top, id FROM partners_endcustomer WHERE merged_into_id = ANY (%(ids)s)
    UNION
    SELECT below.top, customer.id FROM below JOIN partners_endcustomer AS customer ON customer.merged_into_id = below.id
) SELECT top, id FROM below
"""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What one step of a refresh did: customers looked at, those whose keys changed, and whether it was the last."""

    examined: int
    changed: int
    is_finished: bool


@action
def begin_refresh() -> int:
    """Start over with the first customer, whatever was refreshed before. Gives the number of customers."""
    state = _state()
    state.refreshing, state.done_to = KEY_VERSION, 0
    state.save()
    return EndCustomer.objects.unscoped("every customer's keys are refreshed").count()


@action
def refresh_some(*, most: int = BATCH) -> Refreshed:
    """Fill the keys of the next customers anew; an interrupted refresh goes on where it was.

    Locks the row that says how far it is, and the customers whose keys change while they are written, for moments.
    Writes keys alone: a record's version tag, its times and its history stay. A customer that somebody writes to
    meanwhile is looked at again. Once there are none left, notes that all keys are of this version. Records nothing.
    Raises ``Busy`` where a customer is written to again and again.
    """
    state = _state()
    if state.refreshing != KEY_VERSION:
        state.refreshing, state.done_to = KEY_VERSION, 0
    everyone = EndCustomer.objects.unscoped("every customer's keys are refreshed")
    ids = list(everyone.filter(pk__gt=state.done_to).order_by("pk").values_list("pk", flat=True)[:most])
    changed = 0
    if ids:
        # keys of a merged record stand with the one that it went up in, too
        changed = _refresh({*ids, *(row[0] for row in fetch(_SURVIVORS, {"ids": ids}))})
        state.done_to = ids[-1]
    else:
        state.version, state.refreshing, state.done_to = KEY_VERSION, None, 0
    state.save()
    return Refreshed(len(ids), changed, not ids)


@action
def note_fresh_keys() -> None:
    """Where there is no customer yet, all keys will be of the matcher in use. Safe to repeat and before migrations."""
    if not is_migrated():
        return
    execute(
        "INSERT INTO partners_matchingkeys (id, version, done_to) SELECT %(only)s, %(version)s, 0"
        " WHERE NOT EXISTS (SELECT FROM partners_endcustomer)"
        " ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, refreshing = NULL, done_to = 0",
        {"only": MatchingKeys.ONLY, "version": KEY_VERSION},
    )


def _state() -> MatchingKeys:
    MatchingKeys.objects.get_or_create(pk=MatchingKeys.ONLY)
    return MatchingKeys.objects.select_for_update().get(pk=MatchingKeys.ONLY)


def _refresh(ids: Collection[int]) -> int:
    changed = 0
    left = set(ids)
    for _ in range(_ROUNDS):
        stale = list(_stale_ones(left))
        written = _write(stale)
        changed += len(written)
        left = {customer.pk for customer in stale} - written
        if not left:
            return changed
    raise Busy


def _stale_ones(ids: Collection[int]) -> Iterable[EndCustomer]:
    """The customers whose stored keys are not those of today, with the keys of today and the version of the
    row that was read (``seen``)."""
    below: dict[int, list[int]] = {}
    for top, one in fetch(_MERGED, {"ids": list(ids)}):
        below.setdefault(top, []).append(one)
    merged = _read(one for ones in below.values() for one in ones)
    for customer in _read(ids).values():
        stored = [getattr(customer, name) for name in _KEYS]
        keys = {key for one in below.get(customer.pk, ()) for key in exact_keys(profile_of(merged[one]))}
        fill_keys(customer, names=customer.names.all(), merged_keys=keys)
        if stored != [getattr(customer, name) for name in _KEYS]:
            yield customer


def _read(ids: Iterable[int]) -> dict[int, EndCustomer]:
    rows = EndCustomer.objects.unscoped("every customer's keys are refreshed").prefetch_related("names")
    seen = RawSQL("partners_endcustomer.xmin::text::bigint", [], output_field=BigIntegerField())
    return rows.annotate(seen=seen).in_bulk(list(ids))


def _write(customers: Collection[EndCustomer]) -> set[int]:
    """Write the keys of those that are still as they were read; their ids."""
    if not customers:
        return set()
    ordered = sorted(customers, key=lambda customer: customer.pk)
    Stage("fresh_keys", _STAGED).fill(
        (number, customer.pk, customer.seen, *(getattr(customer, name) for name in _KEYS))  # type: ignore[attr-defined]
        for number, customer in enumerate(ordered, start=1)
    )
    with connection.cursor() as cursor:
        cursor.execute(_WRITE)
        return {pk for (pk,) in cursor.fetchall()}
