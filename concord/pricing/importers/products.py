"""Products as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from concord.portal.imports import Counts, ImportKind, Loading
from concord.portal.tabular import ChoiceColumn, DateColumn, FormulaCells, IntegerColumn, TextColumn
from concord.pricing.actions.catalogue import store_products
from concord.pricing.enums import Lifecycle
from concord.pricing.rules.catalogue import KEEPERS

_STATUSES: Final = {
    "announced": Lifecycle.ANNOUNCED,
    "active": Lifecycle.ACTIVE,
    "last_buy": Lifecycle.LAST_BUY,
    "ended": Lifecycle.ENDED,
    "已公布": Lifecycle.ANNOUNCED,
    "在售": Lifecycle.ACTIVE,
    "最后采购": Lifecycle.LAST_BUY,
    "停产": Lifecycle.ENDED,
}

COLUMNS: Final = (
    TextColumn("sku", required=True, max_length=64, aliases=("商品编码",)),
    TextColumn("manufacturer_part_number", max_length=120, default="", aliases=("厂商型号",)),
    TextColumn("manufacturer", max_length=120, default="", aliases=("厂商",)),
    TextColumn("name", required=True, max_length=300, aliases=("名称",)),
    TextColumn("name_zh", max_length=300, default="", aliases=("中文名称",)),
    TextColumn("family", required=True, max_length=64, aliases=("产品系列",)),
    TextColumn("unit", max_length=16, default="pcs", aliases=("单位",)),
    IntegerColumn("pack_size", minimum=1, default=1, aliases=("包装数量",)),
    IntegerColumn("minimum_order_quantity", minimum=1, default=1, aliases=("最小起订量",)),
    IntegerColumn("order_multiple", minimum=1, default=1, aliases=("订货倍数",)),
    TextColumn(
        "description",
        max_length=20_000,
        multiline=True,
        formulas=FormulaCells.KEEP,
        default="",
        aliases=("描述",),
    ),
    ChoiceColumn("status", choices=_STATUSES, default=str(Lifecycle.ACTIVE), aliases=("状态",)),
    DateColumn("last_buy_on", default=None, aliases=("最后采购日期",)),
    TextColumn("successor", max_length=64, default="", aliases=("后继产品",)),
)


def load(loading: Loading) -> Counts:
    """Stage and store."""
    return store_products(loading=loading, rows=_rows(loading))


def _rows(loading: Loading) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for row in loading.rows():
        yield row.number, row.values


PRODUCTS: Final = ImportKind(
    code="products",
    label=_("Products"),
    columns=COLUMNS,
    roles=KEEPERS,
    scope="catalogue:write",
    load=load,
)
