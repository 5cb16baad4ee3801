"""Product families as a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from concord.partners.actions.feeds import store_families
from concord.portal.enums import Role
from concord.portal.imports import Counts, ImportContext, ImportKind, folded
from concord.portal.tabular import Row, RowError, TextColumn

COLUMNS: Final = (
    TextColumn("code", required=True, max_length=64, aliases=("编码",)),
    TextColumn("name", required=True, max_length=120, aliases=("名称",)),
    TextColumn("name_zh", max_length=120, default="", aliases=("中文名称",)),
)
_CODE = re.compile(r"[A-Za-z0-9-]+")


def check(rows: Sequence[Row], _context: ImportContext) -> Iterable[RowError]:
    """Codes stand in addresses and in other files' lists."""
    for row in rows:
        if not _CODE.fullmatch(row.values["code"]):
            yield row.error("code", "code", _("A code has letters, digits and hyphens only."))


def store(rows: Sequence[Row], context: ImportContext) -> Counts:
    """All rows at once."""
    counts = store_families(rows=[{name: row.values[name] for name in row.positions} for row in rows])
    context.progress(len(rows), len(rows))
    return counts


FAMILIES: Final = ImportKind(
    code="families",
    label=_("Product families"),
    columns=COLUMNS,
    key=lambda row: (folded(row.values["code"]),),
    key_column="code",
    roles=frozenset({Role.CHANNEL_MANAGER, Role.PRICING_MANAGER, Role.VENDOR_SYSTEM}),
    scope="catalogue:write",
    check=check,
    store=store,
)
