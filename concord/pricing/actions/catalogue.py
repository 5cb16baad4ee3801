"""Writing products, always many at once: staged, compared and stored in sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from concord.portal.imports import Counts, Loading, Stage, execute, fetch
from concord.portal.locking import Space, lock
from concord.pricing.search_text import product_keys

#: what a product feed may set, with the type of its staging column
FIELDS: dict[str, str] = {
    "manufacturer_part_number": "text",
    "manufacturer": "text",
    "name": "text",
    "name_zh": "text",
    "family": "text",
    "unit": "text",
    "pack_size": "integer",
    "minimum_order_quantity": "integer",
    "order_multiple": "integer",
    "description": "text",
    "status": "text",
    "last_buy_on": "date",
    "successor": "text",
}
_KEYED = ("manufacturer_part_number", "manufacturer", "name", "name_zh")
_KEYS = ("search_key", "sku_key", "part_key")
_BATCH = 5_000

_PREPARE = """
CREATE INDEX ON product_stage (upper(sku));
UPDATE product_stage s SET product_id = p.id, stored_sku = p.sku
FROM pricing_product p WHERE upper(p.sku) = upper(s.sku);
UPDATE product_stage s SET family_id = f.id FROM partners_productfamily f WHERE lower(f.code) = lower(s.family);
"""
_OTHER_CASE = "SELECT row, stored_sku FROM product_stage WHERE stored_sku <> sku ORDER BY row"
_NO_FAMILY = "SELECT row, family FROM product_stage WHERE family_id IS NULL ORDER BY row"
# A successor may stand in the same file, also further down.
_NAME_SUCCESSORS = """
UPDATE product_stage s SET successor_id = p.id FROM pricing_product p
WHERE s.successor <> '' AND upper(p.sku) = upper(s.successor)
"""
_NO_SUCCESSOR = """
SELECT s.row, s.successor FROM product_stage s
WHERE s.successor <> '' AND s.successor_id IS NULL
  AND NOT EXISTS (SELECT FROM product_stage o WHERE upper(o.sku) = upper(s.successor))
ORDER BY s.row
"""
# One that this file is about to bring is another one than what is stored.
_OTHER_SUCCESSOR = "p.successor_id IS DISTINCT FROM s.successor_id OR (s.successor <> '' AND s.successor_id IS NULL)"
_SET_SUCCESSORS = """
UPDATE pricing_product p SET successor_id = s.successor_id FROM product_stage s
WHERE upper(p.sku) = upper(s.sku) AND p.successor_id IS DISTINCT FROM s.successor_id
"""
_OWN_SUCCESSOR = "SELECT row, successor FROM product_stage WHERE upper(sku) = upper(successor) ORDER BY row"
_REPEATED = """
SELECT row, first FROM (
    SELECT row, min(row) OVER (PARTITION BY upper(sku)) AS first FROM product_stage
) numbered WHERE row <> first ORDER BY row
"""


def store_products(*, loading: Loading, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> Counts:
    """Create and change products from ``(row number, values by field)``, ``sku`` among them.

    Locks the catalogue against another feed. Rejects rows that repeat a SKU, differ from a stored SKU in case only, or
    name an unknown family. Fields that the feed does not have stay as they are. Rows that change nothing write nothing.
    """
    lock(Space.CATALOGUE, [0])
    given = [name for name in FIELDS if name in loading.given]
    stage = Stage(
        "product_stage",
        {
            "sku": "text",
            **FIELDS,
            **dict.fromkeys(_KEYS, "text"),
            "product_id": "bigint",
            "stored_sku": "text",
            "family_id": "bigint",
            "successor_id": "bigint",
        },
    )
    stage.fill(_staged(rows), columns=("row", "sku", *FIELDS, *_KEYS))
    execute(_PREPARE)
    loading.reject_found(fetch(_REPEATED), "sku", "repeated", _("This repeats row %(value)s of the same file."))
    loading.reject_found(fetch(_OTHER_CASE), "sku", "differs_in_case", _("The catalogue writes this SKU “%(value)s”."))
    loading.reject_found(fetch(_NO_FAMILY), "family", "unknown_family", _("There is no product family “%(value)s”."))
    execute(_NAME_SUCCESSORS)
    loading.reject_found(fetch(_OWN_SUCCESSOR), "successor", "own_successor", _("A product cannot follow itself."))
    loading.reject_found(
        fetch(_NO_SUCCESSOR), "successor", "unknown_sku", _("There is no product “%(value)s” in the catalogue.")
    )
    execute("DELETE FROM product_stage WHERE row = ANY(%(rows)s)", {"rows": loading.rejected_rows})
    return _write(loading, given)


def _staged(rows: Iterable[tuple[int, Mapping[str, Any]]]) -> Iterator[tuple[Any, ...]]:
    for number, values in rows:
        keys = product_keys(sku=values["sku"], **{name: values[name] for name in _KEYED})
        yield (number, values["sku"], *(values[name] for name in FIELDS), *keys)


def _write(loading: Loading, given: list[str]) -> Counts:
    columns = ["family_id" if name == "family" else name for name in given if name != "successor"]
    incomplete = not set(_KEYED) <= set(given)
    if not incomplete:
        columns += _KEYS
    differs = " OR ".join(
        [f"p.{name} IS DISTINCT FROM s.{name}" for name in columns]
        + ([_OTHER_SUCCESSOR] if "successor" in given else [])
    )
    ((staged, created, updated),) = fetch(
        f"SELECT count(*), count(*) FILTER (WHERE s.product_id IS NULL),"  # noqa: S608 - our own column names
        f" count(*) FILTER (WHERE s.product_id IS NOT NULL AND ({differs or 'false'}))"
        " FROM product_stage s LEFT JOIN pricing_product p ON p.id = s.product_id"
    )
    counts = Counts(created=created, updated=updated, unchanged=staged - created - updated)
    if not loading.may_write or not (created or updated):
        return counts
    everything = [*("family_id" if name == "family" else name for name in FIELDS if name != "successor"), *_KEYS]
    execute(
        "INSERT INTO pricing_product (uuid, created_at, updated_at, sku, "  # noqa: S608 - our own column names
        f"{', '.join(everything)}) SELECT gen_random_uuid(), clock_timestamp(), clock_timestamp(), sku, "
        f"{', '.join(everything)} FROM product_stage WHERE product_id IS NULL ORDER BY row"
    )
    if updated:
        execute(
            "UPDATE pricing_product p SET "  # noqa: S608 - our own column names
            f"{', '.join(['updated_at = clock_timestamp()', *(f'{name} = s.{name}' for name in columns)])}"
            f" FROM product_stage s WHERE p.id = s.product_id AND ({differs})"
        )
        if incomplete:
            _renew_keys()
    if "successor" in given:
        execute(_NAME_SUCCESSORS)  # those that this very file has brought as well
        execute(_SET_SUCCESSORS)
    return counts


def _renew_keys() -> None:
    """Where a feed had some of the texts only, the search keys follow from what is stored now."""
    names = ("sku", *_KEYED)
    after = 0
    while True:
        rows = fetch(
            f"SELECT p.id, {', '.join(f'p.{name}' for name in names)} FROM pricing_product p"  # noqa: S608 - our own names
            " JOIN product_stage s ON s.product_id = p.id WHERE p.id > %(after)s ORDER BY p.id LIMIT %(batch)s",
            {"after": after, "batch": _BATCH},
        )
        if not rows:
            return
        keys = [(row[0], *product_keys(**dict(zip(names, row[1:], strict=True)))) for row in rows]
        execute(
            "UPDATE pricing_product p SET search_key = k.search_key, sku_key = k.sku_key, part_key = k.part_key"
            " FROM unnest(%(ids)s::bigint[], %(search)s::text[], %(sku)s::text[], %(part)s::text[])"
            " AS k(id, search_key, sku_key, part_key)"
            " WHERE p.id = k.id AND (p.search_key, p.sku_key, p.part_key) IS DISTINCT FROM"
            " (k.search_key, k.sku_key, k.part_key)",
            {
                "ids": [key[0] for key in keys],
                "search": [key[1] for key in keys],
                "sku": [key[2] for key in keys],
                "part": [key[3] for key in keys],
            },
        )
        after = rows[-1][0]
