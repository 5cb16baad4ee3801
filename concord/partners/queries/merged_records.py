"""Records that are one customer by now: a merge may be followed by another one, to any depth."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection
from django.db.models.expressions import RawSQL

_DOWN = """
WITH RECURSIVE merged(id) AS (
    SELECT unnest(%s::bigint[])
    UNION
    SELECT customer.id FROM partners_endcustomer customer JOIN merged ON customer.merged_into_id = merged.id
)
SELECT id FROM merged
"""


def merged_into(customer_ids: Collection[int]) -> RawSQL:
    """The same as ``with_merged``, as a part of another statement: ``end_customer_id__in=merged_into(ids)``."""
    return RawSQL(_DOWN, [sorted(customer_ids)])  # noqa: S611 - constant text


def with_merged(customer_ids: Collection[int]) -> set[int]:
    """These records and all that were merged into one of them, or into one of those, to the end. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_DOWN, [sorted(customer_ids)])
        return {row[0] for row in cursor.fetchall()}
