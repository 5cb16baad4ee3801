"""What must be true of end customers, looked for in sets."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from concord.portal.invariants import Invariant, by_statement

_MERGED_WITHOUT_MERGE = """
SELECT format('customer %%s', c.uuid) FROM partners_endcustomer c
WHERE (c.merged_into_id IS NOT NULL) <> EXISTS (
    SELECT FROM partners_customermerge m
    WHERE m.absorbed_id = c.id AND m.undone_at IS NULL AND m.survivor_id IS NOT DISTINCT FROM c.merged_into_id)
"""
#: companies that are their own parents, however many steps up; and those of a parent that went up in another record
_GROUPS = """
WITH RECURSIVE above(start, id) AS (
    SELECT id, parent_id FROM partners_endcustomer WHERE parent_id IS NOT NULL
    UNION SELECT above.start, c.parent_id FROM above JOIN partners_endcustomer c ON c.id = above.id
    WHERE c.parent_id IS NOT NULL
)
SELECT format('customer %%s', c.uuid) FROM partners_endcustomer c JOIN above ON above.start = c.id AND above.id = c.id
UNION ALL
SELECT format('customer %%s', c.uuid) FROM partners_endcustomer c JOIN partners_endcustomer p ON p.id = c.parent_id
WHERE c.merged_into_id IS NULL AND p.merged_into_id IS NOT NULL
"""


def customer_invariants() -> list[Invariant]:
    """The rules of this package."""
    return [
        by_statement(
            "merges",
            _("Every merged customer has the merge that can be undone, and no other customer has one"),
            _MERGED_WITHOUT_MERGE,
            "record and merge differ",
        ),
        by_statement("groups", _("Groups of customers lead up to one company that is there"), _GROUPS, "leads nowhere"),
    ]
