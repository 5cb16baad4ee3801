"""Stock as a table. Option ``new_warehouses``: make those that are not known yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.portal.actor import Actor
from concord.portal.imports import Counts, ImportKind, Loading, Options
from concord.portal.refusals import InvalidInput
from concord.portal.tabular import DateColumn, IntegerColumn, MomentColumn, Row, TextColumn
from concord.pricing.actions.stock import StockRow
from concord.pricing.actions.stock_feeds import store_stock_file
from concord.pricing.rules.catalogue import KEEPERS

COLUMNS: Final = (
    TextColumn("warehouse", required=True, max_length=120, aliases=("仓库",)),
    TextColumn("sku", required=True, max_length=64, aliases=("商品编码",)),
    IntegerColumn("on_hand", required=True, minimum=0, aliases=("在库数量",)),
    IntegerColumn("reserved", minimum=0, default=0, aliases=("预留数量",)),
    IntegerColumn("incoming_quantity", minimum=0, default=0, aliases=("在途数量",)),
    DateColumn("incoming_date", aliases=("预计到货日期",)),
    MomentColumn("as_of", aliases=("截止时间",)),
)


def clean_options(_actor: Actor, options: Options) -> dict[str, Any]:
    """The options as they are kept with the run. Raises ``InvalidInput``."""
    new = options.get("new_warehouses", False)
    if str(new).casefold() not in {"true", "false"}:
        raise InvalidInput.at("/options/new_warehouses", "invalid", _("Write true or false."))
    return {"new_warehouses": str(new).casefold() == "true"}


def load(loading: Loading) -> Counts:
    """Stage and store."""
    undated: list[int] = []
    return store_stock_file(
        loading=loading,
        rows=_rows(loading, undated),
        is_dated=lambda: not undated,
        new_warehouses=bool(loading.context.options.get("new_warehouses")),
    )


def _rows(loading: Loading, undated: list[int]) -> Iterator[StockRow]:
    """The counts; ``undated`` gets the number of the first that was made now, since the file does not say when."""
    tells_incoming = "incoming_quantity" in loading.given
    for row in loading.rows():
        values = row.values
        quantity, day = values["incoming_quantity"], values["incoming_date"]
        if quantity and day is None:
            loading.reject(_half(row, "incoming_date"))
        elif day is not None and not quantity:
            loading.reject(_half(row, "incoming_quantity"))
        else:
            if values["as_of"] is None and not undated:
                undated.append(row.number)
            yield StockRow(
                row=row.number,
                warehouse=values["warehouse"],
                sku=values["sku"],
                on_hand=values["on_hand"],
                reserved=values["reserved"],
                as_of=values["as_of"] or loading.context.now,
                incoming=({day: quantity} if day else {}) if tells_incoming else None,
            )


def _half(row: Row, column: str) -> Any:
    return row.error(column, "half_arrival", gettext_lazy("An arrival needs both its quantity and its date."))


STOCK: Final = ImportKind(
    code="stock",
    label=gettext_lazy("Stock"),
    columns=COLUMNS,
    roles=KEEPERS,
    scope="stock:write",
    load=load,
    options=("new_warehouses",),
    clean_options=clean_options,
)
